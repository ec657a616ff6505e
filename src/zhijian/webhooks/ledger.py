"""What an institution does with its webhooks: make, look at, try, resume, rotate, delete."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from zhijian.codes.events import Feed
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.webhooks import store
from zhijian.webhooks.address import is_public
from zhijian.webhooks.model import (
    BOTH_SECRETS,
    CREATED_MAX,
    PINGS_EVERY,
    WEBHOOKS_MAX,
    IsPaused,
    JustRotated,
    NotPaused,
    State,
    TooMany,
    TooSoon,
    UrlRefused,
    Webhook,
    WebhookUnknown,
    is_literal,
    target,
)

DAY = timedelta(days=1)
DELETED_KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Ledger:
    """Works in the caller's transaction. Whoever makes one must hold the institution's lock: they are counted."""

    feed: Feed
    to_private: bool = False

    def create(
        self, db: Db, scope: Scope, uscc: str, kid: str, url: str, types: Sequence[str], after: str | None, at: datetime
    ) -> Webhook:
        """A webhook that pings its receiver first, and delivers from the cursor `after` on (None: from now on).

        Raises: UrlRefused, TooMany, PositionMalformed.
        """
        to = target(url, to_private=self.to_private)
        if is_literal(to.host) and not self.to_private and not is_public(to.host):
            raise UrlRefused(url[:80], "the address is not on the public internet")
        store.forget_deleted(db, scope, uscc, at - DELETED_KEPT)
        if len(store.own(db, scope, uscc)) >= WEBHOOKS_MAX:
            raise TooMany(str(WEBHOOKS_MAX), f"an institution has at most {WEBHOOKS_MAX}")
        if store.created_since(db, scope, uscc, at - DAY) >= CREATED_MAX:
            raise TooMany(str(CREATED_MAX), f"an institution makes at most {CREATED_MAX} in a day")
        start = self.feed.end(db) if after is None else self.feed.given(db, after)
        made = f"wh_{secrets.token_hex(10)}"
        store.add(db, scope, {
            "id": made, "uscc": uscc, "kid": kid, "url": url, "host": to.host.lower(), "types": list(dict.fromkeys(types)),
            "state": State.UNPROVEN, "generation": 1, "created_at": at, "position": str(start), "ping_wanted": True,
            "pinged_at": at, "attempts": 0, "next_attempt_at": at,
        })  # fmt: skip
        return self.one(db, scope, made)

    def own(self, db: Db, scope: Scope, uscc: str) -> list[Webhook]:
        """Oldest first."""
        return [webhook_of(row) for row in store.own(db, scope, uscc)]

    def one(self, db: Db, scope: Scope, webhook_id: str) -> Webhook:
        """Raises: WebhookUnknown, also for one outside `scope`."""
        return webhook_of(self._row(db, scope, webhook_id))

    def attempts(self, db: Db, scope: Scope, webhook_id: str) -> Sequence[store.Row]:
        """The last hundred, newest first.

        Raises: WebhookUnknown.
        """
        self._row(db, scope, webhook_id)
        return store.attempts(db, scope, webhook_id)

    def delete(self, db: Db, scope: Scope, webhook_id: str) -> None:
        """Raises: WebhookUnknown."""
        if not store.update(db, scope, webhook_id, state=State.DELETED, next_attempt_at=None):
            raise WebhookUnknown(webhook_id)

    def test(self, db: Db, scope: Scope, webhook_id: str, at: datetime) -> Webhook:
        """Have a ping sent now.

        Raises: WebhookUnknown, IsPaused, TooSoon.
        """
        row = self._row(db, scope, webhook_id, lock=True)
        if row["state"] == State.PAUSED:
            raise IsPaused(webhook_id)
        _not_too_soon(row, at)
        store.update(db, scope, webhook_id, ping_wanted=True, pinged_at=at, next_attempt_at=at)
        return self.one(db, scope, webhook_id)

    def resume(self, db: Db, scope: Scope, webhook_id: str, kid: str, at: datetime) -> Webhook:
        """Go on where it stopped, from now on by the key `kid`. The receiver has to prove itself again: the address may have
        changed hands.

        Raises: WebhookUnknown, NotPaused, TooSoon.
        """
        row = self._row(db, scope, webhook_id, lock=True)
        if row["state"] != State.PAUSED:
            raise NotPaused(webhook_id)
        _not_too_soon(row, at)
        store.update(db, scope, webhook_id, state=State.UNPROVEN, ping_wanted=True, pinged_at=at, attempts=0, failed_since=None,
                     next_attempt_at=at, paused_reason=None, kid=kid)  # fmt: skip
        return self.one(db, scope, webhook_id)

    def rotate(self, db: Db, scope: Scope, webhook_id: str, at: datetime) -> Webhook:
        """A new secret; for a day deliveries are signed with the former one as well.

        Raises: WebhookUnknown, JustRotated.
        """
        row = self._row(db, scope, webhook_id, lock=True)
        if row["rotated_at"] is not None and at - row["rotated_at"] < BOTH_SECRETS:
            raise JustRotated(webhook_id)
        store.update(db, scope, webhook_id, generation=row["generation"] + 1, rotated_at=at)
        return self.one(db, scope, webhook_id)

    @staticmethod
    def _row(db: Db, scope: Scope, webhook_id: str, *, lock: bool = False) -> store.Row:
        row = store.one(db, scope, webhook_id, lock=lock)
        if row is None:
            raise WebhookUnknown(webhook_id)
        return row


def webhook_of(row: store.Row) -> Webhook:
    return Webhook(
        **{
            **{name: row[name] for name in Webhook.__slots__},
            "state": State(row["state"]),
            "types": tuple(row["types"]),
        }
    )


def _not_too_soon(row: store.Row, at: datetime) -> None:
    if row["pinged_at"] is not None and at - row["pinged_at"] < PINGS_EVERY:
        raise TooSoon(row["id"])
