"""The audit trail: who did what to what, when and why. Each entry carries the digest of the one before it, so that none can be
changed, left out or put in between without all that follow telling. Whoever owns the tables could write all of it anew: the worker puts
its newest digest into the transparency log now and then (an anchor), and a trail that does not hold what was put there was rewritten."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from zhijian.identity import audit_store as store
from zhijian.identity.audit_store import Sought
from zhijian.kit.db import Db
from zhijian.kit.principal import Operator, Principal
from zhijian.kit.scope import Scope

__all__ = ["Anchors", "Broken", "Entry", "Sought", "checked", "count_since", "entries", "newest", "noted"]
BEGINNING = bytes(32)
NODE = "node"
"""Login of what no person did."""
OPERATOR = "operator"
"""Role of whoever works at the command line."""


@dataclass(frozen=True, slots=True)
class Entry:
    seq: int
    at: datetime
    account: int | None
    login: str
    role: str
    province: str | None
    act: str
    object: str
    reason: str
    detail: Mapping[str, Any]
    previous: bytes
    digest: bytes

    def computed(self) -> bytes:
        """What `digest` must be: SHA-256 of the other fields as JSON, keys sorted, no blanks, UTF-8; times in UTC."""
        said = {
            "seq": self.seq, "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"), "account": self.account,
            "login": self.login, "role": self.role, "province": self.province, "act": self.act, "object": self.object,
            "reason": self.reason, "detail": dict(self.detail), "previous": self.previous.hex(),
        }  # fmt: skip
        return hashlib.sha256(
            json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        ).digest()


def noted(
    db: Db, who: Principal | Operator | None, act: str, thing: str, at: datetime, *, reason: str = "", province: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> Entry:  # fmt: skip
    """Adds an entry in the caller's transaction; others wait for its end. `who` None: the node. `province` is where it happened, by itself
    that of whoever acts. `detail` holds no personal data and no
    floats: what PostgreSQL gives back must be what was digested."""
    seq, previous = store.last(db) or (0, BEGINNING)
    account, login, role = None, NODE, NODE
    if isinstance(who, Operator):
        login, role = who.login, OPERATOR
    elif who is not None:
        account, login, role, province = who.account, who.login, who.role.value, province or who.province
    entry = Entry(seq + 1, at, account, login, role, province, act, thing, reason, dict(detail or {}), previous, b"")  # fmt: skip
    made = replace(entry, digest=entry.computed())
    store.insert(db, asdict(made))
    return made


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the chain does not hold."""

    seq: int
    why: str
    """changed: the entry's own digest; gap: an entry is missing; torn: it does not follow from the one before; rewritten: an anchor in the
    log names an entry that this trail does not have (`seq`: where it ends)."""


@dataclass(frozen=True, slots=True)
class Anchors:
    """What the log says of the trail, read before the trail is."""

    leaves: frozenset[bytes]
    leaf_of: Callable[[int, bytes], bytes]
    """(seq, digest) → the leaf that commits to it."""


def newest(db: Db) -> tuple[int, bytes] | None:
    """(seq, digest) of the last entry, for an anchor. Holds nobody up."""
    return store.newest(db)


def checked(
    db: Db, after: int = 0, previous: bytes = BEGINNING, anchors: Anchors | None = None
) -> Iterator[Entry | Broken]:
    """Every entry in order, and whatever is broken; the whole trail from the beginning unless told where to go on (then without anchors)."""
    expected, missing = after + 1, set(anchors.leaves) if anchors else set()
    for row in store.entries_from(db, Scope.everything(), after):
        entry = Entry(**row)
        if entry.seq != expected:
            yield Broken(expected, "gap")
        elif entry.previous != previous:
            yield Broken(entry.seq, "torn")
        if entry.computed() != entry.digest:
            yield Broken(entry.seq, "changed")
        if anchors and missing:
            missing.discard(anchors.leaf_of(entry.seq, entry.digest))
        yield entry
        expected, previous = entry.seq + 1, entry.digest
    yield from (Broken(expected - 1, "rewritten") for _ in missing)


def entries(db: Db, scope: Scope, sought: Sought, most: int = 50) -> list[Entry]:
    """Newest first."""
    return [Entry(**row) for row in store.found(db, scope, sought, most)]


def count_since(db: Db, who: Principal, act: str, since: datetime) -> int:
    """How often somebody did something; nobody adds to the trail until the caller's transaction ends, so that two at once are counted."""
    store.last(db)
    return store.count(db, who.scope, who.account, act, since)
