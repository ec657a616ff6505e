"""SQL of what two accounts must do."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from zhijian.identity.four_eyes_table import four_eyes
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope

_f = four_eyes.c
Row = sa.RowMapping


def visible(scope: Scope) -> sa.ColumnElement[bool]:
    """What was asked in one's own area or below it; of a laboratory what it asked itself."""
    if scope.public:
        return sa.false()
    if scope.institutions is not None:
        return _f.uscc.in_(scope.institutions)
    return sa.true() if scope.provinces is None else _f.province.in_(scope.provinces)


def insert(db: Db, values: dict[str, Any]) -> int:
    return int(db.execute(sa.insert(four_eyes).values(values).returning(_f.id)).scalar_one())


def one(db: Db, scope: Scope, number: int, *, hold: bool = False) -> Row | None:
    """`hold`: nobody else decides it until the caller's transaction ends."""
    query = sa.select(four_eyes).where(_f.id == number, visible(scope))
    return db.execute(query.with_for_update() if hold else query).mappings().one_or_none()


def several(db: Db, scope: Scope, states: Sequence[str], before: int | None, most: int) -> Sequence[Row]:
    """Newest first."""
    query = sa.select(four_eyes).where(visible(scope), _f.state.in_(states)).order_by(_f.id.desc()).limit(most)
    if before is not None:
        query = query.where(_f.id < before)
    return db.execute(query).mappings().all()


def waits(db: Db, scope: Scope, kind: str, subject: str, account: int, at: datetime) -> bool:
    same = (_f.kind == kind, _f.subject == subject, _f.asked_by == account, _f.state == "waiting", _f.expires_at > at)
    return db.execute(sa.select(sa.exists().where(*same, visible(scope)))).scalar_one()


def confirmed(db: Db, scope: Scope, kind: str) -> Sequence[Row]:
    """To be carried out, oldest first; another worker's are left out."""
    query = sa.select(four_eyes).where(_f.kind == kind, _f.state == "confirmed", visible(scope)).order_by(_f.id)
    return db.execute(query.limit(100).with_for_update(skip_locked=True)).mappings().all()


def changed(db: Db, scope: Scope, number: int, **values: object) -> None:
    db.execute(sa.update(four_eyes).where(_f.id == number, visible(scope)).values(**values))


def made_together(db: Db, one: str, other: str) -> bool:
    """By the owner's function: whoever asks need not see the trail."""
    return bool(db.execute(sa.text("SELECT made_together(:a, :b)"), {"a": one, "b": other}).scalar_one())
