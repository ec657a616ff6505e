"""SQL of what is due in the registry: a line for each certificate that ends, and one an institution for each other kind.

Instruments and rows of a scope are counted, never listed: a country has millions. Every function takes the scope of its caller.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import tables as t
from zhijian.registry.store import ended, in_force, visible

_i, _c, _n, _k, _q = (
    t.BY_NAME[name].c for name in ("institution", "certificate", "instrument", "calibration", "capability")
)
Row = sa.RowMapping
REGISTRY_KINDS = ("certificate", "calibration", "standard", "annual-report")
GONE = ("撤销", "注销")


@dataclass(frozen=True, slots=True)
class Asked:
    """`until`: the last day that is looked at. `division`: beginning of the division code, or nothing."""

    on: date
    until: date
    since: date | None
    """The first day that is looked at; None: all that is over."""
    kinds: tuple[str, ...]
    replaced: Mapping[str, date]
    """Old edition of a standard in its plain form → since when another one stands in its place."""
    report_due_on: date
    """Until when the report on the year before `on` is due."""
    division: str = ""


def lines(db: Db, scope: Scope, asked: Asked, start: int, most: int) -> Sequence[Row]:
    """kind, uscc, name, province, division, ref, due_on, count: the oldest first."""
    if (of := _all(scope, asked)) is None:
        return []
    c = of.c
    return (
        db.execute(sa.select(of).order_by(c.due_on, c.kind, c.uscc, c.ref).offset(start).limit(most)).mappings().all()
    )


def counts(db: Db, scope: Scope, asked: Asked) -> dict[str, tuple[int, int]]:
    """Kind → (lines, of these over)."""
    if (of := _all(scope, asked)) is None:
        return {}
    count = sa.func.count()
    query = sa.select(of.c.kind, count, count.filter(of.c.due_on < asked.on)).group_by(of.c.kind)
    return {kind: (all_, over) for kind, all_, over in db.execute(query)}


def divisions(db: Db, scope: Scope, usccs: Iterable[str]) -> dict[str, tuple[str, str]]:
    """USCC → (name, division), of those within the scope."""
    query = sa.select(_i.uscc, _i.name, _i.division).where(_i.uscc.in_(sorted(set(usccs))), visible(scope))
    return {row.uscc: (row.name, row.division) for row in db.execute(query)}


def _all(scope: Scope, asked: Asked) -> sa.Subquery | None:
    made = {
        "certificate": _certificates,
        "calibration": _calibrations,
        "standard": _standards,
        "annual-report": _reports,
    }
    parts = [made[kind](asked).where(visible(scope), _within(asked)) for kind in asked.kinds]
    if not parts:
        return None
    of = sa.union_all(*parts).subquery()
    return of if asked.since is None else sa.select(of).where(of.c.due_on >= asked.since).subquery()


def _within(asked: Asked) -> sa.ColumnElement[bool]:
    return _i.division.startswith(asked.division, autoescape=True) if asked.division else sa.true()


def _line(kind: str, ref: Any, due_on: Any, count: Any) -> tuple[Any, ...]:
    return (sa.literal(kind).label("kind"), _i.uscc, _i.name, _i.province, _i.division, ref.label("ref"),
            due_on.label("due_on"), count.label("count"))  # fmt: skip


def _certificates(asked: Asked) -> sa.Select[Any]:
    """Those that end by `until` and have no later one of the same authority; revoked and given up ones are nobody's task."""
    later = t.certificate.alias()
    succeeded = sa.exists().where(
        later.c.uscc == _c.uscc, later.c.authority == _c.authority, later.c.expires_on > _c.expires_on
    )
    query = sa.select(*_line("certificate", _c.number, _c.expires_on, sa.literal(1)))
    joined = query.select_from(t.institution.join(t.certificate, _c.uscc == _i.uscc))
    return joined.where(_c.expires_on <= asked.until, ~succeeded, ~ended(_c.number, asked.on, GONE))


def _calibrations(asked: Asked) -> sa.Select[Any]:
    """Instruments in use that want calibrating, by institution. One that never was, or failed last, is due since it came into use
    or was found unfit."""
    last = (
        sa.select(sa.case((_k.passed, _k.due_on), else_=sa.cast(_k.calibrated_on - timedelta(days=1), sa.Date)).label("due_on"))
        .where(_k.uscc == _n.uscc, _k.management_no == _n.management_no, _k.calibrated_on <= asked.on)
        .order_by(_k.calibrated_on.desc()).limit(1).lateral("last")
    )  # fmt: skip
    due_on = sa.func.coalesce(last.c.due_on, _n.used_from)
    joined = t.institution.join(t.instrument, _n.uscc == _i.uscc).outerjoin(last, sa.true())
    in_use = sa.and_(_n.state == "在用", _n.needs_calibration, _holds(_n.used_from, _n.used_to, asked.on))
    query = sa.select(*_line("calibration", sa.literal(""), sa.func.min(due_on), sa.func.count())).select_from(joined)
    return query.where(in_use, due_on <= asked.until).group_by(_i.uscc)


def _standards(asked: Asked) -> sa.Select[Any]:
    """Rows of scopes in force that name a replaced edition, by institution."""
    olds = sa.values(sa.column("old", sa.Text), sa.column("since_on", sa.Date), name="replaced")
    olds = olds.data(list(asked.replaced.items()) or [("", date.max)])
    joined = (
        t.institution.join(t.certificate, sa.and_(_c.uscc == _i.uscc, in_force(_c, asked.on)))
        .join(t.capability, _q.number == _c.number).join(t.term, sa.and_(t.term.c.kind == "standard", t.term.c.said == _q.standard))
        .join(olds, olds.c.old == t.term.c.key)
    )  # fmt: skip
    valid = sa.and_(_holds(_q.valid_from, _q.valid_to, asked.on), olds.c.since_on <= asked.until)
    query = sa.select(*_line("standard", sa.literal(""), sa.func.min(olds.c.since_on), sa.func.count()))
    return query.select_from(joined).where(valid).group_by(_i.uscc)


def _reports(asked: Asked) -> sa.Select[Any]:
    """Institutions with a certificate then and now that handed in no report on the year before."""
    year = asked.on.year - 1
    has = sa.exists().where(_c.uscc == _i.uscc, _c.issued_on <= date(year, 12, 31), _c.expires_on >= asked.on,
                              ~ended(_c.number, asked.on, GONE))  # fmt: skip
    given = sa.exists().where(t.annual_report.c.uscc == _i.uscc, t.annual_report.c.year == year)
    columns = _line("annual-report", sa.literal(str(year)), sa.literal(asked.report_due_on, sa.Date), sa.literal(1))
    is_time = sa.true() if asked.report_due_on <= asked.until else sa.false()
    return sa.select(*columns).select_from(t.institution).where(is_time, has, ~given)


def _holds(first: Any, last: Any, on: date) -> sa.ColumnElement[bool]:
    return sa.and_(first <= on, sa.or_(last.is_(None), last >= on))
