"""SQL of the past: all versions of one institution's records."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import tables as t
from zhijian.registry.store import visible


@dataclass(frozen=True, slots=True)
class Version:
    entity: str
    key: tuple[str, ...]
    on: date
    record: dict[str, Any] | None
    """As JSON; None: from that day there was none."""
    source: str
    recorded_at: datetime


def versions(
    db: Db, scope: Scope, uscc: str, *, until: date = date.max, entities: Collection[str] | None = None, newest: int | None = None
) -> list[Version]:  # fmt: skip
    """Past and present versions that hold from `until` or earlier; of each record in order, the present one last.

    `newest`: of the present ones so many, by the day from which they hold, when they were recorded, entity and key; an institution has
    thousands, and hundreds of one moment.
    """
    found = [_version(row) for row in db.execute(_past(scope, uscc, until, entities))]
    names = [name for name in t.BY_NAME if name not in t.NATIONAL and (entities is None or name in entities)]
    present = " UNION ALL ".join(_present(name, newest is not None) for name in names)
    if newest is not None:
        present = f'SELECT * FROM ({present}) found ORDER BY "on" DESC, recorded_at DESC, entity DESC, key COLLATE "C" DESC LIMIT :most'  # noqa: S608
    found += [_version(row) for row in db.execute(sa.text(present), {"uscc": uscc, "until": until, "most": newest})]
    return found


def number(db: Db, scope: Scope, uscc: str) -> int:
    """How many versions there are, past and present, of an institution that the caller has seen within the scope."""
    names = [name for name in t.BY_NAME if name not in t.NATIONAL]
    counts = (f"(SELECT count(*) {_of(name)})" for name in names)
    sql = f"SELECT (SELECT count(*) FROM registry_past WHERE uscc = :uscc) + {' + '.join(counts)}"  # noqa: S608
    return int(db.execute(sa.text(sql), {"uscc": uscc, "until": date.max}).scalar_one())


def _past(scope: Scope, uscc: str, until: date, entities: Collection[str] | None) -> sa.Select[Any]:
    p = t.past.c
    mine = sa.select(t.institution.c.uscc).where(t.institution.c.uscc == uscc, visible(scope))
    where = [p.uscc.in_(mine), p.on <= until, *([p.entity.in_(sorted(entities))] if entities is not None else [])]
    columns = (p.entity, p.key, p.on, p.record, p.source, p.recorded_at)
    return sa.select(*columns).where(*where).order_by(p.entity, p.key, p.on, p.seq)


def _present(entity: str, newest: bool) -> str:
    """Rows that hold now, in the form in which they will be past."""
    table = t.BY_NAME[entity]
    elements = {e.id for e in t.elements_of(entity)}
    platform = ", ".join(f"'{c.name}'" for c in table.columns if c.name not in elements)
    key = ", ".join(f'c."{k}"' for k in t.key_of(entity))
    rows = (
        f'FROM (SELECT c.* {_of(entity)} ORDER BY c.since_on DESC, c.recorded_at DESC, jsonb_build_array({key})::text COLLATE "C" DESC LIMIT :most) c'
        if newest
        else _of(entity)
    )
    return (
        f"SELECT '{entity}' AS entity, jsonb_build_array({key})::text AS key, c.since_on AS \"on\", "
        f"jsonb_strip_nulls(to_jsonb(c) - ARRAY[{platform}]) AS record, c.source, c.recorded_at {rows}"
    )


def _of(entity: str) -> str:
    """By the certificate's number where that leads the key."""
    of_certificate = "c.number IN (SELECT number FROM certificate WHERE uscc = :uscc) AND "
    of = of_certificate if t.PARENTS.get(entity) == "certificate" else ""
    return f'FROM "{entity}" c WHERE {of}c.uscc = :uscc AND c.since_on <= :until'


def _version(row: Any) -> Version:
    key = tuple([str(one) for one in json.loads(row.key)])
    return Version(row.entity, key, row.on, row.record, row.source, row.recorded_at)
