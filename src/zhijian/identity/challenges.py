"""What one request of signing in leaves for the next: bound to a cookie, for one use and two minutes."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from zhijian.identity import entry_store as store
from zhijian.kit.db import Db

LIVES = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Challenge:
    challenge: bytes
    account: int | None
    """Whose, where it is known already."""
    kept: str


def begin(db: Db, purpose: str, cookie: str, at: datetime, *, account: int | None = None, kept: str = "") -> bytes:
    """A new one for whoever holds the cookie, in the place of the one before it. 32 random bytes."""
    made = secrets.token_bytes(32)
    store.put_challenge(db, _digest(purpose, cookie), purpose, account, made, kept, at)
    return made


def take(db: Db, purpose: str, cookie: str, at: datetime) -> Challenge | None:
    """Once: gone with this, also when what comes of it is refused, so that the caller's transaction is to be committed in any case."""
    row = store.take_challenge(db, _digest(purpose, cookie)) if cookie else None
    if row is None or not timedelta() <= at - row["made_at"] < LIVES:
        return None
    return Challenge(bytes(row["challenge"]), row["account"], row["kept"])


def forget(db: Db, at: datetime) -> None:
    store.forget_challenges(db, at - LIVES)


def _digest(purpose: str, cookie: str) -> bytes:
    return hashlib.sha256(f"{purpose}\0{cookie}".encode()).digest()
