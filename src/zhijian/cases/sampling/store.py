"""SQL of draws. Every function takes the scope of its caller; rows are only added."""

import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from zhijian.cases.sampling import tables as t
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope

Row = sa.RowMapping
_p, _f, _r = t.draw_plan.c, t.draw_frame.c, t.draw_result.c


def visible(scope: Scope) -> sa.ColumnElement[bool]:
    """The offices of a province; neither the public nor an institution, who read what is published."""
    if scope.public or scope.institutions is not None:
        return sa.false()
    return sa.true() if scope.provinces is None else _p.province.in_(sorted(scope.provinces))


def may(scope: Scope, province: str) -> bool:
    """Whether the caller's scope has draws of this province."""
    if scope.public or scope.institutions is not None:
        return False
    return scope.provinces is None or province in scope.provinces


def insert_plan(db: Db, scope: Scope, plan: dict[str, Any], frame: dict[str, Any]) -> bool:
    """False: the name is taken, or the province is not within the scope."""
    if not may(scope, plan["province"]):
        return False
    statement = insert(t.draw_plan).values(**plan).on_conflict_do_nothing().returning(_p.id)
    if db.execute(statement).first() is None:
        return False
    db.execute(sa.insert(t.draw_frame).values(**frame))
    return True


def plan(db: Db, scope: Scope, plan_id: str, *, lock: bool = False) -> Row | None:
    """With its frame. `lock`: whoever else would go on with this draw waits until the transaction ends."""
    query = (
        sa.select(t.draw_plan, _f.frame, _f.digest.label("frame_digest"), _f.kept, _f.salt)
        .join_from(t.draw_plan, t.draw_frame)
        .where(_p.id == plan_id, visible(scope))
    )
    return db.execute(query.with_for_update(of=t.draw_plan) if lock else query).mappings().one_or_none()


def plans(db: Db, scope: Scope, most: int) -> list[Row]:
    """Newest first, without their bytes."""
    query = sa.select(_p.id, _p.province, _p.year, _p.name, _p.digest, _p.by, _p.at).where(visible(scope))
    return list(db.execute(query.order_by(_p.at.desc(), _p.id).limit(most)).mappings())


def steps(db: Db, scope: Scope, plan_ids: list[str]) -> list[Row]:
    """What was done with them, in its order."""
    query = sa.select(t.draw_result).join_from(t.draw_result, t.draw_plan).where(_r.plan.in_(plan_ids), visible(scope))
    return list(db.execute(query.order_by(_r.plan, _r.at)).mappings())


def insert_step(
    db: Db, scope: Scope, plan_id: str, state: str, content: bytes, digest: str, by: str, at: datetime,
    sealed: str | None = None,
) -> bool:  # fmt: skip
    """False: this step was done before, or the draw is not within the scope."""
    allowed = db.execute(sa.select(_p.id).where(_p.id == plan_id, visible(scope))).first()
    values = {
        "plan": plan_id,
        "state": state,
        "content": content,
        "digest": digest,
        "by": by,
        "at": at,
        "sealed": sealed,
    }
    statement = insert(t.draw_result).values(**values).on_conflict_do_nothing().returning(_r.plan)
    return allowed is not None and db.execute(statement).first() is not None


def announced(db: Db, scope: Scope, most: int, plan_id: str | None = None) -> list[Row]:
    """What is everybody's: draws to which an office bound itself, newest first; of each its steps' contents but never a secret.

    Whoever asks, and of every province: a draft is nobody's, and what was drawn is not there before it is published.
    """
    bound, open_, gone = (t.draw_result.alias(name) for name in ("bound", "published", "withdrawn"))

    def of(step: Any, state: str) -> sa.ColumnElement[bool]:
        return sa.and_(step.c.plan == _p.id, step.c.state == state)

    query = (
        sa.select(_p.id, _p.name, _p.province, _p.year, bound.c.content.label("bound"), bound.c.at.label("committed_at"),
                  open_.c.content.label("published"), open_.c.at.label("published_at"), gone.c.content.label("withdrawn"),
                  gone.c.at.label("withdrawn_at"))
        .join_from(t.draw_plan, bound, of(bound, "committed")).outerjoin(open_, of(open_, "published"))
        .outerjoin(gone, of(gone, "withdrawn")).order_by(bound.c.at.desc(), _p.id).limit(most)
    )  # fmt: skip
    return list(db.execute(query.where(_p.id == plan_id) if plan_id is not None else query).mappings())


def published_file(db: Db, scope: Scope, plan_id: str) -> tuple[bytes, str] | None:
    """(bytes as they were drawn, their digest as it was published) of a draw that was made public; None of any other."""
    drawn, open_ = t.draw_result.alias("drawn"), t.draw_result.alias("published")
    query = sa.select(drawn.c.content, open_.c.content).join_from(drawn, open_, open_.c.plan == drawn.c.plan)
    row = db.execute(
        query.where(drawn.c.plan == plan_id, drawn.c.state == "drawn", open_.c.state == "published")
    ).first()
    return (bytes(row[0]), str(json.loads(row[1])["file"])) if row else None
