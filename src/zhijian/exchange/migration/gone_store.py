"""What the target still has and the source has no more. Listed, never deleted: only people know whether it was meant."""

from dataclasses import dataclass

import sqlalchemy as sa

from zhijian.exchange import tables
from zhijian.exchange.migration.collected import key_of, partition, quoted
from zhijian.exchange.migration.met_store import UNMET
from zhijian.exchange.migration.model import Migration, MigrationWrong
from zhijian.exchange.migration.running import MigrationRun
from zhijian.exchange.migration.store import allowed, steps_done
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.spec import Specification


@dataclass(frozen=True, slots=True)
class Gone:
    label: str
    entity: str
    source_row: int
    n: int
    key: tuple[str, ...]


def gone_of(db: Db, scope: Scope, one: MigrationRun) -> list[Gone]:
    """Of the newest run, once it is through: all tables that were extracted whole; for the others see `unseen`. Raises: MigrationWrong."""
    if one.steps(steps_done(db, scope, one.migration)):
        raise MigrationWrong("not-through", "这一次还没有全部装入：先运行 zhijian migrate run 到底",
                             "the run is not through yet: finish zhijian migrate run first")  # fmt: skip
    r = tables.run.c
    newest = sa.select(sa.func.max(r.run)).where(
        r.province == one.migration.province, r.mapping == one.mapping.id, r.run > one.migration.run
    )
    if (run := db.execute(newest).scalar_one()) is not None:
        raise MigrationWrong(
            "not-newest", f"已有第 {run} 次迁移：在那一次里看", f"run {run} has begun: ask of that one"
        )
    extracts, found = one.extracts(), list[Gone]()
    for part, records in enumerate(one.mapping.records):
        if records.table not in one.since:
            found += gone(db, scope, one.migration, one.spec, part, numbered=extracts[records.table].lasting)
    return found


def unseen(one: MigrationRun) -> list[str]:
    """Labels of the parts whose deletions this run cannot see: of their tables only what changed was extracted."""
    return list(dict.fromkeys(r.label for r in one.mapping.records if r.table in one.since))


def gone(db: Db, scope: Scope, migration: Migration, spec: Specification, part: int, *, numbered: bool) -> list[Gone]:
    """Records of a part that no row of this run had the key of, not even one that waits. `numbered`: a source row keeps its number, so
    that one which waits because its key cannot be read is known by that."""
    allowed(scope, migration)
    records = migration.mapping.records[part]
    names = key_of(spec, records.entity)
    key = ", ".join(f"CAST(t.{quoted(k)} AS text)" for k in names)
    of = "q.province = :province AND q.mapping = :mapping AND q.run = :run AND q.part = :part"
    same = " AND ".join(f"q.record->>'{k}' = CAST(t.{quoted(k)} AS text)" for k in names)
    waits = f"NOT EXISTS (SELECT FROM migration_quarantine q WHERE {of} AND {same})"
    if numbered:
        keyless = " OR ".join(f"q.record->>'{k}' IS NULL" for k in names)
        waits += f" AND NOT EXISTS (SELECT FROM migration_quarantine q WHERE {of} AND ({keyless}) AND q.source_row = t._source_row AND q.n = t._n)"
    found = db.execute(
        sa.text(f"SELECT t._source_row, t._n, ARRAY[{key}] FROM {partition(records.entity, migration.province)} t WHERE {UNMET} "
                f"AND {waits} ORDER BY t._source_row, t._n"),
        {"mapping": migration.mapping.id, "part": part, "run": migration.run, "province": migration.province},
    ).all()  # fmt: skip
    return [Gone(records.label, records.entity, row, n, tuple(values)) for row, n, values in found]
