"""Cases as they are read: whole by the regulator, what was said to it by the party, and lists of rows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from zhijian.cases.days import DEADLINES
from zhijian.cases.flow import store
from zhijian.cases.flow.fold import fold
from zhijian.cases.flow.model import Case, CaseNo, CaseUnknown, ChainBroken, Event, Objection, State, Told, broken_at
from zhijian.cases.flow.rows import clock_of
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope


def read(db: Db, scope: Scope, no: CaseNo) -> tuple[Case, list[Event]]:
    """A case with its events. Raises: CaseUnknown; ChainBroken when rows and digests disagree."""
    row = store.case_row(db, scope, no)
    events = [_event(one) for one in store.events(db, scope, no)]
    if row is None or not events:
        raise CaseUnknown(no)
    if broken := broken_at(no, events):
        raise ChainBroken(no, broken)
    if (row["version"], row["head"]) != (len(events), events[-1].digest):
        raise ChainBroken(no, len(events))
    return fold(no, events), events


def _event(row: store.Row) -> Event:
    return Event(row["seq"], row["act"], row["by"], row["at"], row["fields"], row["previous"], row["digest"])


def case(db: Db, scope: Scope, no: CaseNo) -> Case:
    """For the regulator. Raises: CaseUnknown, also to an institution: see `told`."""
    if scope.institutions is not None:
        raise CaseUnknown(no)
    return read(db, scope, no)[0]


def events(db: Db, scope: Scope, no: CaseNo) -> list[Event]:
    """For the regulator, in their order. Raises: CaseUnknown."""
    if scope.institutions is not None:
        raise CaseUnknown(no)
    return read(db, scope, no)[1]


def evidence(db: Db, scope: Scope, no: CaseNo, number: int) -> tuple[str, bytes] | None:
    """For the regulator: media type and bytes as they lie there now; None when there is none."""
    row = store.evidence(db, scope, no, number)
    return (row["media_type"], bytes(row["content"])) if row else None


def province(db: Db, scope: Scope, no: CaseNo) -> str | None:
    """Where a case is handled; None where it is not the caller's to see."""
    row = store.case_row(db, scope, no)
    return row["province"] if row else None


def reporter(db: Db, scope: Scope, no: CaseNo) -> str | None:
    """For the regulator: how to reach whoever reported what became this case. None where nobody did, or it is deleted.

    Raises: CaseUnknown.
    """
    if case(db, scope, no).facts.get("source") != "complaint":
        return None
    row = store.reporter(db, scope, no)
    return row["contact"] if row else None


@dataclass(frozen=True, slots=True)
class PartyView:
    """What an institution sees of a case of its own: what was said to it, and what it said."""

    no: CaseNo
    version: int
    told: tuple[Told, ...]
    objections: tuple[Objection, ...]
    due: tuple[tuple[str, date | None], ...]
    """The party's own deadlines, by id, with their last day; None while holidays are not announced."""


def told(db: Db, scope: Scope, no: CaseNo) -> PartyView:
    """Raises: CaseUnknown, also for one that the party was not told of."""
    found, _ = read(db, scope, no)
    if not found.is_told:
        raise CaseUnknown(no)
    own = tuple((one.deadline, one.last_on) for one in found.clocks if DEADLINES[one.deadline].whose == "party")
    return PartyView(found.no, found.version, found.told, tuple(o for o in found.objections if not o.by_other), own)


@dataclass(frozen=True, slots=True)
class Line:
    no: CaseNo
    version: int
    state: State
    province: str
    uscc: str | None
    institution_name: str | None
    matter: str
    division: str | None
    officers: tuple[str, ...]
    next_due_on: date | None


def listed(
    db: Db, scope: Scope, *, state: State | None = None, uscc: str | None = None, officer: str | None = None,
    is_open: bool = False, most: int = 100,
) -> Sequence[Line]:  # fmt: skip
    """For the regulator: last changed first. Empty for an institution, which has `told_of`."""
    if scope.institutions is not None:
        return ()
    return [_line(row) for row in store.cases(db, scope, state=state, uscc=uscc, officer=officer, is_open=is_open, most=most)]  # fmt: skip


def told_of(db: Db, scope: Scope, most: int = 100) -> Sequence[CaseNo]:
    """Cases of which an institution was told, last changed first."""
    rows = store.cases(db, scope, state=None, uscc=None, officer=None, is_open=False, most=most)
    return [CaseNo(row["no"]) for row in rows if row["is_told"]]


def of_source(db: Db, scope: Scope, source: str, ref: str) -> dict[str, Line]:
    """For the regulator: USCC → its first case out of that source and number, such as a plan's."""
    return {row["uscc"]: _line(row) for row in reversed(store.of_source(db, scope, source, ref)) if row["uscc"]}


def _line(row: store.Row) -> Line:
    return Line(CaseNo(row["no"]), row["version"], State(row["state"]), row["province"], row["uscc"], row["institution_name"],
                row["matter"], row["division"], tuple(row["officers"]), row["next_due_on"])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline that runs."""

    case: Line
    deadline: str
    since: date
    last_on: date | None
    """None: it rests on holidays that are not announced yet."""
    left: int | None
    """Calendar days; negative when it is over."""
    ref: int | None


def due(db: Db, scope: Scope, on: date, within: int = 7, officer: str | None = None) -> Sequence[Due]:
    """Overdue, and due within so many days; the oldest first, those without a day last."""
    return _dues(store.with_clocks(db, scope, on + timedelta(days=within), officer), on, within)


def waiting(
    db: Db, scope: Scope, officer: str, states: Collection[State], on: date, within: int = 30, most: int = 6
) -> Sequence[Due]:
    """As `due`, of cases that are the officer's, and of those in `states` that nobody was assigned to yet."""
    until = on + timedelta(days=within)
    return _dues(store.waiting(db, scope, officer, [s.value for s in states], until, most), on, within)[:most]


def _dues(rows: Sequence[store.Row], on: date, within: int) -> list[Due]:
    found = []
    for row in rows:
        for clock in map(clock_of, row["clocks"]):
            last = clock.last_on
            if last is None or last <= on + timedelta(days=within):
                left = (last - on).days if last else None
                found.append(Due(_line(row), clock.deadline, clock.since, last, left, clock.ref))
    return sorted(found, key=lambda one: (one.last_on or date.max, one.case.no, one.deadline, one.ref or 0))
