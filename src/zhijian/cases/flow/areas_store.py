"""SQL of how many cases and complaints are open where. A case without an institution belongs to its province alone."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from zhijian.cases.flow import tables as t
from zhijian.cases.flow.store import _ENDS, visible
from zhijian.cases.store import visible as of_complaints
from zhijian.cases.tables import complaint
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import areas

_f = t.case_file.c


def open_by_place(db: Db, scope: Scope, area: str, digits: int, on: date) -> dict[str, tuple[int, int]]:
    """First `digits` of the place → (cases open, of which with a deadline that is over), within `area`. By more than two digits those
    whose institution is not registered or not named stand under their province. For regulators; empty for an institution."""
    if scope.institutions is not None:
        return {}
    seat = areas.seats().subquery("seat")
    whole = sa.func.coalesce(seat.c.division, _f.province)
    place = sa.func.substr(whole, 1, digits).label("place")
    of = t.case_file.outerjoin(seat, sa.and_(seat.c.uscc == _f.uscc, seat.c.division.startswith(_f.province)))
    late = sa.func.count().filter(_f.next_due_on < on)
    where = [visible(scope), _f.state.not_in(_ENDS)]
    if area:
        where += [_f.province == area[:2], whole.startswith(area)]
    query = sa.select(place, sa.func.count(), late).select_from(of).where(*where).group_by(place)
    return {row[0]: (int(row[1]), int(row[2])) for row in db.execute(query)}


def complaints_open(db: Db, scope: Scope, area: str) -> int:
    """Complaints of the public that are not closed: a province's, or all of them. A complaint says its province and no smaller place."""
    return db.execute(sa.select(sa.func.count()).select_from(complaint).where(*_open(scope, area))).scalar_one()


def complaints(db: Db, scope: Scope, area: str, start: int, most: int) -> Sequence[sa.RowMapping]:
    """Those open, oldest first: receipt, kind, code, institution_name, province, state, received_at, no (of the case that it became)."""
    c = complaint.c
    its = sa.and_(_f.source == "complaint", _f.source_ref == c.receipt, visible(scope))
    query = sa.select(c.receipt, c.kind, c.code, c.institution_name, c.province, c.state, c.received_at, _f.no)
    query = query.select_from(complaint.outerjoin(t.case_file, its)).where(*_open(scope, area))
    return db.execute(query.order_by(c.received_at, c.receipt).offset(start).limit(most)).mappings().all()


def _open(scope: Scope, area: str) -> list[sa.ColumnElement[bool]]:
    where = [of_complaints(scope), complaint.c.state != "closed"]
    return [*where, complaint.c.province == area[:2]] if area else where


def cases(
    db: Db,
    scope: Scope,
    area: str,
    *,
    state: str | None,
    officer: str | None,
    is_open: bool,
    late_on: date | None,
    start: int,
    most: int,
) -> tuple[int, Sequence[sa.RowMapping]]:
    """(how many there are, `most` from `start`, last changed first), in `area`: of a city those whose institution is there. `late_on`: with a
    deadline that was over on that day. For regulators; none for an institution."""
    where = [visible(scope) if scope.institutions is None else sa.false()]
    if area:
        where.append(_f.province == area[:2])
    if len(area) > 2:
        where.append(_f.uscc.in_(sa.select(areas.seats([area]).subquery().c.uscc)))
    for wanted in (
        _f.state == state if state else None,
        _f.officers.contains([officer]) if officer else None,
        _f.state.not_in(_ENDS) if is_open or late_on else None,
        _f.next_due_on < late_on if late_on else None,
    ):
        where += [] if wanted is None else [wanted]
    count = db.execute(sa.select(sa.func.count()).select_from(t.case_file).where(*where)).scalar_one()
    query = sa.select(t.case_file).where(*where).order_by(_f.changed_at.desc(), _f.no).offset(start).limit(most)
    return count, db.execute(query).mappings().all()
