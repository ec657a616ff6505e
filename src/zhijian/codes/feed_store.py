"""SQL of the feed: leaves of reports within a scope, by their place in a log."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from zhijian.codes import log_store, store
from zhijian.codes import tables as t
from zhijian.codes.store import Row, visible
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope


def sizes(db: Db, host: str) -> list[tuple[str, int]]:
    """(half-year, leaves) of each of the host's logs, oldest first. How many leaves there are is public."""
    origins = (origin for origin in log_store.origins(db) if origin.rsplit("/", 1)[0] == host)
    return sorted((origin.rsplit("/", 1)[1], store.log_size(db, origin)) for origin in origins)


def entries(
    db: Db, scope: Scope, origin: str, first: int, until: int, kinds: Collection[int], limit: int
) -> Sequence[Row]:
    """Leaves with a place in [first, until), in its order, each with its record and the report's own number."""
    leaf, of = t.log_entry.c, t.report.c
    query = sa.select(leaf.index, leaf.code, leaf.kind, leaf.record, leaf.entry, leaf.logged_at, of.own_number, of.uscc)
    query = query.select_from(t.log_entry.join(t.report, of.code == leaf.code))
    query = query.where(*_within(origin, first, until), leaf.kind.in_(kinds), visible(scope, t.report))
    return db.execute(query.order_by(leaf.index).limit(limit)).mappings().all()


def institutions(db: Db, scope: Scope, origin: str, first: int, until: int) -> set[str]:
    """Whose reports have a leaf there."""
    query = sa.select(t.report.c.uscc).distinct().join(t.log_entry, t.log_entry.c.code == t.report.c.code)
    return set(db.execute(query.where(*_within(origin, first, until), visible(scope, t.report))).scalars())


def _within(origin: str, first: int, until: int) -> tuple[sa.ColumnElement[bool], ...]:
    leaf = t.log_entry.c
    return leaf.origin == origin, leaf.index >= first, leaf.index < until
