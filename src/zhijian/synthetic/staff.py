"""Who works in an institution and who may sign. One of each management post never leaves."""

import math
from dataclasses import dataclass
from random import Random

from .days import iso
from .institution import Institution, Record
from .names import person
from .streams import stream


@dataclass(frozen=True, slots=True)
class Person:
    no: str
    name: str
    roles: tuple[str, ...]
    title: str
    education: str
    first: int
    last: int | None

    def employed(self, first: int, last: int) -> bool:
        return self.first <= first and (self.last is None or last <= self.last)


@dataclass(frozen=True, slots=True)
class Authorisation:
    staff_no: str
    categories: tuple[str, ...]
    first: int
    last: int | None

    def covers(self, category: str, day: int) -> bool:
        inside = self.first <= day and (self.last is None or day <= self.last)
        return inside and ("*" in self.categories or category in self.categories)


_CORE = (
    ("最高管理者", "授权签字人"),
    ("技术负责人", "授权签字人", "报告审核"),
    ("质量负责人", "内审员", "报告审核"),
    ("检验检测人员", "监督员", "报告编制"),
    ("检验检测人员", "采样", "报告编制"),
    ("样品管理", "内审员"),
)
"""The smallest team that can issue a report. They are there from the founding and stay."""

_MORE = (
    ("检验检测人员",),
    ("检验检测人员", "采样"),
    ("采样",),
    ("报告编制",),
    ("检验检测人员", "报告审核"),
    ("样品管理",),
)
_MORE_WEIGHTS = (46, 24, 12, 8, 7, 3)


def team(it: Institution, seed: int, on: int) -> tuple[Person, ...]:
    """About 27 people on average, 6 at least; environment laboratories 20 at least (rules of 2026-01-01)."""
    rng = stream(seed, it.index, "staff")
    size = 21 * math.exp(0.58 * it.score + rng.gauss(0, 0.35))
    count = max(round(size), 20 if "12" in it.line.fields else len(_CORE))
    people = []
    for number in range(1, count + 1):
        core = number <= len(_CORE)
        roles = _CORE[number - 1] if core else rng.choices(_MORE, _MORE_WEIGHTS)[0]
        if not core and rng.random() < 0.06:
            roles = (*roles, "授权签字人")
        first, last = it.established, None
        if not core:
            first = rng.randrange(it.established, on - 30)
            if rng.random() < 0.12:
                last = rng.randrange(first + 20, on)
        signs = "授权签字人" in roles
        people.append(Person(f"R{number:03}", person(rng), roles, _title(rng, signs), _education(rng), first, last))
    return tuple(people)


def authorisations(
    it: Institution, people: tuple[Person, ...], categories: list[str], seed: int
) -> list[Authorisation]:
    """One for each certificate a signatory saw. The first two sign everything; others some categories."""
    rng = stream(seed, it.index, "authorisation")
    granted = []
    for one in people:
        if "授权签字人" not in one.roles:
            continue
        whole = one.no in ("R001", "R002") or len(categories) == 1
        some = ("*",) if whole else tuple(sorted(rng.sample(categories, rng.randrange(1, len(categories)))))
        for certificate in it.certificates:
            first = max(certificate.issued, one.first)
            ended = certificate is not it.current
            last = min(filter(None, (certificate.expires if ended else None, one.last)), default=None)
            if first <= (last if last is not None else certificate.expires):
                granted.append(Authorisation(one.no, some, first, last))
    return granted


def person_record(it: Institution, one: Person) -> Record:
    record: Record = {
        "uscc": it.uscc,
        "staff_no": one.no,
        "name": one.name,
        "roles": list(one.roles),
        "title_level": one.title,
        "education": one.education,
        "employed_from": iso(one.first),
    }
    if one.last is not None:
        record["employed_to"] = iso(one.last)
    return record


def authorisation_record(it: Institution, one: Authorisation) -> Record:
    record: Record = {
        "uscc": it.uscc,
        "staff_no": one.staff_no,
        "categories": list(one.categories),
        "from_on": iso(one.first),
    }
    if one.last is not None:
        record["to_on"] = iso(one.last)
    return record


def _title(rng: Random, signs: bool) -> str:
    if signs:
        return rng.choices(("中级", "副高", "正高"), (70, 25, 5))[0]
    return rng.choices(("无", "初级", "中级", "副高"), (34, 36, 25, 5))[0]


def _education(rng: Random) -> str:
    return rng.choices(("博士", "硕士", "本科", "专科", "其他"), (1, 10, 48, 36, 5))[0]
