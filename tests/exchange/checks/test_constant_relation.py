"""Dates that are always equal, columns that never change; in tables of whatever kind."""

from pathlib import Path

import duckdb
from tests.exchange.checks.given import Row, report, staff
from tests.exchange.tables import ON, found, states, written

from zhijian.exchange.bound import bind
from zhijian.exchange.checks import Context, catalog
from zhijian.exchange.model import State
from zhijian.exchange.quality import Outcome, Run
from zhijian.exchange.source import opened
from zhijian.spec import specification


def of_any_table(check: str, rows: list[Row], folder: Path) -> list[Outcome]:
    """A table that is no entity of the specification."""
    con = duckdb.connect()
    bounds = bind(specification(), opened(con, [written(folder, "crawled", rows)], folder))
    assert bounds[0].entity is None
    return Run(con, Context(specification(), bounds, ON), [c for c in catalog() if c.id == check]).go()


def test_a_crawlers_day_of_production_is_found(tmp_path: Path) -> None:
    days = [f"2022-0{n % 6 + 1}-1{n % 9}" for n in range(120)]
    rows: list[Row] = [{"物料名称": f"茶{n}", "生产日期": d, "发布日期": d} for n, d in enumerate(days)]
    (one,) = (o for o in of_any_table("constant-relation", rows, tmp_path) if o.failing)
    assert (one.rule.on, one.examples[0].row, one.examples[0].value) == (("c1", "c2"), 2, "100.0 %")
    assert "生产日期＝发布日期" in one.rule.why.zh


def test_dates_that_differ_pass(tmp_path: Path) -> None:
    rows: list[Row] = [
        {"物料名称": f"茶{n}", "生产日期": f"2022-01-{n % 28 + 1:02}", "发布日期": f"2022-03-{n % 27 + 1:02}"}
        for n in range(120)
    ]
    assert {o.state for o in of_any_table("constant-relation", rows, tmp_path)} == {State.PASSED}


def test_a_test_of_one_day_is_nothing_odd() -> None:
    rows = [
        report(f"R{n}", tested_to=f"2026-09-{n % 20 + 1:02}", tested_from=f"2026-09-{n % 20 + 1:02}")
        for n in range(120)
    ]
    assert ("tested_from", 2) not in {(c, r) for c, r, _ in found("constant-relation", {"report": rows})}


def test_a_column_of_one_value_is_a_note() -> None:
    people = [staff(f"P{n}", employed_from="2020-01-01") for n in range(120)]
    assert found("constant-relation", {"staff": people}) == [("employed_from", 2, "2020-01-01")]


def test_a_hundred_rows_are_needed() -> None:
    assert states("constant-relation", {"staff": [staff(f"P{n}") for n in range(50)]}) == {State.NOT_APPLICABLE}


def test_places_of_sale_in_the_place_of_suppliers(tmp_path: Path) -> None:
    rows: list[Row] = [
        {"物料名称": f"茶{n}", "供应商": f"某某{('食品厂', '茶业公司', '超市')[n % 3]}{n}"} for n in range(60)
    ]
    (one,) = of_any_table("place-as-party", rows, tmp_path)
    assert (one.state, one.rule.on, one.examples[0].row, one.examples[0].value) == (State.FAILED, ("c1",), 4, "33 %")


def test_suppliers_that_supply_pass(tmp_path: Path) -> None:
    (one,) = of_any_table(
        "place-as-party", [{"物料名称": f"茶{n}", "供应商": f"某某茶业公司{n}"} for n in range(60)], tmp_path
    )
    assert one.state is State.PASSED


def test_few_parties_do_not_tell(tmp_path: Path) -> None:
    (one,) = of_any_table("place-as-party", [{"物料名称": "茶", "供应商": "某某超市"}], tmp_path)
    assert one.state is State.NOT_APPLICABLE


def test_a_row_twice_in_whatever_table(tmp_path: Path) -> None:
    rows: list[Row] = [
        {"物料名称": "茶", "批号": "1"},
        {"物料名称": "米", "批号": "1"},
        {"物料名称": "茶", "批号": "1"},
    ]
    (one,) = of_any_table("exact-duplicate", rows, tmp_path)
    assert [(e.row, e.value, e.other) for e in one.examples] == [(4, "茶", (0, 2))]
