"""Who brings the events: takes the next webhook that is due, and puts down what came of the delivery.

Between the two lies the POST, in no transaction. A crash there leaves a claim that runs out, and the batch as it was: it is
sent again under the same id. The cursor moves in the transaction that puts down the 2xx, so nothing is lost.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from zhijian.codes.events import Feed, Position
from zhijian.codes.model import CodesError
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.webhooks import message, store
from zhijian.webhooks.ledger import webhook_of
from zhijian.webhooks.message import Message
from zhijian.webhooks.model import BATCH, State, Target, Webhook, target
from zhijian.webhooks.schedule import next_attempt
from zhijian.webhooks.sending import Sent
from zhijian.webhooks.signing import Secrets, signed

CLAIMED_FOR = timedelta(seconds=60)
"""Longer than any delivery takes, `sending.WITHIN_S`."""
BLOCKED_FOR = timedelta(hours=1)
KEY_REVOKED = "key-revoked"


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that is this caller's to make until `until`."""

    webhook: Webhook
    message: Message
    target: Target
    secrets: tuple[bytes, ...]
    until: datetime
    position: str
    """Cursor behind the batch."""

    def headers(self, at: datetime) -> dict[str, str]:
        """Signed for this moment: receivers refuse what is minutes old."""
        fixed = {"Content-Type": "application/json", "User-Agent": "zhijian-webhooks/1", "Connection": "close"}
        return fixed | signed([*self.secrets], self.message.id, at, self.message.body)


@dataclass(frozen=True, slots=True)
class Looked:
    """A webhook that was due and has nothing to send now. `alarm`: its events contradict their evidence. `paused`: why it
    was just paused."""

    webhook_id: str
    alarm: str = ""
    paused: str = ""


@dataclass(frozen=True, slots=True)
class Courier:
    """Works in the caller's transactions."""

    feed: Feed
    secrets: Secrets

    def wake(self, db: Db, scope: Scope, seen: Position | None, at: datetime) -> Position:
        """Have webhooks look whose institutions have new leaves since `seen`; None: all of them. Where the logs end now."""
        if seen is None:
            end = self.feed.end(db)
            store.wake(db, scope, None, at)
            return end
        stirred, end = self.feed.stirred(db, scope, seen)
        if stirred:
            store.wake(db, scope, stirred, at)
        return end

    def claim(
        self, db: Db, scope: Scope, at: datetime, *, hosts: Collection[str] = (), institutions: Collection[str] = ()
    ) -> Claim | Looked | None:
        """The next delivery, not to these hosts and institutions; None when none is due."""
        row = store.next_due(db, scope, at, hosts=hosts, institutions=institutions)
        if row is None:
            return None
        if self.feed.revoked(db, row["kid"]):
            # Whoever held the key may have chosen the address, and knows the secret.
            store.update(db, scope, row["id"], state=State.PAUSED, paused_reason=KEY_REVOKED, ping_wanted=False,
                         next_attempt_at=None)  # fmt: skip
            return Looked(row["id"], paused=KEY_REVOKED)
        if row["ping_wanted"] or row["state"] == State.UNPROVEN:
            return self._claimed(db, scope, row, message.ping(row["id"], at), row["position"], at)
        after, until = Position.parse(row["position"]), row["batch_to"]
        try:
            page = self.feed.page(db, Scope.of_institution(row["uscc"]), after, BATCH, row["types"],
                                  Position.parse(until) if until else None)  # fmt: skip
        except CodesError as why:
            # Counted as a failure: what failed keeps its pause when news wakes it, and is seen by whoever watches. Not since
            # when: that would use up the receiver's three days.
            store.update(db, scope, row["id"], attempts=row["attempts"] + 1, next_attempt_at=at + BLOCKED_FOR, last_at=at,
                         last_status=None, last_error=why.why)  # fmt: skip
            return Looked(row["id"], str(why))
        if page.events:
            made = message.batch(row["id"], page.events, str(page.next))
            return self._claimed(db, scope, row, made, str(page.next), at)
        # Still due while there is more behind this window, or a batch's end to be forgotten.
        again = at if page.more or until or row["attempts"] else None
        store.update(db, scope, row["id"], position=str(page.next), batch_to=None, attempts=0, failed_since=None,
                     next_attempt_at=again)  # fmt: skip
        return Looked(row["id"])

    def _claimed(self, db: Db, scope: Scope, row: store.Row, made: Message, position: str, at: datetime) -> Claim:
        webhook, until = webhook_of(row), at + CLAIMED_FOR
        batch_to = {"batch_to": position} if made.kind == "events" else {}
        store.update(db, scope, row["id"], claimed_until=until, **batch_to)
        to = target(webhook.url, to_private=True)  # judged when it was made, and by the sender as the setting is now
        return Claim(webhook, made, to, tuple(self.secrets.good(webhook, at)), until, position)

    def settle(
        self, db: Db, scope: Scope, claim: Claim, sent: Sent, at: datetime, *, chance: float, took_ms: int
    ) -> Webhook | None:
        """Put down what came of a delivery. None when the claim is not the newest any more: then the other one counts."""
        row = store.claimed(db, scope, claim.webhook.id, claim.until)
        if row is None:
            return None
        made = claim.message
        if made.kind == "ping" and sent.accepted and made.challenge.encode() not in sent.answer:
            sent = Sent(sent.status, "no-challenge")
        store.add_attempt(db, scope, {
            "webhook_id": row["id"], "at": at, "kind": made.kind, "message_id": made.id, "events": made.events,
            "status": sent.status, "error": sent.error, "took_ms": took_ms,
        })  # fmt: skip
        values = _accepted(claim, at) if sent.accepted else _failed(claim, row, sent, at, chance)
        store.update(
            db,
            scope,
            row["id"],
            claimed_until=None,
            last_at=at,
            last_status=sent.status,
            last_error=sent.error,
            **values,
        )
        after = store.one(db, scope, row["id"])
        return webhook_of(after) if after else None


def _accepted(claim: Claim, at: datetime) -> dict[str, Any]:
    """Due again at once: there may be more to send."""
    values: dict[str, Any] = {"attempts": 0, "failed_since": None, "next_attempt_at": at}
    if claim.message.kind == "ping":
        return values | {"state": State.ACTIVE, "ping_wanted": False}
    return values | {"position": claim.position, "batch_to": None}


def _failed(claim: Claim, row: store.Row, sent: Sent, at: datetime, chance: float) -> dict[str, Any]:
    gone, active = sent.error == "gone", row["state"] == State.ACTIVE
    if claim.message.kind == "ping" and active and not gone:  # a mere try: events go on as they did
        since = row["failed_since"]
        again = next_attempt(since, row["attempts"], at, chance) if since else at
        return {"ping_wanted": False, "next_attempt_at": again or at}
    failures, since = row["attempts"] + 1, row["failed_since"] or at
    again = None if gone else next_attempt(since, failures, at, chance)
    values = {"attempts": failures, "failed_since": since, "next_attempt_at": again}
    if again is None:
        reason = "gone" if gone else "failing" if active else "unproven"
        values |= {"state": State.PAUSED, "paused_reason": reason, "ping_wanted": False}
    return values
