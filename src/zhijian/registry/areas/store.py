"""SQL of lists behind figures. Every function takes the scope of its caller and puts it into the query."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import tables as t
from zhijian.registry.areas.counting_store import is_overdue
from zhijian.registry.store import visible

_i, _m = t.institution.c, t.instrument.c


def seats(places: Iterable[str] = ()) -> sa.Select[Any]:
    """uscc, name, division of all institutions, or of those in any of some areas: for queries of other rooms, which keep their own scope."""
    query = sa.select(_i.uscc, _i.name, _i.division)
    listed = sorted(places)
    return query.where(sa.or_(*(_i.division.startswith(one) for one in listed))) if listed else query


def covered(number: Any, site_no: Any, parameter: Any, standard: Any, category: str) -> sa.ColumnElement[bool]:
    """Whether a capability row of today, of a category that begins so, covers what the columns say."""
    c = t.capability.c
    same = (c.number == number, c.site_no == site_no, c.parameter == parameter, c.standard == standard)
    return sa.exists().where(*same, c.category.startswith(category, autoescape=True))


@dataclass(frozen=True, slots=True)
class Overdue:
    """An instrument in use without a calibration that is good."""

    uscc: str
    institution: str
    division: str
    management_no: str
    name: str
    model: str | None
    due_on: date | None
    """Of the last calibration; None where there is none."""


def overdue(db: Db, scope: Scope, area: str, on: date, start: int, most: int) -> Sequence[Overdue]:
    """By institution, `most` from `start`; how many there are is a figure of the area."""
    where = [is_overdue(on)]
    if scope != Scope.everything() or area:
        where.append(_m.uscc.in_(sa.select(_i.uscc).where(visible(scope), _i.division.startswith(area))))
    c = t.calibration.c
    due = sa.select(sa.func.max(c.due_on)).where(c.uscc == _m.uscc, c.management_no == _m.management_no)
    columns = (_m.uscc, _m.management_no, _m.name, _m.model, due.scalar_subquery().label("due_on"))
    # By the key, in whose order the rows stand: the first page is there before all are looked through.
    page = (
        sa.select(*columns).where(*where).order_by(_m.uscc, _m.management_no).offset(start).limit(most).subquery("page")
    )
    query = sa.select(page, _i.name.label("institution"), _i.division).join(t.institution, _i.uscc == page.c.uscc)
    query = query.where(visible(scope)).order_by(page.c.uscc, page.c.management_no)
    return [Overdue(**row) for row in db.execute(query).mappings()]


def employed_elsewhere(
    db: Db, scope: Scope, uscc: str, staff_no: str, most: int = 10
) -> Sequence[tuple[str, str, bool]]:
    """(USCC, name of the institution, decided by somebody) where a person may be employed too, within the caller's scope: pairs that the
    search for twins found and nobody told apart. Empty for a laboratory, which sees no other."""
    if scope.institutions is not None:
        return ()
    w = t.twin.c
    one = sa.and_(w.a_uscc == uscc, w.a_key == staff_no)
    other = sa.and_(w.b_uscc == uscc, w.b_key == staff_no)
    there = sa.case((one, w.b_uscc), else_=w.a_uscc)
    query = (
        sa.select(_i.uscc, _i.name, w.state == "same").select_from(t.twin.join(t.institution, _i.uscc == there))
        .where(w.kind == "person", w.state != "different", sa.or_(one, other), visible(scope)).order_by(_i.uscc).limit(most)
    )  # fmt: skip
    return [(row[0], row[1], bool(row[2])) for row in db.execute(query)]
