"""SQL of versions: what holds now of given records, what is past of them, and how a version is written.

Rows go in as JSON that the database reads by the table's own types: one statement a few thousand rows, which row-level
security takes (COPY it does not). A row that is changed or taken out is put into `registry_past` by the database itself.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import tables as t
from zhijian.registry.assembling import Row

Key = tuple[str, ...]
Rows = list[dict[str, Any]]
_KEPT = ("code_index", "revision", "synthetic")
"""Of an institution, for good: a new version does not change them."""


def key_in(entity: str, row: Row) -> Key:
    """
    >>> key_in("calibration", {"uscc": "U", "management_no": "Y", "calibrated_on": date(2026, 1, 2)})
    ('U', 'Y', '2026-01-02')
    """
    return tuple([str(row[k]) for k in t.key_of(entity)])


def _rows(entity: str, name: str = "rows") -> str:
    return f'json_populate_recordset(NULL::"{entity}", :{name})'


def _key_sql(entity: str) -> str:
    """The text under which a row stands in `registry_past`; the trigger makes the same."""
    return f"jsonb_build_array({', '.join(f'r.{_q(k)}' for k in t.key_of(entity))})::text"


def _q(name: str) -> str:
    return f'"{name}"'


def _run(db: Db, sql: str, **values: Any) -> sa.CursorResult[Any]:
    if "rows" in values:
        values["rows"] = json.dumps(values["rows"], ensure_ascii=False, default=str)
    return db.execute(sa.text(sql), values)


def current(db: Db, scope: Scope, entity: str, keys: Rows) -> dict[Key, dict[str, Any]]:
    """Rows that hold now. Of any institution: the caller has checked whose they are, or asks in order to."""
    on = " AND ".join(f"c.{_q(k)} = r.{_q(k)}" for k in t.key_of(entity))
    table = t.BY_NAME[entity]
    columns = ", ".join(f"c.{_q(c.name)}" for c in table.columns)
    query = sa.text(f'SELECT {columns} FROM "{entity}" c JOIN {_rows(entity)} r ON {on}')  # noqa: S608
    found = db.execute(query.columns(*table.columns), {"rows": json.dumps(keys, default=str)}).mappings()
    return {key_in(entity, row): dict(row) for row in found}


def past(db: Db, scope: Scope, entity: str, keys: Rows) -> dict[Key, list[tuple[date, dict[str, Any] | None]]]:
    """Versions that hold no more, in order, of any institution as `current`; records as JSON has them."""
    found: dict[Key, list[tuple[date, dict[str, Any] | None]]] = defaultdict(list)
    sql = (
        f'SELECT p.key, p."on", p.record FROM {_rows(entity)} r '  # noqa: S608
        f"JOIN registry_past p ON p.entity = '{entity}' AND p.key = {_key_sql(entity)} ORDER BY p.key, p.\"on\", p.seq"
    )
    for row in _run(db, sql, rows=keys):
        found[tuple([str(one) for one in json.loads(row.key)])].append((row.on, row.record))
    return found


def insert(db: Db, scope: Scope, entity: str, rows: Rows) -> None:
    """Rows that hold now, of records that have none."""
    columns = ", ".join(_q(c) for c in rows[0])
    _run(db, f'INSERT INTO "{entity}" ({columns}) SELECT {columns} FROM {_rows(entity)}', rows=rows)  # noqa: S608


def update(db: Db, scope: Scope, entity: str, rows: Rows) -> None:
    """Rows that hold from now on; the former go into the past."""
    keys = t.key_of(entity)
    changes = ", ".join(f"{_q(c)} = r.{_q(c)}" for c in rows[0] if c not in keys and c not in _KEPT)
    where = " AND ".join(f"c.{_q(k)} = r.{_q(k)}" for k in keys)
    _run(db, f'UPDATE "{entity}" c SET {changes} FROM {_rows(entity)} r WHERE {where}', rows=rows)  # noqa: S608


def take_out(db: Db, scope: Scope, entity: str, rows: Rows, on: date, source: str, at: datetime) -> None:
    """What holds now goes into the past, and from `on` there is none."""
    day = json.dumps({"on": on.isoformat(), "source": source, "at": at.isoformat()})
    where = " AND ".join(f"c.{_q(k)} = r.{_q(k)}" for k in t.key_of(entity))
    _run(db, "SELECT set_config('zhijian.gone', :day, true)", day=day)
    _run(db, f'DELETE FROM "{entity}" c USING {_rows(entity)} r WHERE {where}', rows=rows)  # noqa: S608
    _run(db, "SELECT set_config('zhijian.gone', '', true)")


def insert_past(db: Db, scope: Scope, entity: str, rows: Rows, *, gone: bool) -> None:
    """Versions that came too late to hold now. `gone`: from their day there was no such record."""
    platform = {c.name for c in t.BY_NAME[entity].columns} - {e.id for e in t.elements_of(entity)}
    record = "NULL" if gone else "jsonb_strip_nulls(to_jsonb(r) - CAST(:platform AS text[]))"
    whose = "NULL, NULL" if entity in t.NATIONAL else "r.uscc, r.province"
    added = {} if gone else {"platform": sorted(platform)}
    sql = (
        'INSERT INTO registry_past (entity, key, "on", seq, uscc, province, record, source, recorded_at) '  # noqa: S608
        f"SELECT '{entity}', k.key, r.since_on, (SELECT coalesce(max(p.seq) + 1, 0) FROM registry_past p WHERE p.entity = '{entity}' "
        f'AND p.key = k.key AND p."on" = r.since_on), {whose}, {record}, r.source, r.recorded_at '
        f"FROM {_rows(entity)} r CROSS JOIN LATERAL (SELECT {_key_sql(entity)} AS key) k"
    )
    _run(db, sql, rows=rows, **added)


def standing(db: Db, scope: Scope, entity: str, rows: Rows) -> set[Key]:
    """Of records that are to go those on which another stands."""
    held: set[Key] = set()
    keys = t.key_of(entity)
    for child in [name for name, parent in t.PARENTS.items() if parent == entity]:
        goes, stands = (" AND ".join(f"{one}.{_q(k)} = r.{_q(k)}" for k in keys) for one in "pc")
        sql = (
            f'SELECT {", ".join(f"r.{_q(k)}" for k in keys)} FROM {_rows(entity)} r JOIN "{entity}" p '  # noqa: S608
            f'ON {goes} AND p.since_on <= r.since_on WHERE EXISTS (SELECT FROM "{child}" c WHERE {stands})'
        )
        held |= {tuple([str(one) for one in row]) for row in _run(db, sql, rows=rows)}
    return held


def move(db: Db, scope: Scope, usccs: Iterable[str]) -> None:
    """Bring province of all rows of institutions that moved to what the institution's says, those of the past too."""
    listed = list(usccs)
    for name in [*t.BY_NAME, t.past.name]:
        if name in t.NATIONAL or name == "institution" or not listed:
            continue
        numbers = "AND c.number IN (SELECT number FROM certificate WHERE uscc = ANY(:usccs)) "
        sql = (
            f'UPDATE "{name}" c SET province = i.province FROM institution i WHERE i.uscc = c.uscc '  # noqa: S608
            f"AND c.uscc = ANY(:usccs) {numbers if t.PARENTS.get(name) == 'certificate' else ''}AND c.province <> i.province"
        )
        _run(db, sql, usccs=listed)
