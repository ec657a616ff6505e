"""SQL of cases. Every function takes the scope of its caller and puts it into the query."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from zhijian.cases.flow import tables as t
from zhijian.cases.flow.rows import Rows
from zhijian.cases.tables import complaint
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope

Row = sa.RowMapping
_f, _e, _v = t.case_file.c, t.case_event.c, t.case_evidence.c
_ENDS = ("closed", "not-taken", "merged")


def visible(scope: Scope) -> sa.ColumnElement[bool]:
    """Regulators by the case's province; an institution its own cases, once it was told of them; the public none."""
    if scope.public:
        return sa.false()
    where: sa.ColumnElement[bool] = sa.true() if scope.provinces is None else _f.province.in_(scope.provinces)
    if scope.institutions is not None:
        where = sa.and_(where, _f.uscc.in_(scope.institutions), _f.is_told)
    return where


def reporter(db: Db, scope: Scope, no: str) -> Row | None:
    """(receipt, contact) of the complaint that a case within the scope came from, wherever the complaint's own place is."""
    c = complaint.c
    of = t.case_file.join(complaint, sa.and_(_f.source == "complaint", _f.source_ref == c.receipt))
    query = sa.select(c.receipt, c.contact).select_from(of).where(_f.no == no, visible(scope))
    return db.execute(query).mappings().one_or_none()


def next_number(db: Db, scope: Scope, province: str, year: int) -> int:
    """Without gaps: it is given back when the transaction is. Whoever may open a case may take one."""
    first = insert(t.case_number).values(province=province, year=year, last=1)
    again = first.on_conflict_do_update(index_elements=["province", "year"], set_={"last": t.case_number.c.last + 1})
    return int(db.execute(again.returning(t.case_number.c.last)).scalar_one())


def locked(db: Db, scope: Scope, numbers: Sequence[str]) -> dict[str, Row]:
    """Those within the scope, held until the transaction ends; in one order, so that two never wait for each other."""
    query = sa.select(t.case_file).where(_f.no.in_(numbers), visible(scope)).order_by(_f.no).with_for_update()
    return {row["no"]: row for row in db.execute(query).mappings()}


def case_row(db: Db, scope: Scope, no: str) -> Row | None:
    return db.execute(sa.select(t.case_file).where(_f.no == no, visible(scope))).mappings().one_or_none()


def of_complaint(db: Db, scope: Scope, receipt: str) -> str | None:
    """Number of the case that a complaint became, whoever's: it is looked at before another is opened."""
    return db.execute(sa.select(_f.no).where(_f.source == "complaint", _f.source_ref == receipt)).scalar_one_or_none()


def of_source(db: Db, scope: Scope, source: str, ref: str) -> Sequence[Row]:
    """Cases that came from one place, such as a plan: the first of each institution."""
    where = sa.and_(_f.source == source, _f.source_ref == ref, visible(scope), _regulator(scope))
    return db.execute(sa.select(t.case_file).where(where).order_by(_f.uscc, _f.opened_at)).mappings().all()


def events(db: Db, scope: Scope, no: str) -> Sequence[Row]:
    query = sa.select(t.case_event).join(t.case_file).where(_e.no == no, visible(scope)).order_by(_e.seq)
    return db.execute(query).mappings().all()


def insert_event(db: Db, scope: Scope, values: Mapping[str, Any]) -> None:
    """The case's row is locked, or made in this transaction."""
    db.execute(sa.insert(t.case_event).values(**values))


def insert_case(db: Db, scope: Scope, rows: Rows) -> bool:
    """False when the complaint that it comes from is a case already, whoever's."""
    new = insert(t.case_file).values(**rows.file).on_conflict_do_nothing().returning(_f.no)
    return db.execute(new).first() is not None


def keep(db: Db, scope: Scope, rows: Rows) -> None:
    """The rows of a case as they are now; its row is locked."""
    no = rows.file["no"]
    db.execute(sa.update(t.case_file).where(_f.no == no).values(**rows.file))
    for table, key, kept in ((t.case_task, "task_no", rows.tasks), (t.case_objection, "objection_no", rows.objections)):
        if kept:
            new = insert(table)
            changed = {c.name: new.excluded[c.name] for c in table.c if not c.primary_key}
            db.execute(new.on_conflict_do_update(index_elements=["no", key], set_=changed), kept)


def insert_evidence(db: Db, scope: Scope, values: Mapping[str, Any]) -> None:
    db.execute(sa.insert(t.case_evidence).values(**values))


def evidence(db: Db, scope: Scope, no: str, evidence_no: int) -> Row | None:
    query = sa.select(t.case_evidence).join(t.case_file)
    where = sa.and_(_v.no == no, _v.evidence_no == evidence_no, visible(scope), _regulator(scope))
    return db.execute(query.where(where)).mappings().one_or_none()


def evidence_kept(db: Db, scope: Scope, no: str) -> dict[int, str]:
    """Number → SHA-256 of the bytes as they lie there now, computed by the database."""
    now = sa.func.encode(sa.func.sha256(_v.content), "hex")
    query = sa.select(_v.evidence_no, now).join(t.case_file).where(_v.no == no, visible(scope), _regulator(scope))
    return {int(row[0]): str(row[1]) for row in db.execute(query)}


def cases(
    db: Db, scope: Scope, *, state: str | None, uscc: str | None, officer: str | None, is_open: bool, most: int
) -> Sequence[Row]:
    """Last changed first."""
    query = sa.select(t.case_file).where(visible(scope)).order_by(_f.changed_at.desc(), _f.no).limit(most)
    for wanted in (
        _f.state == state if state else None,
        _f.uscc == uscc if uscc else None,
        _f.officers.contains([officer]) if officer else None,
        _f.state.not_in(_ENDS) if is_open else None,
    ):
        query = query if wanted is None else query.where(wanted)
    return db.execute(query).mappings().all()


def with_clocks(db: Db, scope: Scope, until: date, officer: str | None) -> Sequence[Row]:
    """Cases with a deadline that ends by `until`, or that could not be computed when the row was written."""
    soon = sa.or_(_f.next_due_on <= until, _f.due_unknown)
    query = sa.select(t.case_file).where(visible(scope), _regulator(scope), soon).order_by(_f.next_due_on, _f.no)
    return db.execute(query.where(_f.officers.contains([officer])) if officer else query).mappings().all()


def waiting(db: Db, scope: Scope, officer: str, states: Sequence[str], until: date, most: int) -> Sequence[Row]:
    """Cases with a deadline that ends by `until`, soonest first: the officer's, and those in `states` that are nobody's yet."""
    nobodys = sa.and_(sa.func.cardinality(_f.officers) == 0, _f.state.in_(states))
    where = sa.and_(
        visible(scope), _regulator(scope), _f.next_due_on <= until, sa.or_(_f.officers.contains([officer]), nobodys)
    )
    return db.execute(sa.select(t.case_file).where(where).order_by(_f.next_due_on, _f.no).limit(most)).mappings().all()


def _regulator(scope: Scope) -> sa.ColumnElement[bool]:
    return sa.true() if scope.institutions is None else sa.false()
