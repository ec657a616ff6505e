"""The words of what is due: kinds as data (`kinds.yaml`), a line of the list, what is asked. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

from zhijian.kit import yaml_text

WITHIN = (0, 7, 30, 90)
"""Days ahead that one may ask for; 0: what is over, and today."""


@dataclass(frozen=True, slots=True)
class Kind:
    id: str
    zh: str
    en: str
    basis: str
    unconfirmed: bool
    """〔u〕: the day is a setting of the house, or could not be confirmed."""
    what_zh: str
    what_en: str
    note: str = ""
    month: int = 12
    day: int = 31
    """Last day, of kinds that are due once a year."""


def _read() -> Mapping[str, Kind]:
    raw = yaml_text.read((Path(__file__).parent / "kinds.yaml").read_text("utf-8"))
    return MappingProxyType({one["id"]: Kind(**one) for one in raw})


KINDS = _read()


@dataclass(frozen=True, slots=True)
class Item:
    """Something to be done: by whom, what, until when."""

    kind: str
    province: str
    uscc: str | None
    name: str
    ref: str
    """Number of the case, certificate or draw; the year of a report; empty for what is counted by institution."""
    count: int
    zh: str
    en: str
    due_on: date | None
    """None: no day is set, or it rests on holidays that are not announced yet."""
    left: int | None
    """Days from the day asked for; negative when it is over."""
    working: bool
    """`left` counts working days."""
    basis: str
    unconfirmed: bool

    @property
    def key(self) -> str:
        """The same item on another day has the same."""
        return "|".join((self.kind, self.ref, self.uscc or "", self.en if self.kind == "case" else ""))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of the list. Empty does not narrow it."""

    within: int = 30
    kind: str = ""
    division: str = ""
    behind: int | None = None
    """Days back; None: however long ago it was due."""


@dataclass(frozen=True, slots=True)
class Count:
    items: int
    over: int


@dataclass(frozen=True, slots=True)
class Due:
    items: tuple[Item, ...]
    """Those of the page, the oldest first, those without a day last."""
    counts: Mapping[str, Count]
    """By kind, all pages together, whatever kind was asked for."""
    left_out: frozenset[str]
    """Kinds that are not counted for so wide an area: choose a province."""

    def total(self, kind: str = "") -> int:
        return (
            self.counts[kind].items
            if kind in self.counts
            else 0
            if kind
            else sum(c.items for c in self.counts.values())
        )
