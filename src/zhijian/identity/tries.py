"""Wrong passwords, counted by login whether it has an account or not: so that waiting tells nobody which logins there are."""

import hashlib
from datetime import datetime, timedelta

from zhijian.identity import store
from zhijian.identity.model import TooManyTries, wait_after
from zhijian.kit.db import Db

FORGOTTEN = timedelta(days=1)
"""So long after the last wrong one a login begins afresh."""


def may_try(db: Db, login: str, at: datetime) -> None:
    """Others who try the same login wait for the caller's transaction. Raises: TooManyTries."""
    failures, failed_at = store.tries(db, _digest(login), at)
    wait = failed_at + wait_after(failures) - at
    if failures and wait > timedelta():
        raise TooManyTries(str(int(wait.total_seconds()) + 1))


def failed(db: Db, login: str, at: datetime) -> None:
    """In a transaction that is committed all the same."""
    store.failed(db, _digest(login), at)


def forgiven(db: Db, login: str) -> None:
    store.forgiven(db, _digest(login))


def _digest(login: str) -> bytes:
    return hashlib.sha256(login.encode()).digest()
