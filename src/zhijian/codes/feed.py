"""What happened to an institution's reports, in the order in which the log took it: the log itself, read by its owner.

Nothing is emitted: a registration, a change of state and a file are leaves already, and an event is a leaf with its place.
So the feed has no gap, one order, and says the same however often it is read.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from zhijian.codes import feed_store, key_store
from zhijian.codes.code import grouped
from zhijian.codes.model import Code, CodesError, CredentialRefused, EvidenceBroken, State
from zhijian.codes.record import CHANGED, FILED, REGISTERED, opens, read_change, read_filing, read_registration
from zhijian.codes.store import Row
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope

WINDOW = 20_000
"""Leaves of all institutions that one page looks at: what a page costs does not grow with the log."""
HALF_YEARS = 4
BEHIND_THE_END = 10_000
_POSITION = re.compile(r"\d{4}h[12]\.\d{1,15}(?:_\d{4}h[12]\.\d{1,15}){0,3}", re.ASCII)


class EventType(StrEnum):
    LOGGED = "report.logged"
    STATE_CHANGED = "report.state-changed"
    FILE_REGISTERED = "report.file-registered"


_KIND = {EventType.LOGGED: REGISTERED, EventType.STATE_CHANGED: CHANGED, EventType.FILE_REGISTERED: FILED}
_TYPE = {kind: type_ for type_, kind in _KIND.items()}


class PositionMalformed(CodesError):
    """The text is no cursor that this feed gave out."""

    why = "cursor-malformed"


@dataclass(frozen=True, slots=True)
class Position:
    """How many leaves of each half-year's log were looked at, whosoever they are; the newest half-years alone.

    It can skip nothing. A log's places are given by one sequencer, without a gap, and what a transaction sees of a log is
    always its beginning: below a size that was seen nothing comes later. Between logs there is no such order, for about
    the turn of the half-year a clock that is set back makes leaves for the older log once more. So each log has its own
    count, instead of one place that is "further" than all older logs.
    """

    read: tuple[tuple[str, int], ...] = ()

    @classmethod
    def of(cls, sizes: dict[str, int]) -> Self:
        return cls(tuple(sorted(sizes.items())[-HALF_YEARS:]))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Inverse of `str`; the empty text is the beginning.

        Raises: PositionMalformed.

        >>> str(Position.parse("2026h2.17_2027h1.0"))
        '2026h2.17_2027h1.0'
        """
        if not text:
            return cls()
        parts = [part.split(".") for part in text.split("_")]
        if not _POSITION.fullmatch(text) or len({name for name, _ in parts}) != len(parts):
            raise PositionMalformed(text[:80], "no cursor of this feed")
        return cls.of({half_year: int(count) for half_year, count in parts})

    def limited(self, sizes: list[tuple[str, int]]) -> list[tuple[str, int]]:
        """Logs as far as they had been read here; those too old to be named were read to their end."""
        read, oldest = dict(self.read), self.read[0][0] if self.read else ""
        return [(name, size if name < oldest else min(size, read.get(name, 0))) for name, size in sizes]

    def __str__(self) -> str:
        return "_".join(f"{half_year}.{count}" for half_year, count in self.read)


@dataclass(frozen=True, slots=True)
class Event:
    """One leaf. `id` names log and place, and is the same for ever: by it a reader knows a repeat."""

    id: str
    type: EventType
    logged_at: datetime
    data: dict[str, Any]

    def document(self) -> dict[str, Any]:
        return {"id": self.id, "type": self.type.value, "timestamp": self.logged_at.isoformat(), "data": self.data}


@dataclass(frozen=True, slots=True)
class Page:
    """`more`: there are leaves behind `next` now. A page can be empty and have more behind it."""

    events: tuple[Event, ...]
    next: Position
    more: bool


@dataclass(frozen=True, slots=True)
class Feed:
    """The logs of one node, read event by event."""

    host: str
    public_url: str

    def end(self, db: Db) -> Position:
        """Behind everything that is in the logs now."""
        return Position.of(dict(feed_store.sizes(db, self.host)))

    def given(self, db: Db, text: str) -> Position:
        """A cursor that was given out, as it comes back.

        Raises: PositionMalformed, also for one far behind the end: it would wait for ever, and nobody would know why. A node
        that was put back knows a little less for a while.
        """
        position, sizes = Position.parse(text), dict(feed_store.sizes(db, self.host))
        if any(
            half_year not in sizes or count > sizes[half_year] + BEHIND_THE_END for half_year, count in position.read
        ):
            raise PositionMalformed(text[:80], "a cursor that this feed did not give")
        return position

    @staticmethod
    def revoked(db: Db, kid: str) -> bool:
        """Whether the key by which somebody asked to be told was revoked since."""
        found = key_store.key(db, kid)
        return found is not None and found["revoked_at"] is not None

    def page(
        self, db: Db, scope: Scope, after: Position, limit: int, types: Collection[str] = tuple(EventType),
        until: Position | None = None,
    ) -> Page:  # fmt: skip
        """Events within scope behind `after`, oldest first, of these types. With the `next` of a page as `until` it is
        that page again, whatever was logged since.

        Raises: EvidenceBroken for a leaf whose record is not the one that it commits to.
        """
        sizes = feed_store.sizes(db, self.host)
        if until is not None:
            sizes = until.limited(sizes)
        read, oldest = dict(after.read), after.read[0][0] if after.read else ""
        events: list[Event] = []
        left = WINDOW
        for half_year, first, size in _unread(sizes, read, oldest):
            if left <= 0 or len(events) >= limit:
                break
            end, room = min(size, first + left), limit - len(events)
            origin = f"{self.host}/{half_year}"
            kinds = [_KIND[EventType(one)] for one in types]
            rows = feed_store.entries(db, scope, origin, first, end, kinds, room)
            events += [self._event(origin, row) for row in rows]
            read[half_year] = rows[-1]["index"] + 1 if len(rows) == room else end
            left -= end - first
        return Page(tuple(events), Position.of(read), bool(_unread(sizes, read, oldest)))

    def stirred(self, db: Db, scope: Scope, after: Position) -> tuple[set[str], Position]:
        """Institutions within scope (USCC) with leaves behind `after`, and where the logs end now."""
        sizes = feed_store.sizes(db, self.host)
        found: set[str] = set()
        for half_year, first, size in _unread(sizes, dict(after.read), after.read[0][0] if after.read else ""):
            found |= feed_store.institutions(db, scope, f"{self.host}/{half_year}", first, size)
        return found, Position.of(dict(sizes))

    def _event(self, origin: str, row: Row) -> Event:
        code, kept = Code(row["code"]), bytes(row["record"])
        try:
            if not opens(bytes(row["entry"]), kept):
                raise EvidenceBroken(code, f"{code}: the leaf commits to another record")
            said = _SAID[row["kind"]](kept)
        except CredentialRefused as why:
            raise EvidenceBroken(code, f"{code}: {why}") from why
        data = {"code": code, "printed": grouped(code), "own_number": row["own_number"], **said,
                "verify_url": f"{self.public_url}/v/{code}", "proof_url": f"{self.public_url}/proof/{code}",
                "log": {"origin": origin, "index": row["index"]}}  # fmt: skip
        return Event(f"{origin}/{row['index']}", _TYPE[row["kind"]], row["logged_at"], data)


def _unread(sizes: list[tuple[str, int]], read: dict[str, int], oldest: str) -> list[tuple[str, int, int]]:
    """(half-year, first leaf that was not read, size)."""
    known = ((half_year, read.get(half_year, 0), size) for half_year, size in sizes if half_year >= oldest)
    return [(half_year, first, size) for half_year, first, size in known if first < size]


def _registered(kept: bytes) -> dict[str, Any]:
    """The state it began with: an event says what happened, not what is."""
    return {"state": State.VALID.value, "registered_at": read_registration(kept).registered_at.isoformat()}


def _changed(kept: bytes) -> dict[str, Any]:
    said = read_change(kept)
    return {"state": said.state.value, "changed_at": said.at.isoformat(), "by": said.by, "actor": said.actor, "reason": said.reason,
            "successor": said.successor}  # fmt: skip


def _filed(kept: bytes) -> dict[str, Any]:
    said = read_filing(kept)
    return {"media_type": said.media_type, "bytes": said.length, "sm3": said.sm3.hex(), "sha256": said.sha256.hex(),
            "registered_at": said.at.isoformat()}  # fmt: skip


_SAID = {REGISTERED: _registered, CHANGED: _changed, FILED: _filed}
