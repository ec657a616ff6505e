"""What the target still has and the source has no more. Listed, never deleted: only people know whether it was meant."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from zhijian.exchange.migration.collected import key_of, partition, quoted
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
    """Of a run that is through: all tables that were extracted whole; for the others see `unseen`. Raises: MigrationWrong."""
    if one.steps(steps_done(db, scope, one.migration)):
        raise MigrationWrong("not-through", "这一次还没有全部装入：先运行 zhijian migrate run 到底",
                             "the run is not through yet: finish zhijian migrate run first")  # fmt: skip
    found: list[Gone] = []
    for part in range(len(one.mapping.records)):
        rows = one.source_rows(part)
        if rows is not None:
            seen = gone if one.lasting(part) else unmet
            found += seen(db, scope, one.migration, one.spec, part, rows)
    return found


def unseen(one: MigrationRun) -> list[str]:
    """Labels of the parts whose deletions this run cannot see: of their tables only what changed was extracted."""
    return list(dict.fromkeys(r.label for r in one.mapping.records if r.table in one.since))


def unmet(
    db: Db, scope: Scope, migration: Migration, spec: Specification, part: int, _there: Iterable[int]
) -> list[Gone]:
    """The same where rows have no lasting number: records that no row of this run had the key of, not even one that waits."""
    allowed(scope, migration)
    records = migration.mapping.records[part]
    names = key_of(spec, records.entity)
    key = ", ".join(f"CAST(t.{quoted(k)} AS text)" for k in names)
    same = " AND ".join(f"q.record->>'{k}' = CAST(t.{quoted(k)} AS text)" for k in names)
    found = db.execute(
        sa.text(
            f"SELECT t._source_row, t._n, ARRAY[{key}] FROM {partition(records.entity, migration.province)} t WHERE t._mapping = :mapping "
            "AND t._part = :part AND t._run < :run AND NOT EXISTS (SELECT FROM migration_quarantine q WHERE q.province = :province "
            f"AND q.mapping = :mapping AND q.run = :run AND q.part = :part AND {same}) ORDER BY t._source_row, t._n"
        ),
        {"mapping": migration.mapping.id, "part": part, "run": migration.run, "province": migration.province},
    ).all()
    return [Gone(records.label, records.entity, row, n, tuple(values)) for row, n, values in found]


def gone(
    db: Db, scope: Scope, migration: Migration, spec: Specification, part: int, there: Iterable[int]
) -> list[Gone]:
    """Records of a part whose source row is not among `there`, the rows of the whole table as it is now. For tables whose key is
    one integer: only there a row keeps its number."""
    allowed(scope, migration)
    records = migration.mapping.records[part]
    key = ", ".join(f"CAST(t.{quoted(k)} AS text)" for k in key_of(spec, records.entity))
    db.execute(sa.text("CREATE TEMP TABLE there (row bigint PRIMARY KEY) ON COMMIT DROP"))
    raw: Any = db.connection.driver_connection
    with raw.cursor() as cursor, cursor.copy("COPY there FROM STDIN") as copy:
        for row in there:
            copy.write_row((row,))
    found = db.execute(
        sa.text(
            f"SELECT t._source_row, t._n, ARRAY[{key}] FROM {partition(records.entity, migration.province)} t WHERE t._mapping = :mapping "
            "AND t._part = :part AND NOT EXISTS (SELECT FROM there h WHERE h.row = t._source_row) ORDER BY t._source_row, t._n"
        ),
        {"mapping": migration.mapping.id, "part": part},
    ).all()
    db.execute(sa.text("DROP TABLE there"))
    return [Gone(records.label, records.entity, row, n, tuple(values)) for row, n, values in found]
