"""Small tables for checks: rows of an entity as a province would hand them in, judged by one check."""

import csv
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import duckdb

from zhijian.exchange.bound import bind
from zhijian.exchange.checks import Check, Context, catalog
from zhijian.exchange.model import State
from zhijian.exchange.quality import Outcome, Run
from zhijian.exchange.source import opened
from zhijian.spec import specification

ON = date(2026, 11, 1)
Row = Mapping[str, object]


def written(folder: Path, entity: str, rows: Sequence[Row]) -> Path:
    """A CSV of the rows, headed by the elements' Chinese names where they are elements."""
    path = folder / f"{entity}.csv"
    ids = list(dict.fromkeys(name for row in rows for name in row))
    ids = ids or [e.id for e in specification().entities[entity].elements]
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(ids)
        writer.writerows(["" if row.get(i) is None else row[i] for i in ids] for row in rows)
    return path


def judged(check: str, tables: Mapping[str, Sequence[Row]], on: date = ON) -> list[Outcome]:
    """Outcomes of one check over tables by entity, named as in the specification."""
    chosen = [c for c in catalog() if c.id == check]
    assert chosen, check
    return judged_by(chosen, tables, on)


def judged_by(
    checks: Sequence[Check], tables: Mapping[str, Sequence[Row]], on: date = ON, named: bool = True
) -> list[Outcome]:
    """`named`: each table is said to be of the entity that it is called by; otherwise its headers must tell."""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as con:
        paths = [written(Path(folder), entity, rows) for entity, rows in tables.items()]
        sources = opened(con, paths, Path(folder))
        spec = specification()
        bounds = bind(spec, sources, {f"{entity}.csv": entity for entity in tables} if named else None)
        return Run(con, Context(spec, bounds, on), checks).go()


def found(check: str, tables: Mapping[str, Sequence[Row]], on: date = ON) -> list[tuple[str, int | None, str | None]]:
    """(column, row as a spreadsheet counts, value) of all that failed."""
    return [
        (o.rule.on[0], one.row, one.value)
        for o in judged(check, tables, on)
        if o.state is State.FAILED
        for one in o.examples
    ]


def states(check: str, tables: Mapping[str, Sequence[Row]], on: date = ON) -> set[State]:
    return {o.state for o in judged(check, tables, on)}
