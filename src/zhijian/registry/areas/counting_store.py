"""SQL of figures by place. Counting ten million instruments takes seconds, so the node counts every hour (`count`) and pages read what was
counted; where nothing was counted lately they count themselves, which is right and, for a province or less, quick."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import tables as t
from zhijian.registry.store import in_force, visible

_i, _c, _n = t.institution.c, t.certificate.c, t.area_count.c
NAMES = ("institutions", "certificates", "ending_30", "ending_90", "overdue")
STALE = timedelta(hours=3)
"""Older counts are not believed: nobody counts any more."""


@dataclass(frozen=True, slots=True)
class Figures:
    place: str
    institutions: int
    certificates: int
    """In their term."""
    ending_30: int
    """Institutions with a certificate that ends within 30 days."""
    ending_90: int
    overdue: int
    """Instruments in use that need it and whose last calibration is due, failed, or is not there."""


def total(place: str, rows: Sequence[Figures]) -> Figures:
    """
    >>> total("33", [Figures("3301", 1, 2, 0, 1, 4), Figures("3302", 2, 2, 1, 1, 0)])
    Figures(place='33', institutions=3, certificates=4, ending_30=1, ending_90=2, overdue=4)
    """
    return Figures(place, *(sum(getattr(row, name) for row in rows) for name in NAMES))


def count(db: Db, on: date, at: datetime) -> int:
    """Counts all places anew; how many. By the node itself."""
    db.execute(sa.text("SET LOCAL statement_timeout = '30min'"))
    rows = _counted(db, [sa.true()], 6, on)
    db.execute(sa.delete(t.area_count))
    if rows:
        values = [{name: getattr(row, name) for name in ("place", *NAMES)} for row in rows]
        db.execute(insert(t.area_count), [{**one, "province": one["place"][:2], "counted_at": at} for one in values])
    return len(rows)


def by_place(db: Db, scope: Scope, area: str, digits: int, on: date, at: datetime) -> tuple[list[Figures], datetime]:
    """(figures by the first `digits` of the division within `area`, when they were counted)."""
    if scope.institutions is None and (counted_at := _lately(db, at)) is not None:
        return _read(db, scope, area, digits), counted_at
    where = [visible(scope), *([_i.division.startswith(area), _i.province == area[:2]] if area else [])]
    return _counted(db, where, digits, on), at


def _lately(db: Db, at: datetime) -> datetime | None:
    found: datetime | None = db.execute(sa.select(_n.counted_at).limit(1)).scalar()
    return found if found is not None and at - STALE <= found <= at + STALE else None


def _read(db: Db, scope: Scope, area: str, digits: int) -> list[Figures]:
    where: list[sa.ColumnElement[bool]] = [sa.true()]
    if scope.provinces is not None:
        where.append(_n.province.in_(scope.provinces))
    if scope.divisions is not None:
        where.append(sa.or_(*(_n.place.startswith(one) for one in sorted(scope.divisions))))
    if area:
        where.append(_n.place.startswith(area))
    place = sa.func.substr(_n.place, 1, digits).label("place")
    query = sa.select(place, *(sa.func.sum(_n[name]) for name in NAMES)).where(*where).group_by(place).order_by(place)
    return [Figures(row[0], *(int(value) for value in row[1:])) for row in db.execute(query)]


def _counted(db: Db, where: Sequence[sa.ColumnElement[bool]], digits: int, on: date) -> list[Figures]:
    place = sa.func.substr(_i.division, 1, digits).label("place")
    found: dict[str, dict[str, int]] = {}

    def take(name: str, query: sa.Select[Any]) -> None:
        for row in db.execute(query.where(*where).group_by(place)):
            found.setdefault(row[0], dict.fromkeys(NAMES, 0))[name] = int(row[1])

    of = t.institution.join(t.certificate, _c.uscc == _i.uscc)
    some = sa.func.count(sa.distinct(_i.uscc))
    take("institutions", sa.select(place, sa.func.count()).select_from(t.institution))
    take("certificates", sa.select(place, sa.func.count()).select_from(of).where(in_force(_c, on)))
    for name, days in (("ending_30", 30), ("ending_90", 90)):
        take(name, sa.select(place, some).select_from(of).where(_c.expires_on.between(on, on + timedelta(days=days))))
    late = t.institution.join(t.instrument, t.instrument.c.uscc == _i.uscc)
    take("overdue", sa.select(place, sa.func.count()).select_from(late).where(is_overdue(on)))
    return [Figures(name, **found[name]) for name in sorted(found)]


def is_overdue(on: date) -> sa.ColumnElement[bool]:
    """The condition on `instrument`: in use, needs calibration, and none is good that day. One that failed ends what an earlier allowed."""
    i, c = t.instrument.c, t.calibration.c
    last = (
        sa.select(sa.and_(c.passed, c.due_on >= on)).where(c.uscc == i.uscc, c.management_no == i.management_no, c.calibrated_on <= on)
        .order_by(c.calibrated_on.desc()).limit(1).scalar_subquery()
    )  # fmt: skip
    return sa.and_(
        i.state == "在用",
        i.used_from <= on,
        i.needs_calibration,
        sa.or_(i.used_to.is_(None), i.used_to >= on),
        sa.func.coalesce(last, sa.false()).is_(False),
    )
