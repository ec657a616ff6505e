"""SQL of the webhooks room. Every function takes the scope of its caller and puts it into the query."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.webhooks import tables as t
from zhijian.webhooks.model import State

Row = sa.RowMapping
ATTEMPTS_KEPT = 100
"""Of each webhook."""
_w = t.webhook.c


def _visible(scope: Scope) -> sa.ColumnElement[bool]:
    if scope.institutions is None and scope.provinces is None:
        return sa.true()
    return _w.uscc.in_(scope.institutions or ())


def _one(scope: Scope, webhook_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(_w.id == webhook_id, _w.state != State.DELETED, _visible(scope))


def add(db: Db, scope: Scope, values: Mapping[str, Any]) -> None:
    db.execute(insert(t.webhook).values(**values))


def one(db: Db, scope: Scope, webhook_id: str, *, lock: bool = False) -> Row | None:
    query = sa.select(t.webhook).where(_one(scope, webhook_id))
    return db.execute(query.with_for_update() if lock else query).mappings().one_or_none()


def own(db: Db, scope: Scope, uscc: str) -> Sequence[Row]:
    """Oldest first."""
    where = sa.and_(_w.uscc == uscc, _w.state != State.DELETED, _visible(scope))
    return db.execute(sa.select(t.webhook).where(where).order_by(_w.created_at, _w.id)).mappings().all()


def created_since(db: Db, scope: Scope, uscc: str, since: datetime) -> int:
    """How many the institution made, deleted ones among them."""
    where = sa.and_(_w.uscc == uscc, _w.created_at > since, _visible(scope))
    return int(db.execute(sa.select(sa.func.count()).select_from(t.webhook).where(where)).scalar_one())


def forget_deleted(db: Db, scope: Scope, uscc: str, before: datetime) -> None:
    where = sa.and_(_w.uscc == uscc, _w.state == State.DELETED, _w.created_at < before, _visible(scope))
    db.execute(sa.delete(t.webhook).where(where))


def update(db: Db, scope: Scope, webhook_id: str, **values: Any) -> bool:
    """Whether it is there."""
    return db.execute(sa.update(t.webhook).where(_one(scope, webhook_id)).values(**values)).rowcount == 1


def wake(db: Db, scope: Scope, institutions: Collection[str] | None, at: datetime) -> None:
    """Have the active webhooks of these institutions (None: of all) look for events; those that failed keep their pause.

    It writes every such row, also where it changes nothing: so it waits for a look that is under way, and cannot be lost
    between that look and its end.
    """
    where = [_w.state == State.ACTIVE, _visible(scope)]
    if institutions is not None:
        where.append(_w.uscc.in_(institutions))
    due = sa.case((_w.attempts > 0, _w.next_attempt_at), else_=at)
    db.execute(sa.update(t.webhook).where(*where).values(next_attempt_at=due))


def next_due(
    db: Db, scope: Scope, at: datetime, *, hosts: Collection[str], institutions: Collection[str]
) -> Row | None:  # fmt: skip
    """The webhook that has waited longest, locked; not of these hosts and institutions, which have enough under way."""
    where = [
        _w.next_attempt_at <= at, sa.or_(_w.claimed_until.is_(None), _w.claimed_until <= at),
        _w.state.in_((State.UNPROVEN, State.ACTIVE)), _visible(scope), _w.host.not_in(hosts), _w.uscc.not_in(institutions),
    ]  # fmt: skip
    query = sa.select(t.webhook).where(*where).order_by(_w.next_attempt_at).limit(1)
    return db.execute(query.with_for_update(skip_locked=True)).mappings().one_or_none()


def claimed(db: Db, scope: Scope, webhook_id: str, claimed_until: datetime) -> Row | None:
    """The webhook, locked, when this claim on it is still the newest."""
    query = sa.select(t.webhook).where(_one(scope, webhook_id), _w.claimed_until == claimed_until).with_for_update()
    return db.execute(query).mappings().one_or_none()


def add_attempt(db: Db, scope: Scope, values: Mapping[str, Any]) -> None:
    """Append to the history, and drop what is beyond its length."""
    a = t.attempt.c
    db.execute(insert(t.attempt).values(**values))
    of = a.webhook_id == values["webhook_id"]
    oldest = sa.select(a.id).where(of).order_by(a.id.desc()).offset(ATTEMPTS_KEPT).limit(1).scalar_subquery()
    db.execute(sa.delete(t.attempt).where(of, a.id <= oldest))


def attempts(db: Db, scope: Scope, webhook_id: str) -> Sequence[Row]:
    """Newest first."""
    a = t.attempt.c
    query = sa.select(t.attempt).join(t.webhook, _w.id == a.webhook_id).where(_one(scope, webhook_id))
    return db.execute(query.order_by(a.id.desc())).mappings().all()


def troubled(db: Db, scope: Scope) -> int:
    """How many fail or were paused."""
    where = sa.or_(_w.state == State.PAUSED, sa.and_(_w.state != State.DELETED, _w.attempts > 0))
    return int(db.execute(sa.select(sa.func.count()).select_from(t.webhook).where(where, _visible(scope))).scalar_one())
