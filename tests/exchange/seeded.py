"""Many classes of defects in few runs: damage that does not touch another's rows goes into one set of tables."""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import duckdb
from tests.exchange.clean import Tables
from tests.exchange.defects import WHOLE, Defect, Planted
from tests.exchange.tables import ON, written

from zhijian.exchange.bound import bind
from zhijian.exchange.checks import Check, Context, catalog
from zhijian.exchange.quality import Outcome, Run
from zhijian.exchange.source import opened
from zhijian.spec import specification

Place = tuple[str, str, int, str]
"""(check, entity, row, column)"""


@dataclass
class Batch:
    tables: Tables
    planted: dict[str, tuple[Defect, list[Planted]]] = field(default_factory=dict)
    rows: set[tuple[str, int]] = field(default_factory=set)
    """Touched or looked at."""


def batches(clean: Tables, defects: Iterable[Defect], seed: int, n: int) -> list[Batch]:
    """Each class goes where its rows are free, after a few tries with other rows."""
    made: list[Batch] = []
    for defect in defects:
        if not any(_into(batch, clean, defect, seed, n) for batch in made):
            made.append(Batch({entity: [dict(row) for row in rows] for entity, rows in clean.items()}))
            assert _into(made[-1], clean, defect, seed, n), defect.id
    return made


def _into(batch: Batch, clean: Tables, defect: Defect, seed: int, n: int) -> bool:
    for attempt in range(8):
        tables = {entity: [dict(row) for row in rows] for entity, rows in clean.items()}
        planted = defect.plant(tables, Random(f"{defect.id} {seed} {attempt}"), n)
        changed = {e: _changed(clean[e], rows) for e, rows in tables.items()}
        rows = {(e, i) for e, which in changed.items() for i in which}
        rows |= {(p.entity, i) for p in planted for i in ([p.row] if p.row != WHOLE else range(len(clean[p.entity])))}
        if rows & batch.rows:
            continue
        for entity, which in changed.items():
            for i in which:
                batch.tables[entity][i : i + 1] = tables[entity][i : i + 1]
        batch.rows |= rows
        batch.planted[defect.id] = (defect, planted)
        return True
    return False


def _changed(before: Sequence[object], after: Sequence[object]) -> list[int]:
    """All rows when there are more or fewer of them than before."""
    if len(before) != len(after):
        return list(range(max(len(before), len(after))))
    return [i for i, (one, other) in enumerate(zip(before, after, strict=True)) if one != other]


def run(
    tables: Mapping[str, list[dict[str, str | None]]], checks: Sequence[Check] | None = None
) -> tuple[list[Outcome], set[Place]]:
    """All checks, or these, over all tables; the places found, columns by element id and by header."""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as con:
        con.execute("SET threads = 1")
        sources = opened(con, [written(Path(folder), e, rows) for e, rows in tables.items()], Path(folder))
        bounds = bind(specification(), sources)
        outcomes = Run(con, Context(specification(), bounds, ON), checks or catalog()).go()
        names = {(b.number, c.id): c.column.name for b in bounds for c in b.columns}
        found = con.execute("SELECT rule, tab, row FROM finding").fetchall()
    places: set[Place] = set()
    for rule, tab, row in found:
        o, table = outcomes[rule], bounds[tab].table
        index = WHOLE if row is None else row - table.first
        for column in o.rule.on:
            for name in {column, names.get((tab, column), column)}:
                places.add((o.check.id, Path(table.name).stem, index, name))
    return outcomes, places


def recall(batch: Batch, places: set[Place]) -> dict[str, tuple[int, int]]:
    """Class → (found, planted)."""
    return {
        key: (sum((defect.check, p.entity, p.row, p.column) in places for p in planted), len(planted))
        for key, (defect, planted) in batch.planted.items()
    }
