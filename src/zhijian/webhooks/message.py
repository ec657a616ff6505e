"""What is posted: a batch of events, or the ping by which a receiver shows that it wants them."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import msgspec

from zhijian.codes.events import Event

Kind = Literal["ping", "events"]


@dataclass(frozen=True, slots=True)
class Message:
    """`id` is made of the body: the same batch has the same id however often it is sent."""

    kind: Kind
    id: str
    body: bytes
    events: int = 0
    challenge: str = ""
    """Must stand in the answer to a ping. Whoever chose an address without its owner's leave gets none."""


def batch(webhook_id: str, events: Sequence[Event], position: str) -> Message:
    """`position` is the cursor behind the last event, for who reads the feed as well."""
    body = msgspec.json.encode({
        "type": "report.events", "timestamp": events[-1].logged_at.isoformat(),
        "data": {"webhook": webhook_id, "events": [event.document() for event in events], "next": position},
    })  # fmt: skip
    return Message("events", _id(body), body, len(events))


def ping(webhook_id: str, at: datetime) -> Message:
    challenge = secrets.token_hex(16)
    body = msgspec.json.encode({
        "type": "ping", "timestamp": at.isoformat(), "data": {"webhook": webhook_id, "challenge": challenge},
    })  # fmt: skip
    return Message("ping", _id(body), body, challenge=challenge)


def _id(body: bytes) -> str:
    return f"msg_{hashlib.sha256(body).hexdigest()[:32]}"
