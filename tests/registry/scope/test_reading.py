"""Tables as institutions hand them in, read line by line with the cell of each value."""

import pickle
from typing import Any

import pytest
from tests.registry.scope.sheets import (
    CADMIUM,
    FIRST,
    GOOD,
    HEAD,
    LEAD,
    MERGED,
    TITLES,
    opened,
    saved,
    table,
    whys,
    workbook,
)

from zhijian.registry.scope_table import Given, Level, read


def test_a_line_is_a_capability_and_its_levels_of_the_specification() -> None:
    found = table([[*GOOD[0], "只测大米", "扩项"]])
    assert found.findings == ()
    assert found.capabilities == [
        {"number": "161705070076", "site_no": "S1", "sequence": "1", "category": "食品", "object": "粮食", "parameter": "铅",
         "standard": "GB 5009.12-2023", "standard_name": "食品安全国家标准 食品中铅的测定", "restriction": "只测大米", "note": "扩项",
         "valid_from": "2025-03-01"}
    ]  # fmt: skip
    assert found.levels[2] == {
        "number": "161705070076",
        "site_no": "S1",
        "sequence": "1",
        "level": 3,
        "level_no": "1.1.1",
        "name": "铅",
    }
    places = {
        name: found.lines[0].place(name)
        for name in ("sequence", "category", "parameter", "standard", "note", "level/2/no")
    }
    assert {k: (p.sheet, p.cell) for k, p in places.items() if p} == {
        "sequence": ("能力附表", "A8"), "category": ("能力附表", "C8"), "parameter": ("能力附表", "G8"),
        "standard": ("能力附表", "H8"), "note": ("能力附表", "J8"), "level/2/no": ("能力附表", "D8"),
    }  # fmt: skip


def test_merged_levels_hold_for_each_row_and_point_to_the_cell_that_has_the_value() -> None:
    rows = [GOOD[0], ["2", None, None, None, None, "1.1.2", "镉", CADMIUM]]
    found = table(rows, ["B8:B9", "C8:C9", "D8:D9", "E8:E9"])
    assert found.findings == ()
    assert [line.levels[0] for line in found.lines] == [Level("食品", "1")] * 2
    place = found.lines[1].place("category")
    assert place is not None
    assert place.cell == "C8"


def test_a_standard_and_its_limits_merged_over_parameters_hold_for_each() -> None:
    rows = [[*GOOD[0], "只测大米"], ["2", "1", "食品", "1.1", "粮食", "1.1.2", "镉"]]
    found = table(rows, ["H8:H9", "I8:I9"])
    assert [(line.standard, line.restriction) for line in found.lines] == [("GB 5009.12-2023", "只测大米")] * 2
    assert found.findings == ()


def test_several_standards_in_a_cell_are_several_lines() -> None:
    found = table([[*GOOD[0][:7], f"{LEAD} 第一法；《食品中多元素的测定》GB 5009.268-2016\nGB/T 5750.6-2023(4.1)"]])
    assert [(x.sequence, x.standard, x.clause) for x in found.lines] == [
        ("1", "GB 5009.12-2023", "第一法"), ("1/2", "GB 5009.268-2016", None), ("1/3", "GB/T 5750.6-2023", "(4.1)"),
    ]  # fmt: skip
    assert found.findings == ()


def test_further_standards_in_rows_of_their_own_under_merged_levels_are_lines_of_the_same_parameter() -> None:
    rows = [GOOD[0], [None] * 7 + ["GB 5009.268-2016"]]
    found = table(rows, [f"{c}8:{c}9" for c in "ABCDEFG"])
    assert [(x.sequence, x.standard) for x in found.lines] == [("1", "GB 5009.12-2023"), ("1/2", "GB 5009.268-2016")]


def test_headings_repeated_at_page_breaks_titles_and_notes_are_no_lines_and_are_not_lost() -> None:
    rows = [
        GOOD[0],
        ["第 1 页 共 2 页"],
        *TITLES[:2],
        *HEAD,
        GOOD[1],
        ["以下空白"],
        ["注：1. 本附表与证书一并使用"],
        ["2. 复印无效"],
    ]
    found = table(rows)
    assert len(found.lines) == 2
    assert found.findings == ()
    assert [a.text for a in found.asides][-3:] == ["以下空白", "注：1. 本附表与证书一并使用", "2. 复印无效"]
    assert len(found.asides) == len(TITLES) + 3 + len(HEAD) + 3


def test_a_merged_cell_cut_by_a_page_break_goes_on_below_the_repeated_heading() -> None:
    found = table([GOOD[0], *HEAD, ["2", None, None, None, None, "1.1.2", "镉", CADMIUM]])
    assert [x.path for x in found.lines] == [("食品", "粮食", "铅"), ("食品", "粮食", "镉")]
    assert whys(found) == [("left-blank", "C12"), ("left-blank", "E12")]


def test_a_category_in_a_row_of_its_own_is_of_the_lines_below_it() -> None:
    rows = [["1", "1", "食品"], [None, None, None, "1.1", "粮食"], ["2", None, None, None, None, "1.1.1", "铅", LEAD]]
    found = table([[None, *rows[0][1:]], *rows[1:]], ["C8:J8"])
    assert [x.path for x in found.lines] == [("食品", "粮食", "铅")]
    assert {why for why, _ in whys(found)} == {"left-blank"}
    assert found.refused == 0


def test_levels_end_where_they_end() -> None:
    found = table(
        [["1", "1", "食品", "1.1", "铅", None, None, LEAD], ["2", "2", "水泥", None, None, None, None, "GB 175-2023"]]
    )
    assert [x.path for x in found.lines] == [("食品", "铅"), ("水泥",)]
    assert found.capabilities[1]["category"] == found.capabilities[1]["parameter"] == "水泥"


@pytest.mark.parametrize(
    ("head", "row", "sequence", "levels", "standard"),
    [
        ([["序号", "类别", "序号", "名称", "依据的标准（方法）名称及编号（含年号）", "限制范围", "说明"]],
         ["1", "食品", "2", "铅", LEAD], "1.2", (Level("食品", "1"), Level("铅", "2")), "GB 5009.12-2023"),
        ([["序号", "类别", "产品", "参数", "检测标准", "限制范围", "备注"]],
         ["7", "食品", "粮食", "铅", LEAD], "7", (Level("食品"), Level("粮食"), Level("铅")), "GB 5009.12-2023"),
        ([["一级序号", "一级名称", "二级序号", "二级名称", "标准编号", "标准名称", "限制范围", "说明"]],
         ["1", "食品", "1.1", "铅", "GB5009.12—2023", "食品安全国家标准 食品中铅的测定"], "1.1", (Level("食品", "1"), Level("铅", "1.1")), "GB 5009.12-2023"),
    ],
)  # fmt: skip
def test_other_layouts_of_the_form_are_read(
    head: list[list[Any]], row: list[Any], sequence: str, levels: tuple[Level, ...], standard: str
) -> None:
    (line,) = table([row], head=head, head_merged=()).lines
    assert (line.sequence, line.levels, line.standard) == (sequence, levels, standard)
    assert line.standard_name == "食品安全国家标准 食品中铅的测定"


def test_sites_are_told_by_sheets_or_by_a_column() -> None:
    def second(book: Any) -> None:
        page = book.copy_worksheet(book.active)
        page.title = "场所S2"
        page["A3"] = None

    found = read(workbook(GOOD, change=second))
    assert [(x.site_no, x.sequence) for x in found.lines] == [("S1", "1"), ("S1", "2"), ("S2", "1"), ("S2", "2")]
    head = [["序号", "类别", "参数", "依据的标准", "限制范围", "说明", "检测场所"]]
    rows = [
        ["1", "食品", "铅", LEAD, None, None, "总部"],
        ["2", "食品", "铅", LEAD, None, None, "余杭实验室路一百二十三号"],
    ]
    given = Given(sites={"总部": "S1"})
    found = table(rows, head=head, head_merged=(), given=given)
    assert [x.site_no for x in found.lines] == ["S1"]
    assert whys(found) == [("site-unknown", "G7")]


def test_two_sheets_that_nothing_tells_apart_are_said_to_be_of_one_site() -> None:
    def second(book: Any) -> None:
        book.active["A3"] = None
        page = book.copy_worksheet(book.active)
        page.title = "环境"
        for row in (8, 9):
            page.cell(row, 1).value, page.cell(row, 3).value = f"1{row}", "环境"

    found = read(workbook(GOOD, change=second), Given(site_no="S3"))
    assert [x.site_no for x in found.lines] == ["S3"] * 4
    assert whys(found) == [("site-twice", "A1")]


def test_what_the_table_says_of_certificate_and_day_counts_before_what_is_given() -> None:
    found = table(GOOD, given=Given(number="230012341234", valid_from="2020-01-01", batch="首次"))
    assert {(x.number, x.valid_from, x.batch) for x in found.lines} == {("161705070076", "2025-03-01", "首次")}
    assert whys(found) == [("certificate-differs", "A5")]
    bare = table(GOOD, titles=[], head_merged=[])
    assert [f.why for f in bare.findings] == ["certificate-missing", "valid-from-missing"]
    assert len(bare.lines) == 2
    assert "number" not in bare.capabilities[0]
    assert (
        table(GOOD, titles=[], head_merged=[], given=Given(number="161705070076", valid_from="2025-03-01")).findings
        == ()
    )


def test_a_day_in_the_title_that_there_is_not_is_none() -> None:
    found = table(GOOD, titles=[*TITLES[:3], ["批准日期：2025-02-30"]])
    assert whys(found) == [("valid-from-missing", "A5")]
    assert {line.valid_from for line in found.lines} == {None}
    written = table(GOOD, titles=[*TITLES[:3], ["批准日期：2025 年 3 月 1 日"]])
    assert {line.valid_from for line in written.lines} == {"2025-03-01"}


def test_a_sheet_without_a_table_is_named_and_the_others_are_read() -> None:
    def cover(book: Any) -> None:
        book.create_sheet("封面", 0)["A1"] = "某某检测有限公司"

    found = read(workbook(GOOD, change=cover))
    assert len(found.lines) == 2
    assert whys(found) == [("sheet-unrecognised", "A1")]
    assert found.findings[0].value == "封面"


def test_what_is_read_can_be_handed_from_one_process_to_another() -> None:
    found = table(GOOD)
    assert pickle.loads(pickle.dumps(found)) == found


def test_a_heading_further_down_and_to_the_right_is_found() -> None:
    book = opened(workbook(GOOD, head_merged=[]))
    page = book.active
    page.insert_rows(1, 5)
    page.insert_cols(1, 2)
    found = read(saved(book))
    assert [x.cells["level/3/name"] for x in found.lines] == [f"I{FIRST + 5}", f"I{FIRST + 6}"]
    assert MERGED
