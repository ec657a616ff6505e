"""SQL of passkeys, and of challenges that wait for their answer. Signing in goes before any scope; else whoever holds the session asks."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from zhijian.identity.entry_tables import entry_challenge, passkey
from zhijian.kit.db import Db

_p, _c = passkey.c, entry_challenge.c
Row = sa.RowMapping


def put_challenge(
    db: Db, digest: bytes, purpose: str, account: int | None, challenge: bytes, kept: str, at: datetime
) -> None:
    """In the place of the one before."""
    values = {
        "digest": digest,
        "purpose": purpose,
        "account": account,
        "challenge": challenge,
        "kept": kept,
        "made_at": at,
    }
    db.execute(insert(entry_challenge).values(values).on_conflict_do_update(index_elements=["digest"], set_=values))


def take_challenge(db: Db, digest: bytes) -> Row | None:
    """It is gone with this, when the caller's transaction is committed."""
    return (
        db.execute(sa.delete(entry_challenge).where(_c.digest == digest).returning(entry_challenge))
        .mappings()
        .one_or_none()
    )


def forget_challenges(db: Db, before: datetime) -> None:
    db.execute(sa.delete(entry_challenge).where(_c.made_at < before))


def of_account(db: Db, account: int) -> Sequence[Row]:
    return db.execute(sa.select(passkey).where(_p.account == account).order_by(_p.made_at)).mappings().all()


def by_id(db: Db, number: bytes) -> Row | None:
    """Held until the caller's transaction ends: two uses at once are two."""
    return db.execute(sa.select(passkey).where(_p.id == number).with_for_update()).mappings().one_or_none()


def add(db: Db, values: dict[str, object]) -> bool:
    """False where the authenticator's id is registered already, whosever it is."""
    statement = insert(passkey).values(values).on_conflict_do_nothing(index_elements=["id"]).returning(_p.id)
    return db.execute(statement).first() is not None


def used(db: Db, number: bytes, count: int, at: datetime) -> None:
    db.execute(sa.update(passkey).where(_p.id == number).values(sign_count=count, used_at=at))


def remove(db: Db, account: int, number: bytes) -> bool:
    return db.execute(sa.delete(passkey).where(_p.account == account, _p.id == number)).rowcount == 1


def remove_all(db: Db, account: int) -> int:
    return db.execute(sa.delete(passkey).where(_p.account == account)).rowcount
