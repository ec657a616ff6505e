"""SQL of the audit trail."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from zhijian.identity import tables as t
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope

_a = t.audit.c
_LOCK = 736_015


@dataclass(frozen=True, slots=True)
class Sought:
    """What of the trail is asked for. Empty texts do not narrow it."""

    login: str = ""
    act: str = ""
    thing: str = ""
    since: datetime | None = None
    until: datetime | None = None
    together: bool = False
    """Only confirmations by two accounts that one administrator made on one day."""
    before: int | None = None


def last(db: Db) -> tuple[int, bytes] | None:
    """Newest number and digest; nobody else adds until the caller's transaction ends."""
    db.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    return newest(db)


def newest(db: Db) -> tuple[int, bytes] | None:
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


def found(db: Db, scope: Scope, sought: Sought, most: int) -> Iterator[dict[str, Any]]:
    query = sa.select(t.audit).where(visible(scope)).order_by(_a.seq.desc()).limit(most)
    for column, value in ((_a.login, sought.login), (_a.act, sought.act), (_a.object, sought.thing)):
        if value:
            query = query.where(column == value)
    if sought.before is not None:
        query = query.where(_a.seq < sought.before)
    if sought.since is not None:
        query = query.where(_a.at >= sought.since)
    if sought.until is not None:
        query = query.where(_a.at < sought.until)
    if sought.together:
        query = query.where(_a.act == "request.confirmed", _a.detail.contains({"made_together": True}))
    for row in db.execute(query).mappings():
        yield _plain(row)


def count(db: Db, scope: Scope, account: int, act: str, since: datetime) -> int:
    own = (_a.account == account, _a.act == act, _a.at > since, visible(scope))
    return int(db.execute(sa.select(sa.func.count()).select_from(t.audit).where(*own)).scalar_one())


def _plain(row: sa.RowMapping) -> dict[str, Any]:
    return {**row, "previous": bytes(row["previous"]), "digest": bytes(row["digest"])}
