"""Provisions in their order of precedence, for a nature, a field and a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Self

from zhijian.cases.law.fine import Fine
from zhijian.kit import yaml_text

CONFIRM = (
    "这是平台的建议，须由法制人员对照原文确认",
    "a proposal of the platform; a lawyer must confirm it against the text of the law",
)
LOOK_UP = ("这里没有给出，查条文原文", "not given here: look it up in the text of the law")
EARLIER = "行为时版本"


@dataclass(frozen=True, slots=True)
class Proposal:
    law: str
    version: str
    article: str
    fine: Fine | None
    """None: not given here, look it up."""
    of_field: bool
    """A law of the field, which comes before 39号令 and 163号."""

    def __str__(self) -> str:
        return f"{self.law}（{self.version}）{self.article}"

    def range_said(self) -> tuple[str, str]:
        """The range of the fine, Chinese and English."""
        return (self.fine.said("zh"), self.fine.said("en")) if self.fine else LOOK_UP


@dataclass(frozen=True, slots=True)
class _Version:
    from_: date
    until: date | None
    version: str
    article: str
    fine: Fine | None


@dataclass(frozen=True, slots=True)
class _Provision:
    law: str
    natures: frozenset[str]
    fields: frozenset[str]
    subject: str | None
    not_subject: str | None
    since: date | None
    versions: tuple[_Version, ...]

    @classmethod
    def of(cls, raw: dict[str, Any]) -> Self:
        versions = tuple(
            _Version(v["from"], v.get("until"), v["version"], v["article"], Fine.of(v["fine"]) if "fine" in v else None)
            for v in raw["versions"]
        )
        return cls(raw["law"], frozenset(raw["nature"]), frozenset(raw.get("fields", ())), raw.get("subject"),
                   raw.get("not_subject"), raw.get("since"), versions)  # fmt: skip

    def covers(self, nature: str, field: str, subject: str | None) -> bool:
        return (
            nature in self.natures
            and (not self.fields or field in self.fields)
            and (self.subject is None or subject == self.subject)
            and (self.not_subject is None or subject != self.not_subject)
        )

    def on(self, day: date) -> Proposal | None:
        for one in self.versions:
            if one.from_ <= day <= (one.until or date.max):
                return Proposal(self.law, one.version, one.article, one.fine, bool(self.fields))
        first = self.versions[0]
        if self.since is not None and self.since <= day < first.from_:
            # The articles of a version that nobody here has read are not named as if somebody had.
            return Proposal(self.law, EARLIER, f"现行{first.article}的对应条款", None, bool(self.fields))
        return None


@cache
def _provisions() -> tuple[_Provision, ...]:
    raw = yaml_text.read((Path(__file__).parent / "law.yaml").read_text("utf-8"))
    return tuple(map(_Provision.of, raw))


def propose(nature: str, field: str, on: date, subject: str | None = None) -> tuple[Proposal, ...]:
    """What a conduct of that day may rest on, first what comes first; empty where the table has nothing.

    `nature`: code of finding_nature; `field`: code of field; `subject`: "vehicle-emissions" or None; `on`: the (last) day of the conduct.
    """
    found = (one.on(on) for one in _provisions() if one.covers(nature, field, subject))
    return tuple(one for one in found if one is not None)


def changed_between(
    nature: str, field: str, earlier: date, later: date, subject: str | None = None
) -> Sequence[tuple[str, str]]:
    """What to say when another law holds on the later day; empty when it is the same.

    《行政处罚法》 article 37: the law of the conduct counts, unless the later one is milder.
    """
    then, now = propose(nature, field, earlier, subject), propose(nature, field, later, subject)
    if then[:1] == now[:1]:
        return ()
    was, becomes = (str(one[0]) if one else "—" for one in (then, now))
    return ((f"{earlier} 适用 {was}，{later} 适用 {becomes}：按行为时的法律；新规定较轻的适用新规定（《行政处罚法》第三十七条）",
             f"{earlier}: {was}; {later}: {becomes}. The law of the day of the conduct holds, unless the new one is milder "
             "(Law on Administrative Penalties, article 37)"),)  # fmt: skip
