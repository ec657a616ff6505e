"""Take records of the specification into the registry: checked, in order, with what is refused given back.

What comes in is a version of a record that holds from a day on. The newest is what holds now; what it displaces, and what comes
with an earlier day than is known, is kept as the past.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from zhijian.kit.base31 import number, symbols
from zhijian.kit.clock import day
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import past_store, sought_store, store
from zhijian.registry.checking import Known, Objection, Record, typed, unfolded, wrong, wrong_key
from zhijian.registry.past_store import Key, Rows, key_in
from zhijian.registry.tables import BY_NAME, FIRST_DAY, NATIONAL, UNDATED, elements_of, key_of
from zhijian.registry.versions import Line, Place

_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that does not conform, with the reason."""

    entity: str
    record: dict[str, Any]
    pointer: str
    reason: str


@dataclass(frozen=True, slots=True)
class Enrolled:
    counts: dict[str, int]
    """Records accepted, by entity."""
    refused: tuple[Refused, ...]
    changed: dict[str, int] = field(default_factory=dict)
    """Versions written: of what was accepted that which said something new."""


@dataclass(frozen=True, slots=True)
class _Call:
    """What is the same for every record of a call."""

    db: Db
    scope: Scope
    on: date | None
    source: str
    at: datetime
    synthetic: bool = False

    def since(self, entity: str, row: Record) -> date:
        """The day from which a record holds."""
        today = day(self.at)
        first: date | None = row.get(FIRST_DAY.get(entity, ""))
        return self.on or min(first or UNDATED.get(entity, today), today)

    def too_early(self) -> Objection | None:
        if self.on is None or self.on <= day(self.at):
            return None
        return "", (f"适用日期 {self.on} 在今天（{day(self.at)}）之后；请到当日再登记 "
                    f"it is to hold from {self.on}, after today; hand it in on that day")  # fmt: skip


def enrol(
    db: Db, scope: Scope, records: Iterable[tuple[str, Record]], *, on: date | None, source: str, at: datetime,
    synthetic: bool = False,
) -> Enrolled:  # fmt: skip
    """Take in (entity, record) pairs. Institutions new to the registry get their index in the codes, for good.

    `on`: the day from which they hold; None takes each record's own first day (a site's `used_from`), at most today.
    `source`: where the facts came from, "import:FILE". A record that does not conform to the schema, lies outside `scope` or
    is to hold from a day after `at` is refused; the others go on. What says nothing new writes nothing.
    """
    call = _Call(db, scope, on, source, at, synthetic)
    formed: list[tuple[str, Record]] = []
    refused: list[Refused] = []
    for entity, record in unfolded(list(records)):
        if (said := wrong(entity, record) or call.too_early()) is not None:
            refused.append(Refused(entity, record, *said))
        else:
            formed.append((entity, record))
    known, batches = Known.of(db, formed), defaultdict[str, Rows](list)
    for entity, record in formed:
        if (said := known.objection(scope, entity, record)) is not None:
            refused.append(Refused(entity, record, *said))
        else:
            batches[entity].append(_row(call, known, entity, record))
    _number(db, batches["institution"], synthetic)
    changed = {name: written for name in BY_NAME if (written := _written(call, name, batches[name]))}
    moved = [r["uscc"] for r in batches["institution"] if r["division"][:2] != known.provinces[r["uscc"]]]
    past_store.move(db, scope, moved)
    return _told(call, batches, refused, changed)


def remove(
    db: Db, scope: Scope, keys: Iterable[tuple[str, Record]], *, on: date, source: str, at: datetime
) -> Enrolled:
    """From `on` there are no such records. `keys`: entity and the elements of its key.

    Refused are institutions (their certificates end, they do not), what others stand on, and what `enrol` would refuse.
    """
    call = _Call(db, scope, on, source, at)
    listed, refused = list(keys), list[Refused]()
    known = Known.of(db, [(e, k) for e, k in listed if wrong_key(e, k) is None])
    batches: dict[str, Rows] = defaultdict(list)
    for entity, key in listed:
        said = wrong_key(entity, key) or call.too_early() or known.objection(scope, entity, key)
        if said is not None:
            refused.append(Refused(entity, key, *said))
        else:
            batches[entity].append(_gone(call, known, entity, key))
    changed: dict[str, list[str]] = {}
    for name in reversed(BY_NAME):  # children before parents
        if rows := batches[name]:
            held = past_store.standing(db, scope, name, rows)
            refused += [_stood_on(name, row) for row in rows if key_in(name, row) in held]
            batches[name] = [row for row in rows if key_in(name, row) not in held]
            changed[name] = _written(call, name, batches[name], gone=True)
    return _told(call, batches, refused, changed)


def _stood_on(entity: str, row: Record) -> Refused:
    key = {k: row[k] for k in key_of(entity)}
    return Refused(entity, key, f"/{key_of(entity)[0]}", "还有从属的记录，请先删除 remove first what belongs to it")


def _stamp(call: _Call, known: Known, entity: str, record: Record, row: Record) -> Record:
    if entity not in NATIONAL:
        uscc = known.owner(entity, record) or ""
        row |= {"uscc": uscc, "province": known.provinces[uscc]}
    return row | {"since_on": call.since(entity, row), "source": call.source, "recorded_at": call.at}


def _row(call: _Call, known: Known, entity: str, record: Record) -> Record:
    return _stamp(call, known, entity, record, typed(entity, record))


def _gone(call: _Call, known: Known, entity: str, key: Record) -> Record:
    return _stamp(call, known, entity, key, {k: key[k] for k in key_of(entity)})


def _number(db: Db, rows: Rows, synthetic: bool) -> None:
    """Give each row the next index; the old one stays where the institution is known. Gaps do not matter."""
    last = store.last_code_index(db) if rows else None
    for n, row in enumerate(rows, number(last or "0000") + 1):
        row |= {"code_index": symbols(n, 4), "revision": 1, "synthetic": synthetic}


def _written(call: _Call, entity: str, rows: Rows, *, gone: bool = False) -> list[str]:
    """Write what is new; the institution of every version written."""
    changed: list[str] = []
    for wave in _waves(entity, rows):
        for start in range(0, len(wave), _AT_ONCE):
            changed += _write(call, entity, wave[start : start + _AT_ONCE], gone=gone)
    return changed


def _waves(entity: str, rows: Rows) -> Iterator[Rows]:
    """The rows so that none has a record twice; of one record the earlier day first, then the earlier handed in."""
    lines: dict[Key, Rows] = defaultdict(list)
    for row in rows:
        lines[key_in(entity, row)].append(row)
    for line in lines.values():
        line.sort(key=lambda row: row["since_on"])
    for n in range(max(map(len, lines.values()), default=0)):
        yield [line[n] for line in lines.values() if len(line) > n]


def _write(call: _Call, entity: str, rows: Rows, *, gone: bool) -> list[str]:
    db, scope = call.db, call.scope
    places = _places(call, entity, rows, gone=gone)
    new, changed, late = (
        [row for row, (place, stands) in zip(rows, places, strict=True) if place is wanted and stands in among]
        for wanted, among in ((Place.NEWEST, (False,)), (Place.NEWEST, (True,)), (Place.LATE, (False, True)))
    )
    if gone and changed:
        past_store.take_out(db, scope, entity, changed, changed[0]["since_on"], call.source, call.at)
    elif changed:
        if entity == "institution":  # it may have moved; a version that comes late moves nothing
            changed = [row | {"province": row["division"][:2]} for row in changed]
        past_store.update(db, scope, entity, changed)
    if new:
        past_store.insert(db, scope, entity, new)
    if not gone and (new or changed):
        sought_store.keep(db, scope, entity, [*new, *changed])
    if late:
        past_store.insert_past(db, scope, entity, late, gone=gone)
    return [row.get("uscc", "") for some in (new, changed, late) for row in some]


def _places(call: _Call, entity: str, rows: Rows, *, gone: bool) -> list[tuple[Place, bool]]:
    """Where each version belongs, and whether its record stands now."""
    db, scope, names = call.db, call.scope, [e.id for e in elements_of(entity)]
    keys = [{k: row[k] for k in key_of(entity)} for row in rows]
    held = past_store.current(db, scope, entity, keys)
    asked = [key for key, row in zip(keys, rows, strict=True) if not _is_newer(row, held.get(key_in(entity, key)))]
    past = past_store.past(db, scope, entity, asked) if asked else {}
    found = []
    for row in rows:
        key = key_in(entity, row)
        stands = held.get(key)
        current = (stands["since_on"], {n: stands[n] for n in names}) if stands else None
        before = [(on, record and typed(entity, record)) for on, record in past.get(key, ())]
        content = None if gone else {n: row[n] for n in names}
        found.append((Line(current, before).place(row["since_on"], content), stands is not None))
    return found


def _is_newer(row: Record, stands: Record | None) -> bool:
    """So that the past need not be looked at."""
    return stands is not None and bool(stands["since_on"] <= row["since_on"])


def _told(call: _Call, batches: dict[str, Rows], refused: list[Refused], changed: dict[str, list[str]]) -> Enrolled:
    """Raises the revision of every institution of which something was written."""
    store.touch(call.db, call.scope, {uscc for some in changed.values() for uscc in some if uscc})
    counts = {name: len(rows) for name, rows in batches.items() if rows}
    return Enrolled(counts, tuple(refused), {name: len(usccs) for name, usccs in changed.items() if usccs})
