"""A proposed mapping, with what each part of it rests on. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from zhijian.exchange.mapping.model import Each, Join
from zhijian.exchange.mapping.profiling import Profile

SURE = 0.6
"""From here on a proposal is written as a field; below it as a comment, and the element stays open."""


@dataclass(frozen=True, slots=True)
class Guess:
    """One column (or `table's alias.column`) for one element."""

    element: str
    column: str
    confidence: float
    evidence: tuple[str, ...]
    codes: Mapping[str, str] = field(default_factory=dict)
    open_codes: tuple[str, ...] = ()

    @property
    def sure(self) -> bool:
        return self.confidence >= SURE

    def lowered(self, most: float, why: str) -> "Guess":
        return replace(self, confidence=round(min(self.confidence, most), 2), evidence=(*self.evidence, why))


@dataclass(frozen=True, slots=True)
class Part:
    """Records of one entity out of one table."""

    table: str
    entity: str
    evidence: str
    guesses: tuple[Guess, ...]
    """By element; at most one an element and one a column."""
    joins: tuple[Join, ...] = ()
    each: Each | None = None
    where: str = ""

    @property
    def sure(self) -> tuple[Guess, ...]:
        return tuple(g for g in self.guesses if g.sure)


@dataclass(frozen=True, slots=True)
class Proposal:
    parts: tuple[Part, ...]
    tables: Mapping[str, Mapping[str, Profile]]
    """Table → column → profile, of all tables looked at."""
    files: Mapping[str, str]
    """Table → what stands in the mapping's `tables`."""
