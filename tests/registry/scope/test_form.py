"""The official form, empty and filled: what is written into it is what is read out of it."""

import pytest
from hypothesis import given, settings
from tests.registry.scope.sheets import line, opened, saved
from tests.registry.scope.tables import tables

from zhijian.registry.scope_table import Level, Line, from_records, read, render, template


@settings(max_examples=40, deadline=None)
@given(tables())
def test_what_is_rendered_is_read_again(lines: tuple[Line, ...]) -> None:
    found = read(render(lines))
    assert not found.errors, found.errors
    assert found.lines == lines


@settings(max_examples=10, deadline=None)
@given(tables())
def test_records_of_the_specification_go_through_the_form(lines: tuple[Line, ...]) -> None:
    found = read(render(lines))
    assert from_records(found.capabilities, found.levels) == lines


def test_equal_levels_are_merged_downwards_as_institutions_do() -> None:
    rows = [
        line("食品", "粮食", "铅"),
        line("食品", "粮食", "镉", sequence="2"),
        line("食品", "蔬菜", "铅", sequence="3"),
    ]
    page = opened(render(rows))["场所S1"]
    areas = {str(a) for a in page.merged_cells.ranges}
    assert {"C8:C10", "E8:E9"} <= areas
    assert not any(a.startswith("G8:") for a in areas)


def test_a_row_without_level_records_has_category_object_and_parameter() -> None:
    record = {"site_no": "S1", "sequence": "1", "category": "食品", "parameter": "铅", "standard": "GB 5009.12-2023"}
    (made,) = from_records([record])
    assert made.levels == (Level("食品"), Level("铅"))
    assert made.capability == record


def test_the_empty_form_offers_categories_and_keeps_numbers_as_text() -> None:
    book = opened(template("161705070076"))
    page = book["能力附表"]
    offered = {str(v.sqref): v.formula1 for v in page.data_validations.dataValidation}
    assert any(area.startswith("C8:") for area in offered)
    assert "食品" in [c.value for c in book["下拉列表"]["A"]]
    assert page.column_dimensions["D"].number_format == "@"
    assert page["A5"].value == "序号"
    assert [f.why for f in read(template("161705070076")).findings] == ["heading-only", "valid-from-missing"]


def test_the_empty_form_filled_in_by_hand_is_read() -> None:
    book = opened(template())
    page = book["能力附表"]
    page["A2"], page["A4"] = "证书编号：161705070076", "批准日期：2025年3月1日"
    for column, value in zip(
        "ABCDEL", ["1", "1", "食品", "1.1", "铅", "《食品中铅的测定》GB 5009.12-2023 第一法"], strict=True
    ):
        page[f"{column}8"] = value
    found = read(saved(book))
    assert found.findings == ()
    (made,) = found.lines
    assert (made.number, made.valid_from, made.path, made.clause) == (
        "161705070076",
        "2025-03-01",
        ("食品", "铅"),
        "第一法",
    )


def test_the_form_holds_five_levels_and_no_empty_table() -> None:
    with pytest.raises(ValueError, match="5 levels"):
        render([line(*"一二三四五六")])
    with pytest.raises(ValueError, match="template"):
        render([])
