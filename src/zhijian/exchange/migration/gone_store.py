"""What the target still has and the source has no more. Listed, never deleted: only people know whether it was meant."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from zhijian.exchange.migration.collected import key_of, partition, quoted
from zhijian.exchange.migration.model import Migration
from zhijian.exchange.migration.store import allowed
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
