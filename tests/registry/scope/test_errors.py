"""Whatever is wrong is told at its cell with how to mend it; the good lines beside it come through; nothing is dropped."""

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.registry.scope.sheets import CADMIUM, FIRST, GOOD, LEAD, only, opened, table, whys, workbook

from zhijian.registry.scope_table import Given, read
from zhijian.registry.scope_table.say import WORDS
from zhijian.spec.workbook import WorkbookRefused, annotated

BAD_ROWS: list[tuple[str, str, list[Any]]] = [
    ("level-skipped", "E8", ["9", "2", "水", None, None, "2.1.1", "铅", LEAD]),
    ("name-blank", "E8", ["9", "2", "水", "2.1", None, "2.1.1", "铅", LEAD]),
    ("name-blank", "G8", ["9", "2", "水", "2.1", "饮用水", "2.1.1", None, LEAD]),
    ("number-unreadable", "F8", ["9", "2", "水", "2.1", "饮用水", "见附件？", "铅", LEAD]),
    ("number-is-date", "D8", ["9", "2", "水", date(2026, 1, 2), "饮用水", "1", "铅", LEAD]),
    ("cell-error", "F8", ["9", "2", "水", "2.1", "饮用水", "#REF!", "铅", LEAD]),
    ("cell-error", "G8", ["9", "2", "水", "2.1", "饮用水", "1", "#N/A", LEAD]),
    ("standard-missing", "H8", ["9", "2", "水", "2.1", "饮用水", "2.1.1", "铅", None]),
    ("standard-year-missing", "H8", ["9", "2", "水", "2.1", "饮用水", "2.1.1", "铅", "《食品中铅的测定》GB 5009.12"]),
    ("standard-unreadable", "H8", ["9", "2", "水", "2.1", "饮用水", "2.1.1", "铅", "自编方法"]),
    ("text-length", "G8", ["9", "2", "水", "2.1", "饮用水", "2.1.1", "铅" * 201, LEAD]),
    ("text-length", "I8", ["9", "2", "水", "2.1", "饮用水", "2.1.1", "铅", LEAD, "限" * 501]),
    ("text-invisible", "G8", ["9", "2", "水", "2.1", "饮用水", "2.1.1", "铅\u202e镉", LEAD]),
    ("row-unreadable", "I8", [None, None, None, None, None, None, None, None, "限大米"]),
    ("sequence-missing", "A8", [None, None, "水", "2.1", "饮用水", "2.1.1", "铅", LEAD]),
]


@pytest.mark.parametrize(("why", "cell", "row"), BAD_ROWS, ids=[f"{w}-{c}" for w, c, _ in BAD_ROWS])
def test_a_bad_line_is_told_at_its_cell_and_the_good_ones_come_through(why: str, cell: str, row: list[Any]) -> None:
    found = table([row, *GOOD])
    assert (why, cell) in [(f.why, f.cell) for f in found.errors], whys(found)
    assert [x.sequence for x in found.lines] == ["1", "2"]
    assert found.refused == 1


def test_a_standard_that_cannot_be_read_does_not_take_the_others_of_its_cell_with_it() -> None:
    found = table([[*GOOD[0][:7], f"{LEAD}；GB 5009.268；GB/T 5750.6-2023"]])
    assert [x.standard for x in found.lines] == ["GB 5009.12-2023", "GB/T 5750.6-2023"]
    assert (only(found).why, only(found).cell) == ("standard-year-missing", "H8")
    assert "GB 5009.268" in only(found).zh
    assert found.refused == 1


def test_a_level_without_its_number_is_taken_with_a_warning() -> None:
    found = table([["1", "1", "食品", None, "粮食", "1.1.1", "铅", LEAD]])
    assert (only(found).why, only(found).cell, only(found).is_error) == ("level-number-missing", "E8", False)
    assert len(found.lines) == 1


def test_a_merged_cell_over_two_categories_is_wrong_for_the_second_alone() -> None:
    rows = [
        GOOD[0],
        ["2", "2", "水", None, None, "1.1.2", "镉", CADMIUM],
        ["3", "2", "水", "2.1", "饮用水", "1", "镉", CADMIUM],
    ]
    found = table(rows, ["D8:D9", "E8:E9"])
    assert [(f.why, f.cell) for f in found.errors] == [("merged-over-categories", "E8")]
    assert "C9" in found.errors[0].zh
    assert [x.sequence for x in found.lines] == ["1", "3"]


def test_a_standard_merged_over_two_categories_is_read_for_both_and_told() -> None:
    found = table([GOOD[0], ["2", "2", "水", "2.1", "饮用水", "2.1.1", "铅", None]], ["H8:H9"])
    assert (only(found).why, only(found).is_error) == ("standard-over-categories", False)
    assert len(found.lines) == 2


def test_a_line_that_stands_twice_is_taken_once() -> None:
    found = table([*GOOD, ["3", *GOOD[0][1:]]])
    assert (only(found).why, only(found).cell) == ("duplicate-line", "H10")
    assert "H8" in only(found).zh
    assert len(found.lines) == 2


def test_a_sequence_that_stands_twice_keeps_its_first_line() -> None:
    found = table([*GOOD, ["2", "1", "食品", "1.1", "粮食", "1.1.3", "铬", "GB 5009.123-2023"]])
    assert (only(found).why, only(found).cell) == ("sequence-twice", "A10")
    assert [x.path[-1] for x in found.lines] == ["铅", "镉"]


def test_the_zero_that_excel_took_from_a_number_is_put_back_and_told() -> None:
    names = [f"参数{n}" for n in range(1, 23)]
    rows = [[str(n), 1, "食品", float(f"1.{n}"), name, None, None, LEAD] for n, name in enumerate(names, 1)]
    assert rows[9][3] == 1.1
    found = table(rows)
    assert [x.levels[1].no for x in found.lines] == [f"1.{n}" for n in range(1, 23)]
    assert whys(found) == [("number-autoformat", f"D{FIRST + 9}"), ("number-autoformat", f"D{FIRST + 19}")]


def test_one_number_for_two_names_is_told() -> None:
    found = table([GOOD[0], ["2", "1", "食品", "1.1", "蔬菜", "1.1.1", "铅", LEAD]])
    assert [(f.why, f.cell) for f in found.findings] == [("number-twice", "D9")]
    assert len(found.lines) == 2


def test_an_edition_that_was_replaced_is_told_for_the_day_that_is_asked_for() -> None:
    rows = [[*GOOD[0][:7], "GB 5009.12-2017"]]
    assert table(rows).findings == ()
    assert table(rows, given=Given(on=date(2024, 3, 5))).findings == ()
    found = table(rows, given=Given(on=date(2024, 3, 6)))
    assert (only(found).why, only(found).is_error) == ("standard-replaced", False)
    assert "GB 5009.12-2023" in only(found).remedy_zh
    assert len(found.lines) == 1


def test_a_cell_that_is_wrong_for_many_rows_is_told_once() -> None:
    rows = [["1", "1", "食品", "？？", "粮食", "1", "铅", LEAD], ["2", None, None, None, None, "2", "镉", CADMIUM]]
    found = table(rows, ["B8:B9", "C8:C9", "D8:D9", "E8:E9"])
    assert whys(found) == [("number-unreadable", "D8")]
    assert found.refused == 2


def _repacked(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(GOOD))) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
        new.writestr(name, data)
    return out.getvalue()


OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "empty"), (b"%PDF-1.7", "not-xlsx"), (OLD, "old-format"), (OLD + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (workbook(GOOD)[:-40], "damaged"), (_repacked("xl/media/a.bin", bytes(201 << 20)), "too-large-unpacked"),
        (_repacked("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row>"), "damaged"),
        (workbook([["a", "b"]], head=[], head_merged=(), titles=[]), "nothing-recognised"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_with_how_to_mend_it(raw: bytes, why: str) -> None:
    with pytest.raises(WorkbookRefused) as refusal:
        read(raw)
    assert refusal.value.why == why
    assert refusal.value.zh
    assert refusal.value.en


def test_areas_that_claim_the_whole_sheet_are_not_believed() -> None:
    raw = workbook(GOOD)
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    claims = "".join(f'<mergeCell ref="A{n}:XFD1048576"/>' for n in range(20, 2000))
    found = read(
        _repacked("xl/worksheets/sheet1.xml", sheet.replace("</mergeCells>", claims + "</mergeCells>").encode())
    )
    assert len(found.lines) == 2


def test_marks_are_put_at_the_bad_cells() -> None:
    rows = [["9", "2", "水", None, None, "2.1.1", "铅", "GB 5009.12"], *GOOD]
    raw = workbook(rows)
    found = read(raw)
    marked = annotated(raw, found.findings)
    page = opened(marked)["能力附表"]
    assert "层级跳空" in page["E8"].comment.text
    assert "没有年号" in page["H8"].comment.text
    assert page["H9"].comment is None
    assert read(marked).lines == found.lines


def test_every_key_has_words_in_both_languages() -> None:
    for words in WORDS.values():
        assert all(words[:4])


CELLS = st.one_of(
    st.none(), st.sampled_from(["1", "1.1", "食品", "铅", LEAD, "GB 5009.12", "注：", "序号", "名称", "第 1 页", "限大米", "#REF!", 1.1, date(2026, 1, 1)]),
    st.text(st.characters(min_codepoint=32, max_codepoint=0x9FFF, exclude_categories=("Cs", "Cc")), max_size=6),
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(
    rows=st.lists(st.lists(CELLS, min_size=8, max_size=10), min_size=1, max_size=6),
    tall=st.integers(0, 3),
    column=st.sampled_from("ABCDEGH"),
)
def test_nothing_is_dropped_whatever_stands_in_the_cells(rows: list[list[Any]], tall: int, column: str) -> None:
    """Each filled row is a line, an aside, a heading of lines, or has a finding."""
    raw = workbook(rows, [f"{column}{FIRST}:{column}{FIRST + tall}"] if tall else [])
    found = read(raw)
    page = opened(raw)["能力附表"]
    named = (
        {c for x in found.lines for c in x.cells.values()}
        | {a.cell for a in found.asides}
        | {f.cell for f in found.findings}
    )
    told = {int("".join(ch for ch in c if ch.isdigit())) for c in named}
    filled = {n for n in range(FIRST, FIRST + len(rows)) if any(str(c.value or "").strip() for c in page[n])}
    silent = {n for n in filled - told if any(c.value for c in page[n])}
    for n in silent:  # a heading row: what it names stands in the lines or findings below it
        assert page[f"H{n}"].value is None
