"""A drawn record field by field: what stands in the source, as it was extracted, beside what stands in the target. Personal data masked.

Masked by the element on both sides, so that a mask hides no difference but of what is hidden.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from zhijian.exchange.bound import BoundColumn
from zhijian.exchange.mapping.model import SEPARATORS, Field, Records
from zhijian.exchange.mapping.sql import Scope as Names
from zhijian.exchange.mapping.sql import inputs_sql
from zhijian.exchange.mapping.uses import columns_of
from zhijian.exchange.migration.model import MigrationWrong
from zhijian.exchange.migration.running import MigrationRun
from zhijian.exchange.migration.sample_store import Drawn, drawn
from zhijian.exchange.quality.masking import shown
from zhijian.exchange.source import Column
from zhijian.kit import mask
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.spec import Element


@dataclass(frozen=True, slots=True)
class Pair:
    """One element of a drawn record."""

    element: str
    zh: str
    source: tuple[tuple[str, str], ...]
    """(column or expression, value) in the source; empty where the source has none."""
    target: str
    because: str = ""
    """Why it has a value that the source does not have."""


@dataclass(frozen=True, slots=True)
class Beside:
    label: str
    entity: str
    source_row: int
    n: int
    pairs: tuple[Pair, ...]


def sampled(db: Db, scope: Scope, one: MigrationRun, seed: str, count: int) -> list[Beside]:
    """`count` records of those that the run has written, in the order drawn; see `sample_store.drawn`. The extract has to be there
    still. Raises: MigrationWrong, MappingWrong."""
    if one.taken_at is None:
        raise MigrationWrong("no-extract", f"{one.work} 里没有这一次取出的数据，不能并排核对",
                             "what was extracted for this run is not there: nothing to look at beside")  # fmt: skip
    found = drawn(db, scope, one.migration, one.spec, seed, count)
    inputs = {part: _inputs(one, part, {d.place.source_row for d in found if d.place.part == part})
              for part in {d.place.part for d in found}}  # fmt: skip
    return [_pairs(one, d, *inputs[d.place.part]) for d in found]


def places(db: Db, scope: Scope, one: MigrationRun, seed: str, count: int) -> list[dict[str, Any]]:
    """Which records the seed draws: label, entity, source_row, n."""
    return [{"label": d.label, "entity": d.entity, "source_row": d.place.source_row, "n": d.place.n}
            for d in drawn(db, scope, one.migration, one.spec, seed, count)]  # fmt: skip


Rows = Mapping[tuple[int, int], Mapping[str, Any]]


def _inputs(one: MigrationRun, part: int, rows: set[int]) -> tuple[Mapping[int, Mapping[str, Any]], Rows]:
    """(rows of the source's own table, what the mapping takes of them and of what it joins: by row and n)"""
    con, tables = one.tables()
    records = one.mapping.records[part]
    base = tables[records.table]
    cut = f"(SELECT * FROM {base.relation} WHERE _row IN ({', '.join(map(str, sorted(rows)))}))"
    sources = dict(tables) | {records.table: replace(base, relation=cut)}
    own = {row["_row"]: row for row in con.cursor().execute(f"SELECT * FROM {cut}").to_arrow_table().to_pylist()}
    sql = inputs_sql(Names(records, sources), records.fields)
    taken = con.cursor().execute(f"SELECT * FROM ({sql})").to_arrow_table().to_pylist()
    return own, {(row["_row"], row["_n"]): row for row in taken}


def _pairs(one: MigrationRun, found: Drawn, own: Mapping[int, Mapping[str, Any]], taken: Rows) -> Beside:
    place, records = found.place, one.mapping.records[found.place.part]
    row, inputs = own.get(place.source_row, {}), taken.get((place.source_row, place.n), {})
    elements = {e.id: e for e in one.elements_of(found.entity)}
    pairs = [
        _pair(elements[f.element], _source(records, f, i, row, inputs), found.record.get(f.element), f)
        for i, f in enumerate(records.fields)
    ]
    return Beside(found.label, found.entity, place.source_row, place.n, tuple(pairs))


def _source(records: Records, f: Field, i: int, row: Mapping[str, Any], inputs: Mapping[str, Any]) -> list[tuple[str, Any]]:  # fmt: skip
    if f.value is not None:
        return []
    if f.sql:
        used = [(c, row.get(c)) for table, c in columns_of(records, f) if table == records.table and c in row]
        return [*used, (f.sql, inputs.get(f"f{i}_0"))]
    spread = records.each.columns if records.each else {}
    direct = [name in row and name not in spread and not (records.each and records.each.split == name) for name in f.columns]  # fmt: skip
    return [(name, row[name] if plain else inputs.get(f"f{i}_{j}", inputs.get(f"f{i}_0")))
            for j, (name, plain) in enumerate(zip(f.columns, direct, strict=True))]  # fmt: skip


def _pair(e: Element, source: Sequence[tuple[str, Any]], target: str | None, f: Field) -> Pair:
    hidden = _names if f.find or e.refers == "staff" else None
    given = tuple((name, hidden(value, target) if hidden else _masked(e, name, value)) for name, value in source)
    because = f.because.zh if f.because and (f.value is not None or f.default is not None) else ""
    return Pair(e.id, e.zh, given, _masked(e, e.zh, target), because)


def _names(value: Any, target: str | None) -> str:
    """What was looked up is most often somebody's name; a number that came over as it is needs no mask.

    >>> _names("王小明、P7", "P3；P7")
    '王＊＊、P7'
    """
    kept = set((target or "").split("；"))
    pieces = re.split(f"({SEPARATORS})", "" if value is None else str(value))
    return "".join(p if n % 2 or not p or p in kept else mask.name(p) for n, p in enumerate(pieces))


def _masked(e: Element, name: str, value: Any) -> str:
    """By the element; a column that is named like personal data is masked whatever becomes of it."""
    if value is None:
        return ""
    text = shown(BoundColumn(e.id, Column(name), e), str(value))
    return shown(BoundColumn(name, Column(name), None), text) if e.sensitivity == "public" and name != e.zh else text
