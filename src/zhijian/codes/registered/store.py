"""SQL of reports as the office reads them. Every function takes the scope of its caller and puts it into the query.

A list is bounded whatever is asked of it: no page begins further than `FURTHEST` rows in, other orders than that of registration are
orders of the newest `FURTHEST`, and what stands in items, which are thousands of millions, is looked for among the newest `LOOKED_AT`
reports that the other conditions leave.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from zhijian.codes import tables as t
from zhijian.codes.code import parse
from zhijian.codes.model import Code, CodeMalformed, own_number_key
from zhijian.codes.store import visible
from zhijian.kit.clock import SHANGHAI
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import areas

Row = sa.RowMapping
FURTHEST = 10_000
LOOKED_AT = 10_000
NEWEST = 5_000
"""Reports of one institution that are looked through for an instrument or a person."""
_r, _t = t.report.c, t.report_item.c
SORTS = ("registered_at", "issued_on", "own_number")
_LINE = (
    _r.code,
    _r.uscc,
    _r.own_number,
    _r.title,
    _r.sample_name,
    _r.issued_on,
    _r.registered_at,
    _r.state,
    _r.verdict,
    _r.province,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of a list of reports. Empty texts do not narrow it."""

    uscc: str = ""
    division: str = ""
    """Beginning of the institution's division code."""
    since: date | None = None
    until: date | None = None
    """Days of registration, both included."""
    state: str = ""
    """A state, or "bad": any but valid."""
    number: str = ""
    """The institution's own number, or the code."""
    category: str = ""
    """Beginning of the category of a capability row that covers an item today."""
    parameter: str = ""
    standard: str = ""
    staff_no: str = ""
    """Signed, reviewed or prepared it, or tested an item; with `uscc`."""
    instrument: str = ""
    """Gave an item's result; with `uscc`."""
    sort: str = "registered_at"
    down: bool = True

    @property
    def in_items(self) -> bool:
        return bool(self.parameter or self.standard or self.category or self.instrument or self.staff_no)


@dataclass(frozen=True, slots=True)
class Page:
    rows: Sequence[Row]
    """code, uscc, institution, division, own_number, title, sample_name, issued_on, registered_at, state, verdict, province."""
    count: int
    is_more: bool
    """There are more than `count`, which were not counted."""


def listed(db: Db, scope: Scope, wanted: Wanted, start: int, most: int) -> Page:
    """`most` rows from `start`. Raises: ValueError for a start beyond `FURTHEST`."""
    if start > FURTHEST:
        raise ValueError(start)
    near = _near(scope, wanted)
    newest = near.order_by(_r.registered_at.desc(), _r.code.desc())
    if wanted.in_items:
        some = newest.limit(LOOKED_AT).subquery("some")
        fits = sa.select(some.c.code).where(*_items(wanted, some.c)).order_by(*_order(some.c, wanted)).limit(FURTHEST)
        codes = db.execute(fits).scalars().all()  # once: what is dear is to look into the items
        page = near.where(_r.code.in_(codes[start : start + most])).subquery("page")
        return Page(_seated(db, page, wanted), len(codes), _full(db, near))
    counted = sa.select(sa.func.count()).select_from(near.limit(FURTHEST + 1).subquery())
    count = db.execute(counted).scalar_one()
    some = (near if wanted.sort == "registered_at" else newest.limit(FURTHEST)).subquery("some")
    page = sa.select(some).order_by(*_order(some.c, wanted)).offset(start).limit(most).subquery("page")
    return Page(_seated(db, page, wanted), min(count, FURTHEST), count > FURTHEST)


def _seated(db: Db, page: sa.Subquery, wanted: Wanted) -> Sequence[Row]:
    """With their institutions, which are joined when the page is cut: else all of them may be."""
    seat = areas.seats().subquery("seat")
    query = sa.select(page, seat.c.name.label("institution"), seat.c.division).join(seat, seat.c.uscc == page.c.uscc)
    return db.execute(query.order_by(*_order(page.c, wanted))).mappings().all()


def _order(c: Any, wanted: Wanted) -> list[sa.ColumnElement[Any]]:
    names = dict.fromkeys((wanted.sort, "registered_at", "code"))
    return [c[name].desc() if wanted.down else c[name].asc() for name in names]


def _full(db: Db, near: sa.Select[Any]) -> bool:
    """Whether there were more reports than items were looked at of."""
    return (
        db.execute(sa.select(sa.func.count()).select_from(near.limit(LOOKED_AT + 1).subquery())).scalar_one()
        > LOOKED_AT
    )


def _near(scope: Scope, wanted: Wanted) -> sa.Select[Any]:
    """By what stands in the reports themselves."""
    where = [visible(scope, t.report), *_in_divisions(scope)]
    if wanted.uscc:
        where.append(_r.uscc == wanted.uscc)
    if wanted.division:
        where.append(_r.province == wanted.division[:2])
    places = [wanted.division] if len(wanted.division) > 2 else []
    where += [_seated_in([place]) for place in places]
    if wanted.since:
        where.append(_r.registered_at >= datetime.combine(wanted.since, time(), SHANGHAI))
    if wanted.until:
        where.append(_r.registered_at < datetime.combine(wanted.until + timedelta(days=1), time(), SHANGHAI))
    if wanted.state:
        where.append(_r.state != "valid" if wanted.state == "bad" else _r.state == wanted.state)
    if wanted.number:
        where.append(_numbered(wanted.number))
    return sa.select(*_LINE, _r.certificate_number, _r.site_no, _r.signatory, _r.reviewed_by, _r.prepared_by).where(
        *where
    )


def by_number(db: Db, scope: Scope, words: str, most: int) -> Sequence[Row]:
    """code, own_number, title, uscc, state: one by its code, or the last registered of those with this own number."""
    if not own_number_key(words):
        return ()
    query = sa.select(_r.code, _r.own_number, _r.title, _r.uscc, _r.state).where(
        _numbered(words), visible(scope, t.report), *_in_divisions(scope)
    )
    return db.execute(query.order_by(_r.registered_at.desc()).limit(most)).mappings().all()


def _numbered(text: str) -> sa.ColumnElement[bool]:
    """By the code where the text is one, else by the institution's own number: one of two indexes."""
    try:
        return _r.code == parse(text)
    except CodeMalformed:
        return _r.own_number_key == own_number_key(text)


def _items(wanted: Wanted, some: Any) -> list[sa.ColumnElement[bool]]:
    """By what stands in the items of the reports `some`."""
    where: list[sa.ColumnElement[bool]] = [sa.true()]
    of = _t.code == some.code
    said = [of]
    if wanted.parameter:
        said.append(_t.parameter == wanted.parameter)
    if wanted.standard:
        said.append(_t.standard == wanted.standard)
    if wanted.instrument:
        said.append(_t.instruments.contains([wanted.instrument]))
    if wanted.category:
        said.append(areas.covered(some.certificate_number, some.site_no, _t.parameter, _t.standard, wanted.category))
    if len(said) > 1:
        where.append(_there(said))
    if wanted.staff_no:
        names = [some[name] == wanted.staff_no for name in ("signatory", "reviewed_by", "prepared_by")]
        where.append(sa.or_(*names, _there([of, _t.tester == wanted.staff_no])))
    return where


def _there(said: list[sa.ColumnElement[bool]]) -> sa.ColumnElement[bool]:
    """Looked up for each report: with OFFSET the planner makes no join of it, for which it would read all items there are."""
    return sa.select(_t.seq).where(*said).offset(0).correlate_except(t.report_item).exists()


def report(db: Db, scope: Scope, code: Code) -> Row | None:
    """What is registered of one, without what is signed; None when it is not there or not the caller's."""
    hidden = ("credential", "facts_digest", "lease_id", "status_index", "position", "submission_id", "own_number_key")
    columns = [c for c in t.report.columns if c.name not in hidden]
    query = sa.select(*columns).where(_r.code == code, visible(scope, t.report), *_in_divisions(scope))
    return db.execute(query).mappings().one_or_none()


def _in_divisions(scope: Scope) -> list[sa.ColumnElement[bool]]:
    return [] if scope.divisions is None else [_seated_in(scope.divisions)]


def _seated_in(places: Iterable[str]) -> sa.ColumnElement[bool]:
    return _r.uscc.in_(sa.select(areas.seats(places).subquery().c.uscc))


def items(db: Db, scope: Scope, code: Code, start: int, most: int) -> tuple[int, Sequence[Row]]:
    """(how many the report has, `most` of them from `start`)."""
    of = t.report_item.join(t.report, _r.code == _t.code)
    where = sa.and_(_t.code == code, visible(scope, t.report), *_in_divisions(scope))
    count = db.execute(sa.select(sa.func.count()).select_from(of).where(where)).scalar_one()
    query = sa.select(t.report_item).select_from(of).where(where).order_by(_t.seq).offset(start).limit(most)
    return count, db.execute(query).mappings().all()


def item(db: Db, scope: Scope, code: Code, seq: int) -> Row | None:
    of = t.report_item.join(t.report, _r.code == _t.code)
    where = sa.and_(_t.code == code, _t.seq == seq, visible(scope, t.report), *_in_divisions(scope))
    return db.execute(sa.select(t.report_item).select_from(of).where(where)).mappings().one_or_none()


def changes(db: Db, scope: Scope, code: Code) -> Sequence[Row]:
    """Changes of state, newest first: state, at, by, actor, reason, successor."""
    c = t.state_change.c
    query = sa.select(c.state, c.at, c.by, c.actor, c.reason, c.successor).join(t.report, _r.code == c.code)
    return (
        db.execute(query.where(c.code == code, visible(scope, t.report), *_in_divisions(scope)).order_by(c.id.desc()))
        .mappings()
        .all()
    )


def items_with(db: Db, scope: Scope, uscc: str, *, instrument: str = "", tester: str = "", most: int) -> Sequence[Row]:
    """Items of one institution's newest `NEWEST` reports that name an instrument or a tester, newest first: code, own_number, seq,
    parameter, result, unit, tested_on, registered_at."""
    where = [_r.uscc == uscc, visible(scope, t.report), *_in_divisions(scope)]
    newest = sa.select(_r.code, _r.own_number, _r.registered_at).where(*where)
    n = newest.order_by(_r.registered_at.desc(), _r.code.desc()).limit(NEWEST).subquery("newest")
    named = _t.instruments.contains([instrument]) if instrument else _t.tester == tester
    query = (
        sa.select(n, _t.seq, _t.parameter, _t.result, _t.unit, _t.tested_on).join(t.report_item, _t.code == n.c.code)
        .where(named).order_by(n.c.registered_at.desc(), n.c.code, _t.seq).limit(most)
    )  # fmt: skip
    return db.execute(query).mappings().all()
