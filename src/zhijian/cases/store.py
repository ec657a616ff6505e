"""SQL of complaints. Every function takes the scope of its caller and puts it into the query."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from zhijian.cases import tables as t
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope

Row = sa.RowMapping
_c, _p = t.complaint.c, t.complaint_photo.c


def visible(scope: Scope) -> sa.ColumnElement[bool]:
    """Regulators by province; without a code only who sees all. Neither the public nor an institution sees any."""
    if scope.public or scope.institutions is not None:
        return sa.false()
    return sa.true() if scope.provinces is None else _c.province.in_(scope.provinces)


def insert_complaint(db: Db, scope: Scope, values: dict[str, Any]) -> bool:
    """False when something was received under this form before. Anyone may."""
    statement = insert(t.complaint).values(**values).on_conflict_do_nothing(index_elements=["form"])
    return db.execute(statement.returning(_c.receipt)).first() is not None


def insert_photos(db: Db, scope: Scope, rows: list[dict[str, Any]]) -> None:
    if rows:
        db.execute(sa.insert(t.complaint_photo), rows)


def under_form(db: Db, scope: Scope, form: bytes) -> Row | None:
    """What was received under a form. Anyone may who has the form's own secret."""
    return db.execute(sa.select(t.complaint).where(_c.form == form)).mappings().one_or_none()


def photo_digests(db: Db, scope: Scope, form: bytes) -> list[bytes]:
    """SHA-256 of the photos received under a form, in order."""
    query = sa.select(_p.sha256).join(t.complaint).where(_c.form == form).order_by(_p.position)
    return [bytes(one) for one in db.execute(query).scalars()]


def standing(db: Db, scope: Scope, receipt: str) -> Row | None:
    """Anyone may who has the receipt number, which nobody can guess."""
    query = sa.select(_c.receipt, _c.state, _c.received_at, _c.state_at).where(_c.receipt == receipt)
    return db.execute(query).mappings().one_or_none()


def complaints(db: Db, scope: Scope, state: str | None, most: int) -> Sequence[Row]:
    """Newest first."""
    query = sa.select(t.complaint).where(visible(scope)).order_by(_c.received_at.desc(), _c.receipt).limit(most)
    return db.execute(query.where(_c.state == state) if state else query).mappings().all()


def complaint(db: Db, scope: Scope, receipt: str) -> Row | None:
    where = sa.and_(_c.receipt == receipt, visible(scope))
    return db.execute(sa.select(t.complaint).where(where)).mappings().one_or_none()


def photo_lines(db: Db, scope: Scope, receipts: Sequence[str]) -> Sequence[Row]:
    """Without their bytes, in order."""
    size = sa.func.length(_p.content).label("size_bytes")
    query = sa.select(_p.receipt, _p.position, _p.media_type, _p.width, _p.height, size)
    where = sa.and_(_p.receipt.in_(receipts), visible(scope))
    return db.execute(query.join(t.complaint).where(where).order_by(_p.receipt, _p.position)).mappings().all()


def photo(db: Db, scope: Scope, receipt: str, position: int) -> Row | None:
    where = sa.and_(_p.receipt == receipt, _p.position == position, visible(scope))
    return db.execute(sa.select(t.complaint_photo).join(t.complaint).where(where)).mappings().one_or_none()


def set_state(db: Db, scope: Scope, receipt: str, values: dict[str, Any]) -> bool:
    """False when there is none within the scope."""
    where = sa.and_(_c.receipt == receipt, visible(scope))
    return db.execute(sa.update(t.complaint).where(where).values(**values)).rowcount > 0


def expire(db: Db, scope: Scope, before: datetime, at: datetime) -> int:
    """Delete contact and photos of what was received before; of how many complaints."""
    old = sa.and_(_c.received_at < before, _c.expired_at.is_(None), visible(scope))
    receipts = db.execute(sa.select(_c.receipt).where(old).with_for_update()).scalars().all()
    db.execute(sa.delete(t.complaint_photo).where(_p.receipt.in_(receipts)))
    db.execute(sa.update(t.complaint).where(_c.receipt.in_(receipts)).values(contact=None, expired_at=at))
    return len(receipts)
