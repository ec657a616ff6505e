"""Does what is there agree with what was read? Counts and digests, recomputed from the target's columns, against the notes that were
written chunk by chunk; and the source's rows against what came of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from zhijian.exchange import tables
from zhijian.exchange.migration.collected import digest, partition
from zhijian.exchange.migration.model import Migration
from zhijian.exchange.migration.sums import Sum, added, numeric, summed
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.spec import Specification

SUMS = ("rows", "left_out", "made", "loaded", "quarantined", "unchanged", "lost", "digest")


@dataclass(frozen=True, slots=True)
class Line:
    """One part of the mapping: a source table's rows and what became of them."""

    label: str
    entity: str
    source_rows: int
    """Of the table, as extracted."""
    rows: int
    """Of the table, as carried: the sum over its chunks."""
    left_out: int
    made: int
    loaded: int
    quarantined: int
    unchanged: int
    lost: int
    digest: int
    target_rows: int
    """Counted in the target: written by this run and part."""
    target_digest: int
    """Computed again from the target's columns."""
    sums: tuple[Sum, ...] = ()
    """Of each numeric element that the run has written anything of; those whose sum is nought on both sides are left out."""

    @property
    def agrees(self) -> bool:
        return (
            self.source_rows == self.rows
            and self.made == self.loaded + self.quarantined
            and self.target_rows == self.loaded - self.unchanged
            and self.target_digest == self.digest
            and all(one.agrees for one in self.sums)
        )


@dataclass(frozen=True, slots=True)
class Reconciled:
    lines: tuple[Line, ...]
    quarantine_open: int

    @property
    def agrees(self) -> bool:
        return bool(self.lines) and all(line.agrees for line in self.lines)


def reconciled(
    db: Db, scope: Scope, migration: Migration, spec: Specification, source_rows: Mapping[str, int]
) -> Reconciled:
    """`source_rows`: by the mapping's name of the table."""
    if scope.provinces is not None and migration.province not in scope.provinces:
        return Reconciled((), 0)
    where = [tables.step.c[k] == v for k, v in _key(migration).items()]
    noted = {
        row["part"]: row
        for row in db.execute(
            sa.select(tables.step.c.part, *(sa.func.sum(tables.step.c[n]).label(n) for n in SUMS))
            .where(*where)
            .group_by(tables.step.c.part)
        ).mappings()
    }
    lines = tuple(
        _line(db, migration, spec, part, noted.get(part), source_rows) for part in range(len(migration.mapping.records))
    )
    waiting = sa.select(sa.func.count()).where(
        *(tables.quarantine.c[k] == v for k, v in _key(migration).items()), tables.quarantine.c.state == "open"
    )
    return Reconciled(lines, int(db.execute(waiting).scalar_one()))


def _line(
    db: Db, migration: Migration, spec: Specification, part: int, noted: Any, source_rows: Mapping[str, int]
) -> Line:
    records = migration.mapping.records[part]
    count, total = db.execute(
        sa.text(
            f"SELECT count(*), coalesce(sum({digest(spec, records.entity, postgres=True)}), 0) "
            f"FROM {partition(records.entity, migration.province)} WHERE _mapping = :mapping AND _part = :part AND _run = :run"
        ),
        {"mapping": migration.mapping.id, "part": part, "run": migration.run},
    ).one()
    counts = {name: int(noted[name]) if noted else 0 for name in SUMS}
    return Line(
        records.label,
        records.entity,
        source_rows[records.table],
        target_rows=int(count),
        target_digest=int(total),
        sums=_sums(db, migration, spec, part),
        **counts,
    )


def _sums(db: Db, migration: Migration, spec: Specification, part: int) -> tuple[Sum, ...]:
    entity = migration.mapping.records[part].entity
    s = tables.step.c
    where = [s[k] == v for k, v in _key(migration).items()]
    carried = added(db.execute(sa.select(s.sums).where(*where, s.part == part)).scalars())
    values = {"mapping": migration.mapping.id, "part": part, "run": migration.run}
    rows = f"{partition(entity, migration.province)} i WHERE _mapping = :mapping AND _part = :part AND _run = :run"
    target = added([summed(db, spec, entity, rows, values)])
    return tuple(
        Sum(e.id, e.zh, carried.get(e.id, Decimal(0)), target[e.id])
        for e in numeric(spec, entity)
        if carried.get(e.id) or target[e.id]
    )


def _key(migration: Migration) -> dict[str, Any]:
    return {"province": migration.province, "mapping": migration.mapping.id, "run": migration.run}
