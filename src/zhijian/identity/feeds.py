"""Keys of calendar feeds: a calendar has no cookie, so that its address carries a key of its own. It reads what is due and nothing else,
within the scope that the account has at that moment, and ends with it."""

import hashlib
import secrets
from datetime import datetime

from zhijian.identity import audit, store
from zhijian.identity.model import NotSignedIn
from zhijian.identity.sessions import account_of
from zhijian.kit.db import Db
from zhijian.kit.principal import Principal


def make(db: Db, who: Principal, at: datetime) -> str:
    """A new key, seen this once; the one before it ends. Noted in the audit trail."""
    key = secrets.token_urlsafe(32)
    store.put_feed_key(db, who.account, _digest(key), at)
    audit.noted(db, who, "feed.made", who.login, at)
    return key


def end(db: Db, who: Principal, at: datetime) -> None:
    """Where there is one. Noted."""
    if store.end_feed_key(db, who.account):
        audit.noted(db, who, "feed.ended", who.login, at)


def made_at(db: Db, who: Principal) -> datetime | None:
    return store.feed_made_at(db, who.account)


def reader(db: Db, key: str) -> Principal:
    """Whose calendar it is. Raises: NotSignedIn for a key that there is not, or of a closed account."""
    row = store.of_feed_key(db, _digest(key))
    if row is None or row["closed_at"] is not None:
        raise NotSignedIn
    return account_of(row).principal


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "replace")).digest()
