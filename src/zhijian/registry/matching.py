"""What may be one and the same in two institutions: a person (39号令第八条 wants each in one alone), an instrument, or the
institutions themselves. A queue for people to judge: nothing here is a verdict, and what was judged is not asked again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import likeness, matching_store
from zhijian.registry.likeness import LEAST, Twin


@dataclass(frozen=True, slots=True)
class Queued:
    """A pair as it stands in the queue."""

    twin: Twin
    state: str
    """open, same or different."""
    decided_by: str | None
    decided_at: datetime | None
    note: str | None


def twins(db: Db, scope: Scope) -> Iterator[Twin]:
    """Pairs worth a person's time, both sides within `scope`; the node's own scope finds those over provinces."""
    matching_store.take_time(db)
    yield from likeness.institutions(matching_store.institutions(db, scope))
    for row in matching_store.people(db, scope):
        said = likeness.person(row.places, same_city=row.same_city, titled=row.titled, both_sign=row.both_sign)
        yield from _worth("person", row, *said)
    for row in matching_store.instruments(db, scope):
        said = likeness.instrument(same_model=row.same_model, same_maker=row.same_maker, long_serial=row.long_serial)
        yield from _worth("instrument", row, *said)


def _worth(kind: str, row: Any, why: tuple[str, ...], score: float) -> Iterator[Twin]:
    if score >= LEAST:
        yield Twin(kind, row.a_uscc, row.a_key, row.b_uscc, row.b_key, row.a_province, row.b_province, why, score)


def look(db: Db, scope: Scope, at: datetime) -> dict[str, int]:
    """Bring the queue up to date; how many pairs of each kind were found. Decisions stay."""
    found = list(twins(db, scope))
    matching_store.put(db, scope, found, at)
    return {kind: sum(one.kind == kind for one in found) for kind in ("institution", "person", "instrument")}


def queue(db: Db, scope: Scope, *, state: str = "open", kind: str | None = None, limit: int = 100) -> list[Queued]:
    """The likeliest first; a caller sees a pair when both sides are within his scope."""
    return [_queued(r) for r in matching_store.queue(db, scope, state, kind, limit)]


def _queued(r: Any) -> Queued:
    return Queued(Twin(r["kind"], r["a_uscc"], r["a_key"], r["b_uscc"], r["b_key"], r["a_province"], r["b_province"],
                       tuple(r["why"]), float(r["score"])), r["state"], r["decided_by"], r["decided_at"], r["note"])  # fmt: skip


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Both records as they are now; None: it is gone. `of` is the institution's name."""

    queued: Queued
    a: dict[str, Any] | None
    b: dict[str, Any] | None


def side_by_side(db: Db, scope: Scope, kind: str, a: tuple[str, str], b: tuple[str, str]) -> SideBySide | None:
    """`a`, `b`: USCC and key. None where there is no such pair, or it is not the caller's."""
    row = matching_store.one(db, scope, {"kind": kind, "a_uscc": a[0], "a_key": a[1], "b_uscc": b[0], "b_key": b[1]})
    if row is None:
        return None
    return SideBySide(_queued(row), *(matching_store.record(db, scope, kind, *one) for one in (a, b)))


def decide(
    db: Db, scope: Scope, twin: Twin, state: Literal["open", "same", "different"], *, by: str, at: datetime, note: str = ""
) -> bool:  # fmt: skip
    """What a person found. False where there is no such pair, or it is not the caller's. "open" takes a decision back."""
    pair = {name: getattr(twin, name) for name in ("kind", "a_uscc", "a_key", "b_uscc", "b_key")}
    said = {"state": state, "decided_by": by, "decided_at": at, "note": note or None}
    return matching_store.decide(db, scope, pair, said)
