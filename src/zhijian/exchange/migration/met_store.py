"""Which records at rest a run has met. Those that it wrote carry its number (`_run`); of those that were there already and the same only
the digests are kept, an array a chunk: to rewrite a million rows for a mark would cost more than the comparison.
"""

import sqlalchemy as sa

from zhijian.exchange import tables
from zhijian.exchange.migration.model import Migration
from zhijian.kit.db import Db

_OF = "province = :province AND mapping = :mapping AND run = :run"
UNMET = (
    "t._mapping = :mapping AND t._part = :part AND t._run < :run AND NOT EXISTS (SELECT FROM (SELECT unnest(digests) AS digest "
    f"FROM migration_met WHERE {_OF} AND part = :part) m WHERE m.digest = t._digest)"
)
"""Of a record `t` at rest: nothing that this run has brought so far is it."""


def noted(db: Db, migration: Migration, part: int, same: str, here: str) -> None:
    """Of what is in `incoming` and was not written, because it stands there as it is."""
    db.execute(
        sa.text(
            "INSERT INTO migration_met (province, mapping, run, part, digests) SELECT :province, :mapping, :run, :part, array_agg(t._digest) "
            f"FROM incoming i JOIN {here} t ON {same} WHERE t._run < :run HAVING count(*) > 0"
        ),
        _values(migration, part),
    )


def free(db: Db, migration: Migration, part: int, same: str, here: str) -> str:
    """SQL: the record `t` belongs to a row that this run has not met, so that another row may take its key.

    Looked up once for those whose key comes under another row: most often there are none.
    """
    db.execute(sa.text("CREATE TEMP TABLE stood (digest bigint) ON COMMIT DROP"))
    found = db.execute(
        sa.text(f"INSERT INTO stood SELECT t._digest FROM incoming i JOIN {here} t ON {same} AND t._run < :run "
                "AND (t._source_row, t._n) <> (i._source_row, i._n)"),
        _values(migration, part),
    ).rowcount  # fmt: skip
    if found:
        db.execute(
            sa.text(
                f"DELETE FROM stood s USING (SELECT unnest(digests) AS digest FROM migration_met WHERE {_OF} AND part = :part) m "
                "WHERE m.digest = s.digest"
            ),
            _values(migration, part),
        )
    return "t._run < :run AND t._digest IN (SELECT digest FROM stood)"


def forgotten(db: Db, migration: Migration) -> None:
    """Of the runs before this one: what they have met is no more asked for."""
    m = tables.met.c
    db.execute(
        sa.delete(tables.met).where(
            m.province == migration.province, m.mapping == migration.mapping.id, m.run < migration.run
        )
    )


def _values(migration: Migration, part: int) -> dict[str, object]:
    return {"province": migration.province, "mapping": migration.mapping.id, "run": migration.run, "part": part}
