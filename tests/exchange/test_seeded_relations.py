"""Defects planted at known places are found there; clean tables raise no alarm."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

import duckdb
import pytest
from tests.exchange import defect_accuracy, defect_consistency, defect_timeliness
from tests.exchange.clean import Tables, clean
from tests.exchange.defects import Defect, Planted
from tests.exchange.places import Places
from tests.exchange.tables import ON, written

from zhijian.exchange.bound import bind
from zhijian.exchange.checks import Context, catalog
from zhijian.exchange.model import Severity
from zhijian.exchange.quality import Run
from zhijian.exchange.source import opened
from zhijian.spec import specification

SIDE_BY_SIDE = [*defect_accuracy.DEFECTS, *defect_consistency.DEFECTS]
MINE = {d.check for d in [*SIDE_BY_SIDE, *defect_timeliness.DEFECTS]}
Place = tuple[str, str, int | None, str]


def places(tables: Tables, checks: Iterable[str], gravest: tuple[Severity, ...] = tuple(Severity)) -> set[Place]:
    """(check, entity, index of the row, column) of all that was found."""
    with tempfile.TemporaryDirectory() as folder:
        con = duckdb.connect()
        paths = [written(Path(folder), entity, rows) for entity, rows in tables.items() if rows]
        bounds = bind(specification(), opened(con, paths, Path(folder)), {f"{entity}.csv": entity for entity in tables})
        wanted = set(checks)
        outcomes = Run(con, Context(specification(), bounds, ON), [c for c in catalog() if c.id in wanted]).go()
        all_found = con.execute("SELECT rule, tab, row FROM finding").fetchall()
    by_number = {o.number: o for o in outcomes}
    found = set()
    for rule, tab, row in all_found:
        one, bound = by_number[rule], bounds[tab]
        column = bound.column(one.rule.on[0])
        if one.severity in gravest and column and bound.entity:
            found.add((one.check.id, bound.entity.id, None if row is None else row - 2, column.column.name))
    return found


def place(check: str, planted: Planted) -> Place:
    return check, planted.entity, planted.row, planted.column


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.soak), pytest.param(3, marks=pytest.mark.soak)])
def test_clean_tables_raise_no_alarm(seed: int) -> None:
    assert places(clean(seed), MINE, (Severity.ERROR, Severity.WARNING)) == set()


@pytest.fixture(scope="module")
def planted() -> tuple[dict[str, list[Planted]], set[Place]]:
    """All classes that leave the others alone, in one set of tables."""
    tables, rng = clean(7), Places("seven")
    where = {d.id: d.plant(tables, rng, 3) for d in SIDE_BY_SIDE}
    return where, places(tables, {d.check for d in SIDE_BY_SIDE})


@pytest.mark.parametrize("defect", SIDE_BY_SIDE, ids=lambda d: d.id)
def test_each_planted_place_is_found(defect: Defect, planted: tuple[dict[str, list[Planted]], set[Place]]) -> None:
    where, found = planted
    wanted = [place(defect.check, p) for p in where[defect.id]]
    assert wanted
    assert [p for p in wanted if p not in found] == []


@pytest.mark.parametrize("defect", defect_timeliness.DEFECTS, ids=lambda d: d.id)
def test_what_changes_a_whole_table_is_found(defect: Defect) -> None:
    tables = {entity: rows for entity, rows in clean(7).items() if entity in ("report", "sample")}
    wanted = {place(defect.check, p) for p in defect.plant(tables, Places("seven"), 3)}
    assert wanted <= places(tables, [defect.check])
