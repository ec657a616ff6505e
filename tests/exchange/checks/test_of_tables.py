"""Checks of columns, tables and what belongs together."""

from dataclasses import replace

import duckdb
import pytest
from tests.exchange.tables import ON, Row, found, judged, judged_by, states

from zhijian.exchange.bound import bind
from zhijian.exchange.checks import Context, catalog
from zhijian.exchange.model import Severity, State, Text
from zhijian.exchange.quality import Run
from zhijian.exchange.source import Column, Remark, SourceTable
from zhijian.spec import specification

REPORT: Row = {"uscc": "U", "own_number": "N1", "title": "检测报告"}
ITEM: Row = {"uscc": "U", "own_number": "N1", "seq": "1", "parameter": "铅"}


def _unnamed(check: str, rows: list[Row]) -> list[State]:
    return [o.state for o in judged_by([c for c in catalog() if c.id == check], {"x": rows}, named=False)]


def test_a_compulsory_element_without_a_column_is_named() -> None:
    missing = {where for where, _, _ in found("column-missing", {"report_item": [{"seq": "1", "parameter": "铅"}]})}
    assert missing == {"uscc", "own_number", "standard", "result", "tested_on"}
    assert _unnamed("column-missing", [{"甲": "1", "乙": "2"}]) == []


def test_a_column_that_is_always_empty_is_found_in_any_table() -> None:
    assert found("column-empty", {"report": [REPORT | {"producer": None, "别的": "x"}]}) == [("producer", None, None)]
    assert sorted(_unnamed("column-empty", [{"甲": "1", "乙": ""}])) == [State.FAILED, State.PASSED]
    assert set(_unnamed("column-empty", [{"甲": "1", "乙": "2"}])) == {State.PASSED}


def test_a_report_without_items_and_an_item_without_report_are_found() -> None:
    both = {"report": [REPORT, REPORT | {"own_number": "N2"}], "report_item": [ITEM, ITEM | {"own_number": "N3"}]}
    assert found("part-missing", both) == [("own_number", 3, "N2")]
    assert found("part-orphan", both) == [("own_number", 3, "N3")]
    whole = {"report": [REPORT], "report_item": [ITEM]}
    assert states("part-missing", whole) == states("part-orphan", whole) == {State.PASSED}


def test_without_the_other_table_parts_are_not_judged() -> None:
    assert states("part-missing", {"report": [REPORT]}) == {State.NOT_APPLICABLE}
    assert states("part-orphan", {"report_item": [ITEM]}) == {State.NOT_APPLICABLE}


def test_a_mark_asks_for_its_certificate() -> None:
    marked, plain = REPORT | {"cma_marked": "是"}, REPORT | {"cma_marked": "否", "certificate_number": None}
    assert found("needed-when", {"report": [marked | {"certificate_number": "无"}]}) == [
        ("certificate_number", 2, "无")
    ]
    assert states("needed-when", {"report": [marked | {"certificate_number": "161705070076"}]}) == {State.PASSED}
    assert State.FAILED not in states("needed-when", {"report": [plain]})


def test_rows_of_one_kind_without_what_others_have_are_found_in_any_table() -> None:
    rows = [{"判定": "合格", "项目": ""}] * 30 + [{"判定": "不合格", "项目": "铅"}] * 30
    assert State.FAILED in _unnamed("blank-by-value", rows)
    assert State.FAILED not in _unnamed("blank-by-value", [r | {"项目": "铅"} for r in rows])
    many = [{"判定": str(n), "项目": "" if n < 30 else "铅"} for n in range(60)]
    assert State.FAILED not in _unnamed("blank-by-value", many)


def test_a_gap_in_the_items_of_a_report_is_found() -> None:
    assert found("sequence-gap", {"report_item": [ITEM, ITEM | {"seq": "3"}]}) == [("seq", 3, "1–3，2")]
    assert states("sequence-gap", {"report_item": [ITEM, ITEM | {"seq": "2"}]}) == {State.PASSED}


def test_a_missing_number_is_found_where_numbering_is_dense_only() -> None:
    dense = [REPORT | {"own_number": f"A-{n:04}"} for n in range(1, 31) if n != 20]
    assert [(row, value) for _, row, value in found("sequence-gap", {"report": dense})] == [(21, "A-0021 ← …19")]
    sparse = [REPORT | {"own_number": f"A-{n * 7:04}"} for n in range(1, 31)]
    assert states("sequence-gap", {"report": sparse}) == {State.NOT_APPLICABLE}


def test_the_rarer_kind_of_bracket_is_listed() -> None:
    rows = [{"object": "混凝土（C30）"}, {"object": "混凝土（C20）"}, {"object": "混凝土(C25)"}]
    assert found("bracket-mix", {"capability": rows}) == [("object", 4, "混凝土(C25)")]


def test_the_rarer_spelling_of_a_unit_is_listed() -> None:
    rows = [ITEM | {"unit": u} for u in ("mg/L", "mg/L", "mg/l", "MPa")]
    assert found("unit-spelling", {"report_item": rows}) == [("unit", 4, "mg/l")]


@pytest.mark.parametrize(
    ("units", "rarer"),
    [(("mg/kg", "mg/KG"), 3), (("mg/KG", "mg/kg"), 2), (("mg/KG", "mg/KG", "mg/kg"), 2), (("g/l", "g/L"), 3)],
)
def test_of_two_spellings_as_common_the_standard_s_is_kept_and_else_the_earlier(
    units: tuple[str, ...], rarer: int
) -> None:
    rows = [ITEM | {"unit": u} for u in units]
    assert {found("unit-spelling", {"report_item": rows})[0][1] for _ in range(20)} == {rarer}
    wanted = [row for row, u in enumerate(units, 2) if u == units[rarer - 2]]
    assert sorted({row for _, row, _ in found("unit-spelling", {"report_item": rows})}) == wanted


def test_columns_and_headers_that_differ_are_noted() -> None:
    assert found("unknown-column", {"report": [REPORT | {"流水": "1"}]}) == [("c3", None, "流水")]
    assert found("header-spelling", {"report": [{"统一 社会信用代码": "U", "标题": "x", "报告标题": "y"}]}) == [
        ("uscc", None, "统一 社会信用代码")
    ]
    assert {o.severity for o in judged("unknown-column", {"report": [REPORT]})} == {Severity.NOTE}


def test_a_table_of_no_entity_is_said_to_be_so() -> None:
    assert _unnamed("table-unrecognised", [{"甲": "1", "乙": "2"}]) == [State.FAILED]
    assert states("table-unrecognised", {"report": [REPORT]}) == {State.PASSED}


@pytest.mark.parametrize(("why", "check"), [("encoding-mended", "encoding"), ("broken-line", "unreadable-lines")])
def test_what_opening_met_is_reported_once_and_at_its_row(why: str, check: str) -> None:
    table = SourceTable("x.csv", "x.csv", "(SELECT 2 AS _row, 'U' AS uscc)", (Column("uscc"),), "csv")
    said = Remark(why, Text("问题", "met"), Text("修改", "mend"), Severity.WARNING, 2, "x")
    for remarks, state in ((said,), State.FAILED), ((), State.PASSED):
        with duckdb.connect() as con:
            bounds = bind(specification(), [replace(table, remarks=remarks)])
            checks = [c for c in catalog() if c.id in ("encoding", "unreadable-lines")]
            outcomes = Run(con, Context(specification(), bounds, ON), checks).go()
        assert {o.check.id: o.state for o in outcomes}[check] is state
        assert [e.row for o in outcomes for e in o.examples] == [2] * len(remarks)
