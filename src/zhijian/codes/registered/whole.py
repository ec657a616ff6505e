"""One report as it is registered, and one item of it with what stood behind it on its days: the capability row, who tested and who signed
with their authorisation, the instruments with the calibration in force. Whoever may see the report may see this; nothing is masked here.

What the registry held is taken as of the day of issue. Where it knew the institution only later, today's records are taken, and it is said.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from zhijian.codes.code import parse
from zhijian.codes.model import Code, CodeUnknown
from zhijian.codes.registered import store
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import InstitutionFacts, as_of, facts
from zhijian.registry.model import Calibration, Capability, Instrument, Person, Span
from zhijian.spec.measure import NotReadable, judge, read_limit, read_result


@dataclass(frozen=True, slots=True)
class Whole:
    row: store.Row
    """Elements of the report by their names, with code, state, successor, issued_at, registered_at."""
    changes: Sequence[store.Row]
    """Of state, newest first."""
    institution: InstitutionFacts
    as_of: date | None
    """Day as of which `institution` is; None: of today, for on the day of issue it was not registered yet."""
    count: int
    """Of items."""
    items: Sequence[store.Row]


@dataclass(frozen=True, slots=True)
class Used:
    """An instrument that an item names."""

    management_no: str
    instrument: Instrument | None
    """None: nothing is registered under that number."""
    calibration: Calibration | None
    """In force on the day of the test."""


@dataclass(frozen=True, slots=True)
class Someone:
    staff_no: str
    person: Person | None
    authorised: tuple[tuple[frozenset[str], Span], ...] = ()
    """Authorisations to sign that held on the day."""


@dataclass(frozen=True, slots=True)
class Item:
    row: store.Row
    capabilities: tuple[Capability, ...]
    """Rows that cover the test; none is no verdict where the report carries no mark."""
    tester: Someone | None
    signatory: Someone
    may_sign: bool
    """The signatory's authorisations of the day of issue cover a category of the row, or all."""
    used: tuple[Used, ...]
    keeps: tuple[bool | None, str, str] | None
    """What the registered result and limit come to by themselves: keeps (None: cannot be said), why in Chinese and English."""


def whole(db: Db, scope: Scope, text: str, on: date, start: int = 0, most: int = 100) -> Whole:
    """`most` items from `start`; `on` is today. Raises: CodeMalformed; CodeUnknown, also for one that is not the caller's."""
    code = parse(text)
    row = store.report(db, scope, code)
    if row is None:
        raise CodeUnknown(code)
    then = as_of(db, scope, row["uscc"], min(row["issued_on"], on))
    institution = then.facts if then else facts(db, scope, row["uscc"])
    if institution is None:
        raise CodeUnknown(code)
    count, rows = store.items(db, scope, code, start, most)
    return Whole(row, store.changes(db, scope, code), institution, then.on if then else None, count, rows)


def item(db: Db, scope: Scope, text: str, seq: int, on: date) -> tuple[Whole, Item]:
    """Raises: CodeMalformed; CodeUnknown, also for an item that the report has not."""
    found = whole(db, scope, text, on, most=0)
    row = store.item(db, scope, Code(found.row["code"]), seq)
    if row is None:
        raise CodeUnknown(f"{text}/{seq}")
    return found, _behind(found, row)


def _behind(found: Whole, row: store.Row) -> Item:
    institution, report, day = found.institution, found.row, row["tested_on"]
    covers: tuple[Capability, ...] = ()
    if report["certificate_number"]:
        covers = institution.capabilities_on(
            report["certificate_number"], report["site_no"], row["parameter"], row["standard"], day
        )
    signatory = someone(institution, report["signatory"], report["issued_on"])
    wanted = {"*", *(c.category for c in covers)}
    return Item(
        row, covers, someone(institution, row["tester"], day) if row["tester"] else None, signatory,
        any(categories & wanted for categories, _ in signatory.authorised),
        tuple(_used(institution, no, day) for no in row["instruments"]), _keeps(row),
    )  # fmt: skip


def someone(institution: InstitutionFacts, staff_no: str, on: date) -> Someone:
    person = institution.people.get(staff_no)
    held = tuple((what, span) for what, span in person.authorised if span.covers(on)) if person else ()
    return Someone(staff_no, person, held)


def _used(institution: InstitutionFacts, management_no: str, on: date) -> Used:
    known = institution.instruments.get(management_no)
    return Used(management_no, known, known.calibration_on(on) if known else None)


def _keeps(row: store.Row) -> tuple[bool | None, str, str] | None:
    if not row["limit"]:
        return None
    result, limit = read_result(row["result"], row["unit"]), read_limit(row["limit"])
    if isinstance(result, NotReadable):
        return None, result.zh, result.en
    if isinstance(limit, NotReadable):
        return None, limit.zh, limit.en
    judged = judge(result, limit)
    return judged.keeps, judged.zh, judged.en
