"""SQL of accounts and sessions. Before a session is found there is no scope to ask by: those functions say so."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from zhijian.identity import tables as t
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope

_a, _s = t.account.c, t.session.c
ACCOUNT = (_a.id, _a.login, _a.name, _a.role, _a.province, _a.city, _a.uscc, _a.closed_at, _a.synthetic)
Row = sa.RowMapping


def visible(scope: Scope) -> sa.ColumnElement[bool]:
    """Accounts that somebody may manage: those of one's area or laboratory."""
    if scope.public:
        return sa.false()
    if scope.institutions is not None:
        return _a.uscc.in_(scope.institutions)
    return sa.true() if scope.provinces is None else _a.province.in_(scope.provinces)


def by_login(db: Db, login: str) -> Row | None:
    """With its password's hash; for signing in."""
    return db.execute(sa.select(*ACCOUNT, _a.password).where(_a.login == login)).mappings().one_or_none()


def tries(db: Db, digest: bytes, at: datetime) -> tuple[int, datetime]:
    """(wrong ones in a row, when the last was) of a login; held until the caller's transaction ends."""
    first = insert(t.sign_in_try).values(login=digest, failures=0, failed_at=at)
    held = first.on_conflict_do_update(index_elements=["login"], set_={"login": digest})
    row = db.execute(held.returning(t.sign_in_try.c.failures, t.sign_in_try.c.failed_at)).one()
    return row.failures, row.failed_at


def failed(db: Db, digest: bytes, at: datetime) -> None:
    row = t.sign_in_try.c
    db.execute(sa.update(t.sign_in_try).where(row.login == digest).values(failures=row.failures + 1, failed_at=at))


def forgiven(db: Db, digest: bytes) -> None:
    db.execute(sa.delete(t.sign_in_try).where(t.sign_in_try.c.login == digest))


def forget_tries(db: Db, before: datetime) -> None:
    db.execute(sa.delete(t.sign_in_try).where(t.sign_in_try.c.failed_at < before))


def by_id(db: Db, account: int) -> Row | None:
    """For whoever holds its session."""
    return db.execute(sa.select(*ACCOUNT, _a.password).where(_a.id == account)).mappings().one_or_none()


def account(db: Db, scope: Scope, login: str) -> Row | None:
    return db.execute(sa.select(*ACCOUNT).where(_a.login == login, visible(scope))).mappings().one_or_none()


def accounts(db: Db, scope: Scope, most: int = 500) -> Sequence[Row]:
    query = sa.select(*ACCOUNT).where(visible(scope)).order_by(_a.role, _a.login).limit(most)
    return db.execute(query).mappings().all()


def add(db: Db, values: dict[str, Any]) -> int | None:
    """Its number; None where the login is taken."""
    statement = insert(t.account).values(values).on_conflict_do_nothing(index_elements=["login"]).returning(_a.id)
    found: int | None = db.execute(statement).scalar()
    return found


def changed(db: Db, account: int, **values: object) -> None:
    db.execute(sa.update(t.account).where(_a.id == account).values(**values))


def begun(db: Db, values: dict[str, Any]) -> None:
    db.execute(sa.insert(t.session).values(values))


def session(db: Db, digest: bytes) -> Row | None:
    """For whoever has its cookie: the session with its account."""
    query = sa.select(*ACCOUNT, _s.how, _s.began_at, _s.seen_at, _s.ends_at).join(t.account).where(_s.digest == digest)
    return db.execute(query).mappings().one_or_none()


def seen(db: Db, digest: bytes, at: datetime) -> None:
    db.execute(sa.update(t.session).where(_s.digest == digest).values(seen_at=at))


def ended(db: Db, *where: sa.ColumnElement[bool]) -> int:
    return db.execute(sa.delete(t.session).where(*where)).rowcount


def sessions_of(db: Db, account: int) -> Sequence[Row]:
    return db.execute(sa.select(t.session).where(_s.account == account).order_by(_s.seen_at.desc())).mappings().all()


def put_feed_key(db: Db, account: int, digest: bytes, at: datetime) -> None:
    values = {"digest": digest, "made_at": at}
    new = insert(t.feed_key).values(account=account, **values)
    db.execute(new.on_conflict_do_update(index_elements=["account"], set_=values))


def end_feed_key(db: Db, account: int) -> bool:
    return bool(db.execute(sa.delete(t.feed_key).where(t.feed_key.c.account == account)).rowcount)


def feed_made_at(db: Db, account: int) -> datetime | None:
    found: datetime | None = db.execute(sa.select(t.feed_key.c.made_at).where(t.feed_key.c.account == account)).scalar()
    return found


def of_feed_key(db: Db, digest: bytes) -> Row | None:
    """For whoever has the key: the account."""
    return (
        db.execute(sa.select(*ACCOUNT).join(t.feed_key).where(t.feed_key.c.digest == digest)).mappings().one_or_none()
    )
