"""SQL of the files of reports: what was handed out, by report and by digest."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from zhijian.codes import tables as t
from zhijian.codes.model import Code
from zhijian.codes.record import FILED
from zhijian.codes.store import Row, visible
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope


def insert_file(db: Db, scope: Scope, values: dict[str, Any], record: bytes, entry: bytes) -> None:
    leaf = insert(t.log_entry).values(code=values["code"], kind=FILED, record=record, entry=entry)
    entry_id = db.execute(leaf.returning(t.log_entry.c.id)).scalar_one()
    db.execute(insert(t.report_file).values(**values, log_entry_id=entry_id))


def files(db: Db, scope: Scope, code: Code) -> Sequence[Row]:
    """Oldest first, each with its leaf. Taken from the log's side: an entry whose row is gone comes with empty columns."""
    leaf = t.log_entry.c
    return (
        db.execute(_with_leaf().where(leaf.code == code, visible(scope, t.report)).order_by(leaf.id)).mappings().all()
    )


def files_by_digest(db: Db, scope: Scope, algorithm: str, digest: bytes) -> Sequence[Row]:
    """At most five, oldest first."""
    if algorithm not in ("sm3", "sha256"):
        return []
    query = _with_leaf().where(t.report_file.c[algorithm] == digest, visible(scope, t.report))
    return db.execute(query.order_by(t.log_entry.c.id).limit(5)).mappings().all()


def _with_leaf() -> sa.Select[Any]:
    leaf, file = t.log_entry.c, t.report_file
    query = sa.select(
        file, leaf.code.label("leaf_code"), leaf.index.label("log_index"), leaf.origin.label("log_origin"), leaf.record,
        leaf.entry, t.report.c.province, t.report.c.institution,
    )  # fmt: skip
    # By code as well: that is the column with an index.
    of_leaf = sa.and_(file.c.code == leaf.code, file.c.log_entry_id == leaf.id)
    joined = t.log_entry.outerjoin(file, of_leaf).join(t.report, t.report.c.code == leaf.code)
    return query.select_from(joined).where(leaf.kind == FILED)
