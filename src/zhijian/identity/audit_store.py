"""SQL of the audit trail."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from zhijian.identity import tables as t
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope

_a = t.audit.c
_LOCK = 736_015


def last(db: Db) -> tuple[int, bytes] | None:
    """Newest number and digest; nobody else adds until the caller's transaction ends."""
    db.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    row = db.execute(sa.text("SELECT seq, digest FROM audit_last()")).first()  # whoever adds need not see it
    return None if row is None else (row.seq, bytes(row.digest))


def insert(db: Db, values: dict[str, Any]) -> None:
    db.execute(sa.insert(t.audit).values(values))


def visible(scope: Scope) -> sa.ColumnElement[bool]:
    """A province sees what happened there; nobody but the nation's sees what has no place. Laboratories see none of it."""
    if scope.public or scope.institutions is not None:
        return sa.false()
    return sa.true() if scope.provinces is None else _a.province.in_(scope.provinces)


def entries_from(db: Db, scope: Scope, after: int) -> Iterator[dict[str, Any]]:
    query = sa.select(t.audit).where(visible(scope), _a.seq > after).order_by(_a.seq)
    for row in db.execution_options(yield_per=1000).execute(query).mappings():
        yield _plain(row)


def found(
    db: Db, scope: Scope, before: int | None, login: str, act: str, thing: str, most: int
) -> Iterator[dict[str, Any]]:
    query = sa.select(t.audit).where(visible(scope)).order_by(_a.seq.desc()).limit(most)
    for column, value in ((_a.login, login), (_a.act, act), (_a.object, thing)):
        if value:
            query = query.where(column == value)
    if before is not None:
        query = query.where(_a.seq < before)
    for row in db.execute(query).mappings():
        yield _plain(row)


def _plain(row: sa.RowMapping) -> dict[str, Any]:
    return {**row, "previous": bytes(row["previous"]), "digest": bytes(row["digest"])}
