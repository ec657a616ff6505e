"""SQL of the node's own keys: institutions' public keys and their use, trust lists, the mark of the code secret.

None of it belongs to a province or an institution alone: whoever may ask at all may see all of it.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from zhijian.codes import tables as t
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.kit.signing import Suite

Row = sa.RowMapping


def secret_mark(db: Db, mark: str) -> str:
    """The mark of the secret with which this database's codes were made; `mark` when there was none before."""
    found = db.execute(sa.select(t.node_mark.c.mark)).scalar()
    if found is None:
        db.execute(sa.insert(t.node_mark).values(mark=mark))
    return found or mark


def key(db: Db, kid: str) -> Row | None:
    return db.execute(sa.select(t.institution_key).where(t.institution_key.c.kid == kid)).mappings().one_or_none()


def keys(db: Db, uscc: str | None = None) -> Sequence[Row]:
    """Institution keys, of one institution or of all."""
    query = sa.select(t.institution_key).order_by(t.institution_key.c.kid)
    if uscc is not None:
        query = query.where(t.institution_key.c.uscc == uscc)
    return db.execute(query).mappings().all()


def suite(row: Row) -> Suite:
    return Suite(row["suite"])


def revoke_key(db: Db, kid: str, since: datetime, reason: str, at: datetime) -> None:
    values = {"revoked_at": since, "revoked_reason": reason, "revoked_on_record_at": at}
    db.execute(sa.update(t.institution_key).where(t.institution_key.c.kid == kid).values(**values))


def key_request(db: Db, kid: str) -> Row | None:
    return db.execute(sa.select(t.key_request).where(t.key_request.c.kid == kid)).mappings().one_or_none()


def key_requests(db: Db, uscc: str | None = None) -> Sequence[Row]:
    """Oldest first, decided ones too."""
    query = sa.select(t.key_request).order_by(t.key_request.c.asked_at, t.key_request.c.kid)
    if uscc is not None:
        query = query.where(t.key_request.c.uscc == uscc)
    return db.execute(query).mappings().all()


def insert_key_request(db: Db, scope: Scope, row: dict[str, Any]) -> None:
    db.execute(sa.insert(t.key_request).values(**row))


def decide_key_request(db: Db, kid: str, granted: bool, reason: str | None, at: datetime) -> None:
    values = {"decided_at": at, "granted": granted, "reason": reason}
    db.execute(sa.update(t.key_request).where(t.key_request.c.kid == kid).values(**values))


def insert_keys(db: Db, scope: Scope, rows: Sequence[dict[str, Any]]) -> None:
    db.execute(sa.insert(t.institution_key), list(rows))


def use_key(db: Db, kid: str, on: date, reports: int) -> int:
    """Add to the day's use of a key; the new sum."""
    row = insert(t.key_use).values(kid=kid, on_day=on, reports=reports)
    row = row.on_conflict_do_update(index_elements=["kid", "on_day"], set_={"reports": t.key_use.c.reports + reports})
    return int(db.execute(row.returning(t.key_use.c.reports)).scalar_one())


def newest_trust(db: Db) -> Row | None:
    return (
        db.execute(sa.select(t.trust_version).order_by(t.trust_version.c.version.desc()).limit(1))
        .mappings()
        .one_or_none()
    )


_NEWEST_VERSION = sa.select(sa.func.max(t.trust_version.c.version))


def newest_trust_version(db: Db) -> int | None:
    return db.execute(_NEWEST_VERSION).scalar()


def insert_trust(db: Db, version: int, sealed: bytes, at: datetime) -> None:
    db.execute(sa.insert(t.trust_version).values(version=version, sealed=sealed, at=at))
