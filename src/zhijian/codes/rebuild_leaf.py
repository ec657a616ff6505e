"""One leaf of the log beside what the database keeps for it: record, change of state, time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from zhijian.codes import record
from zhijian.codes.log.history import Published
from zhijian.codes.model import CredentialRefused
from zhijian.codes.store import Row

CLOCKS = timedelta(seconds=5)
"""A clock that is set right may go back by as much between two checkpoints."""
Said = tuple[str, int, str | None, str | None, bool | None]
"""What a leaf says: code, kind, and of a change state, successor, and whether the institution made it."""
Times = tuple[datetime | None, datetime | None]
"""When the last checkpoint without a leaf was signed, and the first with it."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something that does not agree. `what` is a stable key; the command says what to do about each."""

    what: str
    where: str
    """The log and the leaf, or the code of a report."""
    detail: str


class LeafCheck:
    """Checks leaves of one log, one after the other."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self.said: Said | None = None
        """What the last leaf says; None when nobody can tell."""

    def leaf(self, index: int, entry: bytes, row: Row | None, times: Times) -> Iterator[Found]:
        where, self.said = f"{self._origin} {index}", None
        if row is None:
            yield Found(
                "leaf-without-record", where, f"the log has leaf {entry.hex()}, the database no entry in its place"
            )
            return
        if bytes(row["entry"]) != entry:
            yield Found("record-not-of-leaf", where, f"{row['code']}: the database has another entry in this place")
        elif not row["code"] and not row["record"]:
            yield Found("leaf-lost", where, "taken back after a restore: what it registered or changed is not known")
            return
        yield from self.record(where, entry, row)
        yield from _time(where, row, times)

    def record(self, where: str, entry: bytes, row: Row) -> Iterator[Found]:
        """The record against the leaf, and the row against the record."""
        self.said = None
        code, kept = row["code"], bytes(row["record"])
        if len(kept) < 2 or not record.opens(entry, kept):
            yield Found("record-not-of-leaf", where, f"{code}: the record does not open the leaf")
            return
        try:
            self.said, stated = _read(entry[0], kept)
        except CredentialRefused as why:
            yield Found("record-not-of-leaf", where, f"{code}: {why}"[:300])
            return
        if (code, row["kind"]) != self.said[:2]:
            yield Found("record-not-of-leaf", where, f"the row names {code}, the record {self.said[0]}")
        if stated is not None:
            kind, key, columns = _KEPT[entry[0]]
            if tuple(row[n] for n in columns) != stated:
                what = "differs from its record" if row[key] is not None else "is gone, its record is there"
                yield Found("change-differs", where, f"{self.said[0]}: the {kind} {what}")


_KEPT = {
    record.CHANGED: (
        "change of state",
        "change_id",
        ("change_code", "state", "at", "by", "actor", "reason", "successor"),
    ),
    record.FILED: ("file", "file_id", ("file_code", "media_type", "length", "sm3", "sha256", "filed_at")),
}
"""What the rows say of a leaf: how it is called, the column that shows whether its row is there, the columns to compare."""


def _read(kind: int, kept: bytes) -> tuple[Said, tuple[object, ...] | None]:
    """Raises: CredentialRefused."""
    if kind == record.REGISTERED:
        return (record.read_registration(kept).code, kind, None, None, None), None
    if kind == record.FILED:
        file = record.read_filing(kept)
        return (file.code, kind, None, None, None), (
            file.code,
            file.media_type,
            file.length,
            file.sm3,
            file.sha256,
            file.at,
        )
    if kind == record.ANCHORED:
        record.read_anchor(kept)
        return (record.ANCHOR_CODE, kind, None, None, None), None
    said = record.read_change(kept)
    stated = (said.code, said.state.value, said.at, said.by, said.actor, said.reason, said.successor)
    return (said.code, kind, said.state.value, said.successor, said.by == "institution"), stated


def _time(where: str, row: Row, times: Times) -> Iterator[Found]:
    stands, (before, after) = row["logged_at"], times
    if stands is None:
        yield Found("logged-at-outside", where, f"{row['code']}: it has a place and no time")
        return
    early = before is not None and stands < before - CLOCKS
    late = after is not None and stands > after + CLOCKS
    if early or late:
        between = f"{before.isoformat() if before else '…'} … {after.isoformat() if after else '…'}"
        yield Found(
            "logged-at-outside", where, f"{row['code']}: the row says {stands.isoformat()}, the log's history {between}"
        )


def times_around(history: Path) -> Callable[[int], Times]:
    """Asked for leaves in their order, it reads the file once, line by line.

    Raises (when asked): OSError, LogDamaged.
    """
    lines: Iterator[Published] | None = None
    before: datetime | None = None
    line: Published | None = None

    def times(index: int) -> Times:
        nonlocal lines, before, line
        if lines is None:
            lines = _lines(history)
            line = next(lines, None)
        while line is not None and line.size <= index:
            before, line = line.at, next(lines, None)
        return before, line.at if line else None

    return times


def _lines(history: Path) -> Iterator[Published]:
    with history.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):  # the last one may be in the making
                yield Published.parse(line[:-1])
