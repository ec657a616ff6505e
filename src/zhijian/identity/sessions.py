"""Signing in and out. A session is a random cookie of which the database holds the digest; whoever reads the table is not signed in."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from zhijian.identity import audit, challenges, passwords, store, tries
from zhijian.identity import tables as t
from zhijian.identity.model import IDLE, LONGEST, Account, NotSignedIn, Session, SignInRefused
from zhijian.kit.db import Db
from zhijian.kit.principal import Principal, Role

_TOUCH = timedelta(minutes=1)
"""How exactly the last request is kept: not every page writes a row."""


@dataclass(frozen=True, slots=True)
class Open:
    """A session as its owner sees it in a list."""

    how: str
    began_at: datetime
    seen_at: datetime
    agent: str
    this: bool


def sign_in(db: Db, login: str, password: str, at: datetime) -> Account:
    """The account of a login and its password. Raises: SignInRefused, TooManyTries.

    A wrong password is counted in the caller's transaction, which must be committed all the same.
    """
    login, password = login.strip().lower()[:60], password[: passwords.MOST]
    tries.may_try(db, login, at)
    row = store.by_login(db, login)
    right = passwords.right(password, row["password"] if row else None)
    if row is None or not right or row["closed_at"] is not None:
        tries.failed(db, login, at)
        if row is not None:  # what is no login may be somebody's password
            audit.noted(db, None, "sign-in.refused", login, at, province=row["province"])
        raise SignInRefused
    tries.forgiven(db, login)
    if passwords.outdated(row["password"]):
        store.changed(db, row["id"], password=passwords.hashed(password))
    return account_of(row)


def begin(db: Db, account: Account, how: str, agent: str, at: datetime) -> str:
    """A new session; its cookie, which nobody else ever sees. Noted in the audit trail."""
    token = secrets.token_urlsafe(32)
    store.begun(db, {"digest": _digest(token), "account": account.id, "how": how, "began_at": at, "seen_at": at,
                     "ends_at": at + LONGEST, "agent": agent[:200]})  # fmt: skip
    audit.noted(db, account.principal, "sign-in", account.login, at, detail={"how": how})
    return token


def session(db: Db, token: str, at: datetime) -> Session:
    """Whose the cookie is. Raises: NotSignedIn where there is no such session, it has ended, or the account is closed."""
    row = store.session(db, _digest(token))
    if row is None or row["closed_at"] is not None or at >= row["ends_at"] or at >= row["seen_at"] + IDLE:
        raise NotSignedIn
    if at - row["seen_at"] >= _TOUCH:
        store.seen(db, _digest(token), at)
    return Session(account_of(row).principal, row["began_at"], row["seen_at"], row["ends_at"], row["how"])


def sign_out(db: Db, who: Principal, token: str, at: datetime) -> None:
    store.ended(db, t.session.c.digest == _digest(token))
    audit.noted(db, who, "sign-out", who.login, at)


def of_account(db: Db, account: int, token: str, at: datetime) -> list[Open]:
    """Those that have not ended, the newest first; `token`: the cookie of the one that asks."""
    own = _digest(token)
    return [
        Open(row["how"], row["began_at"], row["seen_at"], row["agent"], bytes(row["digest"]) == own)
        for row in store.sessions_of(db, account)
        if at < row["ends_at"] and at < row["seen_at"] + IDLE
    ]


def end_all(db: Db, account: int, but: str = "") -> int:
    """After a change of password or the closing of an account: every session but that of the cookie `but`."""
    return store.ended(db, t.session.c.account == account, t.session.c.digest != _digest(but))


def forget_ended(db: Db, at: datetime) -> None:
    """Rows of sessions that are over, and of tries long ago. The worker does it now and then."""
    store.ended(db, (t.session.c.ends_at <= at) | (t.session.c.seen_at <= at - IDLE))
    store.forget_tries(db, at - tries.FORGOTTEN)
    challenges.forget(db, at)


def form_secret(token: str) -> str:
    """What a form of this session carries, so that no other site can send it."""
    return hmac.new(token.encode(), b"form", hashlib.sha256).hexdigest()


def is_form_secret(token: str, given: str) -> bool:
    return hmac.compare_digest(form_secret(token).encode(), given.encode("utf-8", "replace"))


def account_of(row: store.Row) -> Account:
    names = ("id", "login", "name", "role", "province", "city", "uscc", "closed_at", "synthetic")
    values = {name: row[name] for name in names}
    return Account(**{**values, "role": Role(values["role"])})


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
