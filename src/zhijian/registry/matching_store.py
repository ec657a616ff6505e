"""SQL of what may be twins: blocks of equal records in several institutions, and the queue of pairs."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import tables as t
from zhijian.registry.likeness import MOST, Twin
from zhijian.registry.store import visible

_AT_ONCE = 5000


def _within(db: Db, scope: Scope) -> tuple[str, dict[str, Any]]:
    """The condition on the institution of `s`, and its values. All of a country are not listed."""
    if scope == Scope.everything():
        return "true", {}
    usccs = db.execute(sa.select(t.institution.c.uscc).where(visible(scope))).scalars()
    return "s.uscc = ANY(:usccs)", {"usccs": list(usccs)}


def take_time(db: Db) -> None:
    """For the rest of the transaction: millions of rows are grouped, longer than a page may take. Nobody knows beforehand how
    many of them have a like, and a nested loop over what was thought to be a handful takes hours."""
    db.execute(sa.text("SET LOCAL statement_timeout = '30min'"))
    db.execute(sa.text("SET LOCAL enable_nestloop = off"))
    db.execute(sa.text("SET LOCAL work_mem = '128MB'"))


def institutions(db: Db, scope: Scope) -> Sequence[sa.RowMapping]:
    c = t.institution.c
    columns = (c.uscc, c.province, c.name, c.address, c.contact_phone, c.public_phone, c.legal_representative)
    return db.execute(sa.select(*columns).where(visible(scope))).mappings().all()


def people(db: Db, scope: Scope) -> Iterator[Any]:
    """Pairs of one name, title and schooling, employed at two institutions at a time."""
    where, values = _within(db, scope)
    sql = f"""
        WITH met AS MATERIALIZED (
            SELECT s.name, coalesce(s.title_level, '') AS title, coalesce(s.education, '') AS education,
                count(DISTINCT s.uscc) AS places FROM staff s WHERE {where}
            GROUP BY 1, 2, 3 HAVING count(DISTINCT s.uscc) BETWEEN 2 AND :most),
        candidate AS MATERIALIZED (
            SELECT s.uscc, s.staff_no, s.province, left(i.division, 4) AS city, s.employed_from, s.employed_to,
                '授权签字人' = ANY(s.roles) AS signs, met.*
            FROM staff s JOIN met ON s.name = met.name AND coalesce(s.title_level, '') = met.title
                AND coalesce(s.education, '') = met.education JOIN institution i ON i.uscc = s.uscc WHERE {where})
        SELECT a.uscc AS a_uscc, a.staff_no AS a_key, b.uscc AS b_uscc, b.staff_no AS b_key, a.province AS a_province,
            b.province AS b_province, a.places, a.city = b.city AS same_city, a.title <> '' AND a.education <> '' AS titled,
            a.signs AND b.signs AS both_sign
        FROM candidate a JOIN candidate b ON a.name = b.name AND a.title = b.title AND a.education = b.education AND a.uscc < b.uscc
            AND a.employed_from <= coalesce(b.employed_to, 'infinity') AND b.employed_from <= coalesce(a.employed_to, 'infinity')
        """  # noqa: S608
    return iter(db.execute(sa.text(sql), {"most": MOST, **values}))


def instruments(db: Db, scope: Scope) -> Iterator[Any]:
    """Pairs of one serial number, in use at two institutions at a time."""
    where, values = _within(db, scope)
    serial = "translate(upper(s.serial_no), ' -_/.', '')"
    sql = f"""
        WITH met AS MATERIALIZED (
            SELECT {serial} AS serial FROM instrument s WHERE {where} AND length(ltrim({serial}, '0')) >= 4
            GROUP BY 1 HAVING count(DISTINCT s.uscc) BETWEEN 2 AND :most),
        candidate AS MATERIALIZED (
            SELECT s.uscc, s.management_no, s.province, s.used_from, s.used_to, upper(s.model) AS model, s.maker, met.serial
            FROM instrument s JOIN met ON met.serial = {serial} WHERE {where})
        SELECT a.uscc AS a_uscc, a.management_no AS a_key, b.uscc AS b_uscc, b.management_no AS b_key,
            a.province AS a_province, b.province AS b_province, coalesce(a.model = b.model, false) AS same_model,
            coalesce(a.maker = b.maker, false) AS same_maker, length(a.serial) >= 8 AS long_serial
        FROM candidate a JOIN candidate b ON a.serial = b.serial AND a.uscc < b.uscc
            AND a.used_from <= coalesce(b.used_to, 'infinity') AND b.used_from <= coalesce(a.used_to, 'infinity')
        """  # noqa: S608
    return iter(db.execute(sa.text(sql), {"most": MOST, **values}))


def put(db: Db, scope: Scope, twins: Sequence[Twin], at: datetime) -> None:
    """Queue what was found; what was decided stays decided. Open pairs of the scope that were not found again go."""
    for start in range(0, len(twins), _AT_ONCE):
        rows = [asdict(one) | {"found_at": at, "state": "open"} for one in twins[start : start + _AT_ONCE]]
        columns = ", ".join(rows[0])
        db.execute(
            sa.text(
                f"INSERT INTO registry_twin ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::registry_twin, :rows) "  # noqa: S608
                "ON CONFLICT (kind, a_uscc, a_key, b_uscc, b_key) DO UPDATE SET a_province = excluded.a_province, "
                "b_province = excluded.b_province, why = excluded.why, score = excluded.score, found_at = excluded.found_at"
            ),
            {"rows": json.dumps(rows, default=str)},
        )
    c = t.twin.c
    db.execute(sa.delete(t.twin).where(_both(scope), c.state == "open", c.found_at != at))


def _both(scope: Scope) -> sa.ColumnElement[bool]:
    """Both sides are the caller's: a pair tells of each what the other is."""
    if scope == Scope.everything():
        return sa.true()
    mine = sa.select(t.institution.c.uscc).where(visible(scope))
    return sa.and_(t.twin.c.a_uscc.in_(mine), t.twin.c.b_uscc.in_(mine))


def queue(db: Db, scope: Scope, state: str, kind: str | None, limit: int) -> Sequence[sa.RowMapping]:
    c = t.twin.c
    where = [_both(scope), c.state == state, *([c.kind == kind] if kind else [])]
    query = (
        sa.select(t.twin)
        .where(*where)
        .order_by(c.decided_at.nulls_first(), c.score.desc(), c.kind, c.a_uscc, c.a_key, c.b_uscc, c.b_key)
    )
    return db.execute(query.limit(limit)).mappings().all()


def one(db: Db, scope: Scope, pair: dict[str, str]) -> sa.RowMapping | None:
    """None where there is no such pair, or it is not the caller's."""
    where = [_both(scope), *(t.twin.c[name] == value for name, value in pair.items())]
    return db.execute(sa.select(t.twin).where(*where)).mappings().one_or_none()


KEYS = {"institution": None, "person": "staff_no", "instrument": "management_no"}
TABLES = {"institution": t.institution, "person": t.staff, "instrument": t.instrument}


def record(db: Db, scope: Scope, kind: str, uscc: str, key: str) -> dict[str, Any] | None:
    """As it is now, with the institution's name as `of`; None where it is gone, or not the caller's."""
    table, named = TABLES[kind], KEYS[kind]
    where = [table.c.uscc == uscc, visible(scope), *([table.c[named] == key] if named else [])]
    joined = table if table is t.institution else table.join(t.institution, t.institution.c.uscc == table.c.uscc)
    row = (
        db.execute(sa.select(*table.c, t.institution.c.name.label("of")).select_from(joined).where(*where))
        .mappings()
        .first()
    )
    return dict(row) if row is not None else None


def decide(db: Db, scope: Scope, pair: dict[str, str], values: dict[str, Any]) -> bool:
    """False where there is no such pair, or it is not the caller's."""
    where = [_both(scope), *(t.twin.c[name] == value for name, value in pair.items())]
    return bool(db.execute(sa.update(t.twin).where(*where).values(values)).rowcount)
