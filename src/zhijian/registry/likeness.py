"""How much speaks for two records being of the same institution, person or instrument. Pure.

Scores put pairs into an order for the person who judges; they are no probabilities and never a verdict. Everything is found
by blocks of what is equal, never by comparing all with all; a block of many (a common name) says nothing and is left out.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from zhijian.registry.assembling import Row

MOST = 12
"""Institutions in one block; what stands at more of them sets nobody apart."""
LEAST = 0.5
"""Score from which a pair is worth a person's time."""
WEIGHTS = {"name": 0.7, "near-name": 0.35, "address": 0.45, "phone": 0.55, "legal-representative": 0.35}
"""What each agreement of two institutions weighs; agreements count as if they were independent."""


@dataclass(frozen=True, slots=True)
class Twin:
    """Two records that may be of the same; `a_uscc` < `b_uscc`."""

    kind: str
    """institution, person or instrument."""
    a_uscc: str
    a_key: str
    """Staff or management number; empty for an institution."""
    b_uscc: str
    b_key: str
    a_province: str
    b_province: str
    why: tuple[str, ...]
    """What agrees: keys of words, such as `near-name`."""
    score: float


def together(why: Iterable[str]) -> float:
    """
    >>> together(["near-name", "phone"])
    0.71
    """
    against = 1.0
    for one in why:
        against *= 1 - WEIGHTS[one]
    return round(1 - against, 2)


_FORM = re.compile(r"(股份|责任)?有限(责任)?公司$|[\s()（）·.,，。-]")
_COUNTED = set("0123456789abcdefghijklmnopqrstuvwxyz一二三四五六七八九十东南西北")


def plain_name(name: str) -> str:
    """
    >>> plain_name("杭州示例检测（集团）有限公司") == plain_name("杭州示例检测集团 有限责任公司")
    True
    """
    return _FORM.sub("", _FORM.sub("", unicodedata.normalize("NFKC", name))).casefold()


def nearly(one: str, other: str) -> bool:
    """One character apart, and not by what tells branches apart.

    >>> nearly("杭州示例检测", "杭州示列检测"), nearly("第一检测站", "第二检测站"), nearly("示例检测", "示例检测中")
    (True, False, True)
    """
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rests = one[at + (len(one) >= len(other)) :], other[at + (len(other) >= len(one)) :]
    differing = {*one[at : at + (len(one) >= len(other))], *other[at : at + (len(other) >= len(one))]}
    return rests[0] == rests[1] and not differing & _COUNTED


def _address(text: str) -> str:
    return re.sub(r"[\s,，。-]", "", unicodedata.normalize("NFKC", text)).casefold()


def _phones(row: Row) -> set[str]:
    found = {re.sub(r"\D", "", row[name] or "") for name in ("contact_phone", "public_phone")}
    return {one for one in found if len(one) >= 7}


def institutions(rows: Iterable[Row]) -> Iterator[Twin]:
    """Of rows (uscc, province, name, address, phones, legal_representative) the pairs that may be one institution."""
    known = {row["uscc"]: row for row in rows}
    names = {uscc: plain_name(row["name"]) for uscc, row in known.items()}
    why: dict[tuple[str, str], set[str]] = defaultdict(set)
    for what, block in _blocks(known, names):
        for a, b in combinations(sorted(block), 2):
            if what != "near-name" or nearly(names[a], names[b]):
                why[a, b].add(what)
    for (a, b), found in why.items():
        boss = known[a]["legal_representative"]
        if boss and boss == known[b]["legal_representative"]:
            found.add("legal-representative")
        if (score := together(found)) >= LEAST:
            provinces = known[a]["province"], known[b]["province"]
            yield Twin("institution", a, "", b, "", *provinces, tuple(sorted(found)), score)


def _blocks(known: Mapping[str, Row], names: Mapping[str, str]) -> Iterator[tuple[str, set[str]]]:
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for uscc, row in known.items():
        name = names[uscc]
        found["name", name].add(uscc)
        found["address", _address(row["address"])].add(uscc)
        for phone in _phones(row):
            found["phone", phone].add(uscc)
        # Names one character apart share one of these: each without one of its characters, and whole.
        for rest in {name, *(name[:i] + name[i + 1 :] for i in range(len(name)))} if len(name) > 4 else ():
            found["near-name", rest].add(uscc)
    return ((what, block) for (what, _), block in found.items() if 2 <= len(block) <= MOST)


def person(places: int, *, same_city: bool, titled: bool, both_sign: bool) -> tuple[tuple[str, ...], float]:
    """What speaks for one person employed at two institutions at a time: same name, title and schooling.

    `places`: institutions at which the three together stand. The specification has no number of a person that all share.

    >>> person(2, same_city=True, titled=True, both_sign=False)
    (('name', 'title-and-education', 'same-city', 'rare'), 0.8)
    """
    why = ["name", *(["title-and-education"] if titled else []), *(["same-city"] if same_city else []),
           *(["both-sign"] if both_sign else []), *(["rare"] if places == 2 else [])]  # fmt: skip
    score = 0.3 + 0.15 * titled + 0.2 * same_city + 0.1 * both_sign + 0.15 * (places == 2) - 0.03 * (places - 2)
    return tuple(why), round(max(0.0, min(score, 0.95)), 2)


def instrument(*, same_model: bool, same_maker: bool, long_serial: bool) -> tuple[tuple[str, ...], float]:
    """What speaks for one instrument in use at two institutions at a time: equal serial numbers, and what else agrees."""
    why = ["serial", *(["model"] if same_model else []), *(["maker"] if same_maker else [])]
    return tuple(why), round(0.25 + 0.3 * same_model + 0.2 * same_maker + 0.15 * long_serial, 2)
