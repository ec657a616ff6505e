"""Events pushed to laboratories: signed, in order, again and again until they arrive.

The events are the log's (`zhijian.codes.events`); this room knows where they go and how far each receiver has come. The
ledger is what an institution does with its webhooks, the courier takes and settles deliveries, the sender posts. Signed by
Standard Webhooks 1.0.

>>> from datetime import UTC, datetime
>>> secret = bytes(32)
>>> signed([secret], "msg_1", datetime(2026, 5, 12, tzinfo=UTC), b"{}")["webhook-signature"][:12]
'v1,wwkzoBSEz'
"""

from dataclasses import dataclass
from typing import Self

from zhijian.codes.events import Feed
from zhijian.webhooks.courier import Claim, Courier, Looked
from zhijian.webhooks.ledger import Ledger
from zhijian.webhooks.sending import ERRORS, Sender, Sent
from zhijian.webhooks.signing import Secrets, signed
from zhijian.webhooks.store import troubled

__all__ = [
    "ERRORS",
    "Claim",
    "Courier",
    "Ledger",
    "Looked",
    "Secrets",
    "Sender",
    "Sent",
    "Webhooks",
    "signed",
    "troubled",
]


@dataclass(frozen=True, slots=True)
class Webhooks:
    """What wiring hands to the doors."""

    ledger: Ledger
    courier: Courier
    sender: Sender

    @classmethod
    def of(cls, feed: Feed, key: bytes, to_private: bool) -> Self:
        """`key`: 32 bytes that the node guards. `to_private` also sends by http, and into this machine's network."""
        return cls(Ledger(feed, to_private), Courier(feed, Secrets(key)), Sender(to_private=to_private))

    @property
    def secrets(self) -> Secrets:
        return self.courier.secrets
