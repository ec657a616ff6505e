"""SQL of the registry. Every function takes the scope of its caller and puts it into the query."""

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import tables as t
from zhijian.registry.model import (
    Calibration,
    Capability,
    Certificate,
    InstitutionFacts,
    Instrument,
    Person,
    Site,
    Span,
    normal_parameter,
)

Row = sa.RowMapping


def visible(scope: Scope) -> sa.ColumnElement[bool]:
    """The condition on `institution` that keeps a query within its scope."""
    conditions: list[sa.ColumnElement[bool]] = [sa.true()]
    if scope.provinces is not None:
        conditions.append(t.institution.c.province.in_(scope.provinces))
    if scope.institutions is not None:
        conditions.append(t.institution.c.uscc.in_(scope.institutions))
    return sa.and_(*conditions)


def revision(db: Db, scope: Scope, uscc: str) -> int | None:
    """Number that grows with every change of the institution; None when it is not there or not the caller's."""
    found: int | None = db.execute(_revision(scope), {"uscc": uscc}).scalar()
    return found


@lru_cache(maxsize=1024)
def _revision(scope: Scope) -> sa.Select[Any]:
    """Written once a scope: every look-up asks for it."""
    return sa.select(t.institution.c.revision).where(t.institution.c.uscc == sa.bindparam("uscc"), visible(scope))


def last_code_index(db: Db) -> str | None:
    """Highest index any institution has in its codes. Serialised, so that two enrolments never share one."""
    db.execute(sa.text("SELECT pg_advisory_xact_lock(736001)"))
    return db.execute(sa.select(sa.func.max(t.institution.c.code_index))).scalar()


def upsert(db: Db, scope: Scope, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows or replace those with the same key. The caller has checked that they are within scope."""
    if not rows:
        return
    keys = [c.name for c in table.primary_key.columns]
    columns = [c.name for c in table.columns if c.name in rows[0]]
    statement = insert(table)
    change = {c: statement.excluded[c] for c in columns if c not in keys and c not in ("code_index", "revision")}
    db.execute(statement.on_conflict_do_update(index_elements=keys, set_=change), rows)


def touch(db: Db, scope: Scope, usccs: Iterable[str]) -> None:
    """Raise the revision of institutions whose facts changed."""
    where = sa.and_(t.institution.c.uscc.in_(list(usccs)), visible(scope))
    db.execute(sa.update(t.institution).where(where).values(revision=t.institution.c.revision + 1))


def owners(db: Db, scope: Scope, numbers: Iterable[str]) -> dict[str, str]:
    """Certificate number → USCC, within scope."""
    where = sa.and_(t.certificate.c.number.in_(list(numbers)), visible(scope))
    query = sa.select(t.certificate.c.number, t.certificate.c.uscc).join(t.institution).where(where)
    return {row.number: row.uscc for row in db.execute(query)}


def provinces(db: Db, scope: Scope, usccs: Iterable[str]) -> dict[str, str]:
    """USCC → province, within scope."""
    where = sa.and_(t.institution.c.uscc.in_(list(usccs)), visible(scope))
    query = sa.select(t.institution.c.uscc, t.institution.c.province).where(where)
    return {row.uscc: row.province for row in db.execute(query)}


def facts(db: Db, scope: Scope, uscc: str) -> InstitutionFacts | None:
    """All that admission needs of one institution; None when it is not there or not the caller's."""
    where = sa.and_(t.institution.c.uscc == uscc, visible(scope))
    row = db.execute(sa.select(t.institution).where(where)).mappings().one_or_none()
    if row is None:
        return None
    certificates = _certificates(db, uscc)
    return InstitutionFacts(
        uscc=uscc, name=row["name"], province=row["province"], code_index=row["code_index"], revision=row["revision"],
        public_phone=row["public_phone"], synthetic=row["synthetic"], certificates=certificates,
        sites={r["site_no"]: Site(r["site_no"], r["name"], r["address"], Span(r["used_from"], r["used_to"]))
               for r in _of(db, t.site, uscc)},
        scope=_scope(db, list(certificates)), people=_people(db, uscc), instruments=_instruments(db, uscc),
    )  # fmt: skip


def _of(db: Db, table: sa.Table, uscc: str) -> Iterable[Row]:
    return db.execute(sa.select(table).where(table.c.uscc == uscc)).mappings()


def _certificates(db: Db, uscc: str) -> dict[str, Certificate]:
    states: dict[str, list[tuple[str, Span]]] = defaultdict(list)
    query = sa.select(t.certificate_state).join(t.certificate).where(t.certificate.c.uscc == uscc)
    for r in db.execute(query).mappings():
        states[r["number"]].append((r["state"], Span(r["from_on"], r["to_on"])))
    return {
        r["number"]: Certificate(r["number"], Span(r["issued_on"], r["expires_on"]), tuple(states[r["number"]]))
        for r in _of(db, t.certificate, uscc)
    }


def _scope(db: Db, numbers: list[str]) -> dict[tuple[str, str, str], tuple[Capability, ...]]:
    rows: dict[tuple[str, str, str], list[Capability]] = defaultdict(list)
    for r in db.execute(sa.select(t.capability).where(t.capability.c.number.in_(numbers))).mappings():
        capability = Capability(
            r["sequence"],
            r["category"],
            r["parameter"],
            r["standard"],
            r["standard_name"],
            Span(r["valid_from"], r["valid_to"]),
        )
        rows[r["number"], r["site_no"], normal_parameter(r["parameter"])].append(capability)
    return {key: tuple(value) for key, value in rows.items()}


def _people(db: Db, uscc: str) -> dict[str, Person]:
    authorised: dict[str, list[tuple[frozenset[str], Span]]] = defaultdict(list)
    for r in _of(db, t.authorisation, uscc):
        authorised[r["staff_no"]].append((frozenset(r["categories"]), Span(r["from_on"], r["to_on"])))
    return {
        r["staff_no"]: Person(r["staff_no"], r["name"], Span(r["employed_from"], r["employed_to"]),
                              tuple(authorised[r["staff_no"]]))
        for r in _of(db, t.staff, uscc)
    }  # fmt: skip


def _instruments(db: Db, uscc: str) -> dict[str, Instrument]:
    calibrations: dict[str, list[Calibration]] = defaultdict(list)
    for r in _of(db, t.calibration, uscc):
        good = Span(r["calibrated_on"], r["due_on"])
        calibrations[r["management_no"]].append(
            Calibration(r["kind"], r["certificate_no"], r["provider"], good, r["passed"])
        )
    return {
        r["management_no"]: Instrument(
            r["management_no"], r["site_no"], r["name"], r["model"], r["serial_no"], Span(r["used_from"], r["used_to"]),
            # State is as of today; a scrapped instrument was in use until `used_to`.
            r["state"] == "在用" or r["used_to"] is not None, r["needs_calibration"],
            tuple(calibrations[r["management_no"]]),
        )
        for r in _of(db, t.instrument, uscc)
    }  # fmt: skip
