"""What is known of the platform built: how many records it holds, and which rows were dirtied, where and how."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from zhijian.spec import specification

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Dirt:
    """One spoilt cell, or one row that is no record.

    `recoverable`: of a cell, a good mapping restores the exact value; of a row too many, it can tell that the row must
    be left out (a twin, a deleted row), while one that is not recoverable is for people to look at.
    """

    table: str
    pk: int
    column: str
    kind: str
    recoverable: bool
    entity: str
    key: Key
    """Of the record that the cell belongs to, in the order of the entity's `key`; of an item, the report's key and seq."""
    element: str
    """Element of the specification whose value is touched; empty for a row that is no record."""

    @property
    def extra(self) -> bool:
        return not self.element


@dataclass(frozen=True, slots=True)
class Count:
    """Records of one entity; the last four add up to the first."""

    records: int
    clean: int
    mended: int
    """Dirty, and every value can be restored."""
    poorer: int
    """A value is gone that the specification does not require."""
    refused: int
    """A required value is gone."""


@dataclass
class Truth:
    """Counts by table and entity, and the dirt in the order of writing."""

    seed: int
    scale: int
    rows: Counter[str] = field(default_factory=Counter)
    records: Counter[str] = field(default_factory=Counter)
    dirt: list[Dirt] = field(default_factory=list)

    def count(self, entity: str) -> Count:
        """Only the entity's own rows are looked at: an item whose report is refused counts as clean here."""
        worst = self._worst[entity]
        by = Counter(worst.values())
        total = self.records[entity]
        return Count(total, total - len(worst), by[1], by[2], by[3])

    def extra(self, table: str) -> Counter[str]:
        """Rows of a table that are no record, by kind."""
        return Counter(one.kind for one in self.dirt if one.table == table and one.extra)

    def at(self, table: str) -> Iterator[Dirt]:
        return (one for one in self.dirt if one.table == table)

    @cached_property
    def _worst(self) -> dict[str, dict[Key, int]]:
        """Entity → key → 1 mended, 2 poorer, 3 refused. Read once the platform is built, not before."""
        found: dict[str, dict[Key, int]] = defaultdict(dict)
        for one in self.dirt:
            if not one.extra:
                grade = 1 if one.recoverable else 3 if required(one.entity, one.element) else 2
                found[one.entity][one.key] = max(grade, found[one.entity].get(one.key, 0))
        return found


def required(entity: str, element: str) -> bool:
    return specification().entities[entity].element(element).required
