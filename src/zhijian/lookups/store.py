"""SQL of the look-ups room. The public sees nothing of it; an institution what is its own."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.lookups.model import PLACES_MOST, CodeDay, CodeTotal, DayTotal, Thresholds, UnknownDay
from zhijian.lookups.tables import look_day, look_sketch, look_unknown

Values = Mapping[str, Any]
_SUMMED = ("looks", "verified_looks", "wrong_verifier", "after_end", "before_issue")


def visible(scope: Scope, table: sa.Table) -> sa.ColumnElement[bool]:
    if scope.public:
        return sa.false()
    conditions: list[sa.ColumnElement[bool]] = [sa.true()]
    if scope.provinces is not None:
        conditions.append(table.c.province.in_(scope.provinces))
    if scope.institutions is not None:
        conditions.append(table.c.uscc.in_(scope.institutions))
    return sa.and_(*conditions)


def be_brief(db: Db) -> None:
    """Counts can wait and are tried again: they hold up nobody else."""
    db.execute(sa.text("SET LOCAL lock_timeout = '3s'"))
    db.execute(sa.text("SET LOCAL statement_timeout = '10s'"))


_institution = sa.table("institution", sa.column("code_index"), sa.column("uscc"), sa.column("province"))


def institutions(db: Db, scope: Scope, indexes: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Four symbols of a code → (USCC, province), of those that belong to an institution."""
    c = _institution.c
    where = [c.code_index == sa.any_(sa.cast(sorted(indexes), sa.ARRAY(sa.String)))]
    if scope.institutions is not None:
        where.append(c.uscc.in_(scope.institutions))
    found = db.execute(sa.select(c.code_index, c.uscc, c.province).where(*where))
    return {index: (uscc, province) for index, uscc, province in found}


def add_marks(db: Db, scope: Scope, rows: Sequence[Values]) -> None:
    """`rows` of {on_day, subject, seen}, each subject once a day. What is full takes no more.

    Here and in `_add` rows are written in one order, so that two processes never wait for each other in a circle.
    """
    merged = (
        "INSERT INTO look_sketch AS held (on_day, subject, seen) "
        "SELECT on_day, subject, seen FROM unnest(CAST(:days AS date[]), CAST(:subjects AS text[]), CAST(:seen AS text[])) "
        "AS r(on_day, subject, listed), LATERAL (SELECT CAST(r.listed AS integer[]) AS seen) AS s ORDER BY on_day, subject "
        "ON CONFLICT (on_day, subject) DO UPDATE SET seen = ARRAY(SELECT DISTINCT n FROM unnest(held.seen || excluded.seen) AS n "
        "ORDER BY n LIMIT :most) WHERE cardinality(held.seen) < :most AND NOT held.seen @> excluded.seen"
    )
    listed = ["{" + ",".join(map(str, row["seen"])) + "}" for row in rows]
    values = {"days": [row["on_day"] for row in rows], "subjects": [row["subject"] for row in rows]}
    db.execute(sa.text(merged), {**values, "seen": listed, "most": PLACES_MOST})


def places(db: Db, scope: Scope, subjects: Sequence[tuple[date, str]]) -> dict[tuple[date, str], int]:
    """How many marks each (day, subject) has by now."""
    c = look_sketch.c
    days, names = sorted({day for day, _ in subjects}), [name for _, name in subjects]
    query = sa.select(c.on_day, c.subject, sa.func.cardinality(c.seen))
    query = query.where(c.on_day.in_(days), c.subject == sa.any_(sa.cast(names, sa.ARRAY(sa.String))))
    return {(day, subject): int(n) for day, subject, n in db.execute(query)}


def add_days(db: Db, scope: Scope, rows: Sequence[Values]) -> int:
    """Add to what is counted of (institution, day, code); how many rows were touched."""
    return _add(db, look_day, ("uscc", "on_day", "code"), _SUMMED, ("places",), rows)


def add_unknown(db: Db, scope: Scope, rows: Sequence[Values]) -> int:
    """The same of codes that are not registered."""
    return _add(db, look_unknown, ("uscc", "on_day"), ("looks",), ("codes", "places"), rows)


def _add(
    db: Db, table: sa.Table, key: tuple[str, ...], summed: tuple[str, ...], most: tuple[str, ...], rows: Sequence[Values]
) -> int:  # fmt: skip
    """One upsert over all rows: sums add up over processes and flushes, of numbers of distinct things the highest holds."""
    columns = [column for column in table.columns if column.name in rows[0]]
    kinds = {c.name: f"{c.type.compile(db.dialect)}[]" for c in columns}
    listed = ", ".join(kinds)
    change = [f"{c} = held.{c} + excluded.{c}" for c in summed]
    change += [f"{c} = GREATEST(held.{c}, excluded.{c})" for c in (*most, "last_at")]
    change += ["first_at = LEAST(held.first_at, excluded.first_at)"]
    statement = (
        f"INSERT INTO {table.name} AS held ({listed}) "  # noqa: S608 names of our own tables and columns
        f"SELECT * FROM unnest({', '.join(f'CAST(:{c} AS {kind})' for c, kind in kinds.items())}) AS r({listed}) "
        f"ORDER BY {', '.join(key)} ON CONFLICT ({', '.join(key)}) DO UPDATE SET {', '.join(change)}"
    )
    return db.execute(sa.text(statement), {c: [row[c] for row in rows] for c in kinds}).rowcount


def forget_marks(db: Db, scope: Scope, before_on: date, most: int) -> int:
    """Drop marks of days that are over, at most `most` at a time; how many it was."""
    return _forget(db, look_sketch, before_on, most)


def forget_days(db: Db, scope: Scope, before_on: date, most: int) -> int:
    """Drop old counts, at most `most` of each table at a time."""
    return _forget(db, look_day, before_on, most) + _forget(db, look_unknown, before_on, most)


def _forget(db: Db, table: sa.Table, before_on: date, most: int) -> int:
    old = f"SELECT ctid FROM {table.name} WHERE on_day < :before LIMIT :most FOR UPDATE SKIP LOCKED"  # noqa: S608
    statement = f"DELETE FROM {table.name} WHERE ctid = ANY(ARRAY({old}))"  # noqa: S608
    return db.execute(sa.text(statement), {"before": before_on, "most": most}).rowcount


def day_totals(db: Db, scope: Scope, uscc: str, from_on: date, to_on: date) -> list[DayTotal]:
    """Days on which anybody looked, oldest first."""
    c = look_day.c
    sums = [sa.cast(sa.func.sum(c[name]), sa.BigInteger) for name in _SUMMED]
    query = sa.select(c.on_day, sa.func.count(), *sums).where(*_within(scope, look_day, uscc, from_on, to_on))
    return [DayTotal(*row) for row in db.execute(query.group_by(c.on_day).order_by(c.on_day))]


def place_counts(db: Db, scope: Scope, uscc: str, from_on: date, to_on: date) -> dict[date, dict[int, int]]:
    """Day → number of places → how many codes had so many."""
    c = look_day.c
    query = sa.select(c.on_day, c.places, sa.func.count()).where(*_within(scope, look_day, uscc, from_on, to_on))
    found: dict[date, dict[int, int]] = {}
    for day, number, codes in db.execute(query.where(c.places > 0).group_by(c.on_day, c.places)):
        found.setdefault(day, {})[number] = codes
    return found


def unknown_days(db: Db, scope: Scope, uscc: str, from_on: date, to_on: date) -> list[UnknownDay]:
    c = look_unknown.c
    query = sa.select(c.on_day, c.looks, c.codes, c.places).where(*_within(scope, look_unknown, uscc, from_on, to_on))
    return [UnknownDay(*row) for row in db.execute(query.order_by(c.on_day))]


def worth_judging(
    db: Db, scope: Scope, uscc: str, from_on: date, to_on: date, over: Thresholds, limit: int
) -> list[CodeDay]:
    """Rows that reach at least one threshold, newest first: of the others no rule says anything."""
    c = look_day.c
    reached = sa.or_(c.places >= over.places_at_least, c.wrong_verifier >= over.wrong_at_least,
                     c.after_end >= over.ended_looks_at_least, c.before_issue >= over.before_issue_at_least)  # fmt: skip
    query = sa.select(c.code, c.on_day, *(c[name] for name in _SUMMED), c.places)
    query = query.where(*_within(scope, look_day, uscc, from_on, to_on), reached)
    return [
        CodeDay(*tuple(row)) for row in db.execute(query.order_by(c.on_day.desc(), c.looks.desc(), c.code).limit(limit))
    ]


def top_codes(
    db: Db, scope: Scope, uscc: str, from_on: date, to_on: date, after: tuple[int, str] | None, limit: int
) -> list[CodeTotal]:
    """Most looked at first; `after` is (looks, code) of the last row of the page before."""
    c = look_day.c
    looks, wrong = (sa.cast(sa.func.sum(c[name]), sa.BigInteger) for name in ("looks", "wrong_verifier"))
    query = sa.select(c.code, looks, sa.cast(sa.func.sum(c.verified_looks), sa.BigInteger), wrong, sa.func.count(),
                      sa.func.max(c.places), sa.func.min(c.first_at), sa.func.max(c.last_at))  # fmt: skip
    query = query.where(*_within(scope, look_day, uscc, from_on, to_on)).group_by(c.code)
    if after:
        query = query.having(sa.or_(looks < after[0], sa.and_(looks == after[0], c.code > after[1])))
    return [CodeTotal(*row) for row in db.execute(query.order_by(looks.desc(), c.code).limit(limit))]


def _within(
    scope: Scope, table: sa.Table, uscc: str, from_on: date, to_on: date
) -> tuple[sa.ColumnElement[bool], ...]:  # fmt: skip
    return table.c.uscc == uscc, table.c.on_day.between(from_on, to_on), visible(scope, table)
