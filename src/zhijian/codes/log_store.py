"""SQL about whole logs. They are the node's own: nobody's scope limits which leaves there are."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from zhijian.codes import tables as t
from zhijian.kit.db import Db, copy_rows


def origins(db: Db) -> list[str]:
    """Every log in which a leaf has its place, in alphabetical order. A look for each, not for each leaf."""
    query = """WITH RECURSIVE o AS (
        (SELECT origin FROM log_entry WHERE origin IS NOT NULL ORDER BY origin LIMIT 1)
        UNION ALL
        SELECT (SELECT e.origin FROM log_entry e WHERE e.origin > o.origin ORDER BY e.origin LIMIT 1) FROM o
        WHERE o.origin IS NOT NULL
    ) SELECT origin FROM o WHERE origin IS NOT NULL"""
    return list(db.execute(sa.text(query)).scalars())


def insert_lost(db: Db, origin: str, first: int, entries: Sequence[bytes], at: datetime) -> None:
    """Leaves whose records are lost, under their places: no code, no record."""
    rows = (("", entry[0], b"", entry, origin, first + n, at) for n, entry in enumerate(entries))
    copy_rows(db, t.log_entry, ("code", "kind", "record", "entry", "origin", "index", "logged_at"), rows)


def insert_anchor(db: Db, code: str, kind: int, record: bytes, entry: bytes) -> None:
    db.execute(sa.insert(t.log_entry).values(code=code, kind=kind, record=record, entry=entry))


def newest_record(db: Db, code: str, kind: int) -> bytes | None:
    c = t.log_entry.c
    query = sa.select(c.record).where(c.code == code, c.kind == kind).order_by(c.id.desc()).limit(1)
    found = db.execute(query).scalar()
    return None if found is None else bytes(found)
