"""SQL of how many reports were registered where and when.

`report_count` holds what was counted up to a moment (`roll`); what came later is counted from `report` when it is asked for, so that the
sums are right whether `roll` runs every hour or never. A day's count stays where the institution was when it was counted.
"""

from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from zhijian.codes import tables as t
from zhijian.codes.store import visible
from zhijian.kit.clock import SHANGHAI
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import areas

LAG = timedelta(minutes=15)
"""Longer than any transaction that registers: one that began before is not counted too early."""
_r, _n = t.report.c, t.report_count.c
_SEAT = areas.seats().subquery("seat")
_LOCK = 736_017
"""Of the count alone: 736 015 is the audit trail's, for which everybody waits."""


def roll(db: Db, until: datetime) -> int:
    """Counts what was registered since the last time, up to `LAG` before `until`; how many. By the node itself."""
    db.execute(sa.text("SET LOCAL statement_timeout = '30min'"))
    db.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    mark, until = _mark(db), until - LAG
    if mark is not None and mark >= until:
        return 0
    day = _day()
    span = [_r.registered_at < until, *([_r.registered_at >= mark] if mark else [])]
    new = (
        sa.select(day.label("on_day"), _SEAT.c.division.label("place"), _r.province, sa.func.count().label("reports"))
        .select_from(_seated()).where(*span).group_by(day, _SEAT.c.division, _r.province).cte("new")
    )  # fmt: skip
    month = sa.cast(sa.func.date_trunc("month", sa.cast(new.c.on_day, sa.DateTime())), sa.Date())
    rows = sa.union_all(
        sa.select(sa.literal("day"), new.c.on_day, new.c.place, sa.func.min(new.c.province), sa.func.sum(new.c.reports))
        .group_by(new.c.on_day, new.c.place),
        sa.select(sa.literal("month"), month, new.c.place, sa.func.min(new.c.province), sa.func.sum(new.c.reports))
        .group_by(month, new.c.place),
    )  # fmt: skip
    made = insert(t.report_count).from_select(["grain", "on_day", "place", "province", "reports"], rows)
    added = made.on_conflict_do_update(
        index_elements=["grain", "on_day", "place"], set_={"reports": _n.reports + made.excluded.reports}
    )
    count = db.execute(sa.select(sa.func.count()).select_from(t.report).where(*span)).scalar_one()
    db.execute(added)
    db.execute(sa.delete(t.report_counted))
    db.execute(insert(t.report_counted).values(until=until))
    return count


def by_day(db: Db, scope: Scope, area: str, since: date, until: date) -> dict[date, int]:
    """Day → reports registered on it in `area` (beginning of a division code, "" all), both days included; days without any too."""
    mark = _mark(db)
    found = {since + timedelta(days=n): 0 for n in range((until - since).days + 1)}
    if scope.institutions is None and mark is not None:
        query = sa.select(_n.on_day, sa.func.sum(_n.reports)).where(
            _n.grain == "day", _n.on_day.between(since, until), _counted(scope, area)
        )
        for on, count in db.execute(query.group_by(_n.on_day)):
            found[on] += int(count)
    day = _day()
    query = (
        sa.select(day, sa.func.count())
        .select_from(_seated() if area else t.report)
        .where(*_since(scope, area, mark, since, until))
    )
    for on, count in db.execute(query.group_by(day)):
        found[on] += int(count)
    return found


def by_place(db: Db, scope: Scope, area: str, digits: int, year: int, until: date) -> dict[str, int]:
    """First `digits` of the division → reports registered in `year` up to a day of it (that day included, whatever came later is not there
    yet), in `area`."""
    mark, since = _mark(db), date(year, 1, 1)
    found: dict[str, int] = {}
    if scope.institutions is None and mark is not None:
        place = sa.func.substr(_n.place, 1, digits)
        query = sa.select(place, sa.func.sum(_n.reports)).where(
            _n.grain == "month", _n.on_day.between(since, until), _counted(scope, area)
        )
        found = {row[0]: int(row[1]) for row in db.execute(query.group_by(place))}
    place = sa.func.substr(_SEAT.c.division, 1, digits)
    query = sa.select(place, sa.func.count()).select_from(_seated())
    for name, count in db.execute(query.where(*_since(scope, area, mark, since, until)).group_by(place)):
        found[name] = found.get(name, 0) + int(count)
    return found


def _mark(db: Db) -> datetime | None:
    return db.execute(sa.select(sa.func.max(t.report_counted.c.until))).scalar()


def _day() -> sa.ColumnElement[date]:
    return sa.cast(sa.func.timezone("Asia/Shanghai", _r.registered_at), sa.Date())


def _seated() -> sa.FromClause:
    return t.report.join(_SEAT, _SEAT.c.uscc == _r.uscc)


def _since(scope: Scope, area: str, mark: datetime | None, since: date, until: date) -> list[sa.ColumnElement[bool]]:
    """What `report_count` does not hold."""
    begin = datetime.combine(since, time(), SHANGHAI)
    end = datetime.combine(until + timedelta(days=1), time(), SHANGHAI)
    if mark is not None and scope.institutions is None:
        begin = max(begin, mark)
    where = [_r.registered_at >= begin, _r.registered_at < end, visible(scope, t.report)]
    if area:
        where += [_r.province == area[:2], _SEAT.c.division.startswith(area)]
    if scope.divisions is not None:
        where.append(_r.uscc.in_(sa.select(areas.seats(scope.divisions).subquery().c.uscc)))
    return where


def _counted(scope: Scope, area: str) -> sa.ColumnElement[bool]:
    where: list[sa.ColumnElement[bool]] = [sa.true()]
    if scope.provinces is not None:
        where.append(_n.province.in_(scope.provinces))
    if scope.divisions is not None:
        where.append(sa.or_(*(_n.place.startswith(one) for one in sorted(scope.divisions))))
    if area:
        where.append(_n.place.startswith(area))
    return sa.and_(*where)
