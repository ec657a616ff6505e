"""What people and programs do to a sheet: read all the same, or told at its cell how to mend it."""

import io
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from tests.spec.sheets import column, edited, only, reports, saved, typed

from zhijian.codes.model import own_number_key
from zhijian.spec.workbook import Finding, WorkbookRefused, annotated, read, refused, template
from zhijian.spec.workbook.layout import own_key


@pytest.mark.parametrize(
    "written",
    ["2026-11-03", "2026/11/3", "2026.11.3", "2026年11月3日", "2026 年 11 月 3 日", "20261103", "２０２６-１１-０３", " 2026-11-3 ",
     date(2026, 11, 3), datetime.fromisoformat("2026-11-03"), 20261103, "2026-11-03 00:00:00"],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(written: Any) -> None:
    found = typed("issued_on", written, "General" if isinstance(written, str | int) else "yyyy-mm-dd")
    assert found.records[0]["issued_on"] == "2026-11-03"
    assert found.findings == ()


@pytest.mark.parametrize(
    ("written", "why"),
    [
        (46329, "serial-as-date"),
        ("46329", "serial-as-date"),
        (datetime.fromisoformat("2026-11-03T09:30"), "time-dropped"),
    ],
)
def test_a_day_that_was_guessed_is_told(written: Any, why: str) -> None:
    found = typed("issued_on", written, "General" if not isinstance(written, datetime) else "yyyy-mm-dd hh:mm")
    assert found.records[0]["issued_on"] == "2026-11-03"
    assert (only(found).severity, only(found).why) == ("warning", why)


@pytest.mark.parametrize("written", ["2026-02-30", "3/11/2026", "十一月三日", 5, 0.5, "9999-01-01", True])
def test_what_is_no_day_is_an_error_at_its_cell(written: Any) -> None:
    found = typed("issued_on", written)
    assert (only(found).cell[-1], only(found).field, only(found).why) == ("3", "issued_on", "date-malformed")
    assert "2026-11-03" in only(found).remedy_zh


@pytest.mark.parametrize(
    ("written", "number_format", "as_read"),
    [(123, "General", "123"), (123, "00000", "00123"), (0.35, "0.000", "0.350"), (12.0, "General", "12"), (0.1 + 0.2, "General", "0.3"),
     (date(2026, 1, 2), "yyyy-mm-dd", "2026-01-02")],
)  # fmt: skip
def test_a_number_where_text_belongs_is_read_as_it_shows_and_told(
    written: Any, number_format: str, as_read: str
) -> None:
    found = typed("result", written, number_format, "检测项目")
    assert found.records[0]["items"][0]["result"] == as_read
    assert (only(found).severity, only(found).why, only(found).value) == ("warning", "number-as-text", as_read)
    assert as_read in only(found).zh


def test_a_long_number_that_lost_its_last_digits_is_an_error() -> None:
    assert only(typed("sample_no", 123456789012345678)).why == "digits-lost"


@pytest.mark.parametrize(("field", "written", "as_read"), [("sample_count", "2", 2), ("sample_count", "１２", 12), ("file_pages", "1,200", 1200),
                                                           ("file_pages", "3.0", 3), ("file_pages", 3.0, 3)])  # fmt: skip
def test_a_number_typed_as_text_is_read(field: str, written: Any, as_read: int) -> None:
    found = typed(field, written)
    assert (found.records[0][field], found.findings) == (as_read, ())
    assert type(found.records[0][field]) is int


@pytest.mark.parametrize(
    ("written", "why"),
    [("三页", "number-malformed"), (2.5, "integer-malformed"), (0, "number-range"), (10**5, "number-range")],
)
def test_a_wrong_number_is_an_error(written: Any, why: str) -> None:
    assert only(typed("file_pages", written)).why == why


@pytest.mark.parametrize("written", ["是", "Y", "true", " 是 ", "1", 1, True, "√"])
def test_yes_has_many_spellings(written: Any) -> None:
    assert typed("cma_marked", written).records[0]["cma_marked"] is True


@pytest.mark.parametrize(
    "written", ["sm3", "SM3", "SM3（GB/T 32905）", "sm3 SM3（GB/T 32905）", "ＳＭ３ (GB/T 32905)", " sm3 "]
)
def test_a_code_is_taken_by_code_by_name_or_by_both(written: str) -> None:
    found = typed("file_digest_algorithm", written)
    assert (found.records[0]["file_digest_algorithm"], found.findings) == ("sm3", ())


def test_a_code_that_is_none_is_told_with_the_nearest() -> None:
    found = only(typed("verdict", "合 格 品"))
    assert (found.why, "合格" in found.remedy_zh) == ("code-unknown", True)


@pytest.mark.parametrize(("field", "written", "as_read"), [
    ("certificate_number", "１６１７０５０７００７６", "161705070076"), ("certificate_number", "1617 0507 0076", "161705070076"),
    ("file_digest", ("0F" * 32), "0f" * 32),
])  # fmt: skip
def test_a_number_with_a_check_is_taken_in_full_width_with_blanks_and_in_capitals(
    field: str, written: str, as_read: str
) -> None:
    found = typed(field, written)
    assert (found.records[0][field], only(found).severity, only(found).why) == (as_read, "warning", "respelt")


def test_names_and_conclusions_keep_their_full_width() -> None:
    found = typed("conclusion", "　符合ＧＢ 2762（２０２２）　")
    assert (found.records[0]["conclusion"], found.findings) == ("符合ＧＢ 2762（２０２２）", ())


def test_lines_are_joined_and_told_and_what_nobody_sees_is_an_error() -> None:
    found = typed("conclusion", "一\n二_x000D_\n三")
    assert (found.records[0]["conclusion"], only(found).why) == ("一 二 三", "line-break")
    assert "U+200B" in only(typed("title", "检\u200b测")).zh
    assert typed("title", "\u200b检测\ufeff ").findings == ()


@pytest.mark.parametrize("written", ["A1；A2", "A1;A2", "A1\nA2", " A1 ；\n A2；"])
def test_several_values_stand_in_one_cell(written: str) -> None:
    found = typed("instruments", written, sheet="检测项目")
    assert (found.records[0]["items"][0]["instruments"], found.findings) == (["A1", "A2"], ())


def test_a_comma_between_values_is_asked_about() -> None:
    found = typed("instruments", "A1，A2", sheet="检测项目")
    assert (found.records[0]["items"][0]["instruments"], only(found).why) == (["A1，A2"], "one-value")


def test_columns_may_be_moved_and_others_put_between() -> None:
    def change(book: Any) -> None:
        page = book["检测项目"]
        page.insert_cols(1)
        page["A1"], page["A3"] = "我的备注", "随便"
        page.move_range("C1:C6", cols=12)

    found = read(edited(change))
    assert found.records == reports()
    assert (only(found).severity, only(found).why, only(found).cell) == ("warning", "column-unknown", "A1")


def test_headings_are_found_by_name_when_the_identifiers_are_gone_and_by_identifier_when_they_were_renamed() -> None:
    def without_identifiers(book: Any) -> None:
        for page in (book["报告"], book["检测项目"]):
            page.delete_rows(2)
            page["A1"] = " 机构报告 编号＊ "

    def renamed(book: Any) -> None:
        book["报告"]["A1"], book["报告"]["B1"] = "编号", "CMA"
        book["报告"]["L2"] = None
        book["报告"]["J1"], book["报告"]["K1"] = book["报告"]["K1"].value, book["报告"]["J1"].value
        book["报告"].title, book["检测项目"].title = "十一月", "项目"

    for change in (without_identifiers, renamed):
        found = read(edited(change))
        assert (found.records, found.findings) == (reports(), ())


def test_a_title_merged_above_the_heading_changes_nothing() -> None:
    def change(book: Any) -> None:
        page = book["报告"]
        page.insert_rows(1, 2)
        page["A1"] = "2026 年 11 月报告登记表"
        page.merge_cells("A1:H2")

    found = read(edited(change))
    assert (found.records, found.findings) == (reports(), ())
    assert found.locate("/title", 0).cell == "E5"


def test_a_missing_column_is_told_once_and_the_unknown_one_that_may_be_it_is_named() -> None:
    def change(book: Any) -> None:
        page = book["报告"]
        n = column(page, "sample_name")
        page.cell(1, n).value, page.cell(2, n).value = "样品的名称", None

    found = read(edited(change))
    by_why = {f.why: f for f in found.findings}
    assert set(by_why) == {"column-missing", "column-unknown"}
    assert by_why["column-missing"].field == "sample_name"
    assert "样品名称" in by_why["column-unknown"].remedy_zh


def test_a_column_that_is_there_twice_is_an_error() -> None:
    def change(book: Any) -> None:
        page = book["报告"]
        page.cell(2, page.max_column + 1).value = "title"

    assert only(read(edited(change))).why == "column-twice"


def test_blank_rows_and_hidden_rows_do_not_matter() -> None:
    def change(book: Any) -> None:
        page = book["报告"]
        page.insert_rows(4, 3)
        page["B5"] = "   "
        page.row_dimensions[3].hidden = True

    found = read(edited(change))
    assert (found.records, found.findings) == (reports(), ())
    assert found.locate("", 1).cell == "A7"


def test_a_number_merged_over_the_rows_of_its_items_holds_for_each() -> None:
    def change(book: Any) -> None:
        book["检测项目"].merge_cells("A3:A5")
        book["检测项目"].merge_cells("A6:A8")

    found = read(edited(change, reports(2, 3)))
    assert (found.records, found.findings) == (reports(2, 3), ())


def test_items_are_numbered_by_their_order_when_no_number_is_given() -> None:
    def change(book: Any) -> None:
        for row in range(3, 7):
            book["检测项目"].cell(row, 2).value = None

    assert (read(edited(change)).records, read(edited(change)).findings) == (reports(), ())

    def one(book: Any) -> None:
        book["检测项目"]["B4"] = None
        book["检测项目"]["B6"] = 1

    assert [(f.why, f.cell) for f in read(edited(one)).findings] == [("number-missing", "B4"), ("number-twice", "B6")]


def formulas(value: str | None) -> bytes:
    """A filled template whose first title is a formula, with this saved result (as XML) or none."""
    raw, out = edited(lambda book: book["报告"].__setitem__("E3", "=A3")), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if b"<f>A3</f><v />" in data or b"<f>A3</f><v></v>" in data or b"<f>A3</f><v/>" in data:
                for empty in (b"<v />", b"<v></v>", b"<v/>"):
                    kept = b"" if value is None else value.encode()
                    data = data.replace(b'<c r="E3" s="', b'<c r="E3" t="str" s="').replace(
                        b"<f>A3</f>" + empty, b"<f>A3</f>" + kept
                    )
            new.writestr(name, data)
    return out.getvalue()


def test_a_formula_gives_its_saved_value_and_says_so_and_without_one_it_is_an_error() -> None:
    found = read(formulas("<v>B-00001</v>"))
    assert found.records[0]["title"] == "B-00001"
    assert (only(found).severity, only(found).why, only(found).cell) == ("warning", "formula", "E3")
    assert (only(read(formulas(None))).severity, only(read(formulas(None))).why) == ("error", "formula-without-value")


def test_an_error_value_is_an_error_and_text_that_looks_like_one_is_text() -> None:
    assert only(typed("title", "#N/A")).why == "error-value"
    assert read(template(["report"], {"report": [reports()[0] | {"title": "#N/A"}]})).findings == ()


def test_orphans_repeated_numbers_missing_fields_and_reports_without_items_are_told() -> None:
    def change(book: Any) -> None:
        page, items = book["报告"], book["检测项目"]
        page["A4"], page["E3"], items["A5"], items["A6"] = " b-00001", None, "B-00009", None

    found = {(f.sheet, f.cell): f.why for f in read(edited(change)).findings}
    assert found == {
        ("报告", "E3"): "missing",
        ("报告", "A4"): "own-key-twice",
        ("检测项目", "A5"): "orphan",
        ("检测项目", "A6"): "missing",
    }

    def none(book: Any) -> None:
        book["检测项目"].delete_rows(5, 2)

    assert (only(read(edited(none))).why, only(read(edited(none))).cell) == ("no-parts", "A4")


@pytest.mark.parametrize("number", ["Ｂ-1 （2026）", "b-1(2026)", "B-00001", "报告 1"])
def test_numbers_are_compared_as_the_registry_compares_them(number: str) -> None:
    assert own_key(number) == own_number_key(number)


def test_an_older_template_is_read_and_told() -> None:
    def change(book: Any) -> None:
        next(iter(book.custom_doc_props.props)).value = "0.0.1"

    found = read(edited(change))
    assert (found.records, only(found).why) == (reports(), "template-version")


def test_only_the_problems_are_marked_and_the_marks_do_not_come_back() -> None:
    def change(book: Any) -> None:
        book["报告"]["F3"], book["检测项目"]["E3"] = "乱写", 0.05

    raw = edited(change)
    found = read(raw)
    marked = annotated(raw, found.findings)
    book = load_workbook(io.BytesIO(marked))
    assert book.sheetnames[0] == "问题清单"
    listed = [[c.value for c in row] for row in book["问题清单"].iter_rows(min_row=2)]
    assert [(row[0], row[1]) for row in listed] == [(f.sheet, f.cell) for f in found.findings]
    assert book["问题清单"]["B2"].hyperlink.location or book["问题清单"]["B2"].hyperlink.target
    assert book["报告"]["F3"].fill.fgColor.rgb == "FFFFD666"
    assert found.errors[0].remedy_zh in book["报告"]["F3"].comment.text
    assert book["报告"]["E3"].comment is None
    assert book["报告"]["E3"].fill.fill_type is None
    assert len(book["报告"].data_validations.dataValidation) > 5
    assert read(marked).findings == found.findings
    mended = load_workbook(io.BytesIO(marked))
    mended["报告"]["F3"], mended["检测项目"]["E3"] = "检测", "0.050"
    assert read(saved(mended)).records == reports()
    clean = load_workbook(io.BytesIO(annotated(saved(mended), [])))
    assert clean["报告"]["F3"].comment is None
    assert clean["报告"]["F3"].fill.fill_type is None


def test_a_heading_that_was_marked_gets_its_own_note_back() -> None:
    raw = template(["report"], {"report": reports()})
    before = load_workbook(io.BytesIO(raw))["报告"]["A1"].comment.text
    marked = annotated(raw, [Finding("报告", "A1", "own_number", "error", "x", "错", "wrong", "改", "mend")])
    assert "错" in load_workbook(io.BytesIO(marked))["报告"]["A1"].comment.text
    assert load_workbook(io.BytesIO(annotated(marked, [])))["报告"]["A1"].comment.text == before


def test_what_the_api_refused_is_put_at_its_cell() -> None:
    found = read(template(["report"], {"report": reports(2, 2)}))
    problem = {"why": "x", "title": "t", "errors": [
        {"rule": "standard-out-of-scope", "pointer": "/items/1/standard", "value": "GB 1", "message": {"zh": "超范围", "en": "out"},
         "remedy": {"zh": "改", "en": "mend"}, "legal_basis": {"law": "办法", "version": "2021", "article": "第三十六条"}}]}  # fmt: skip
    (finding,) = refused(found, 1, problem)
    assert (finding.sheet, finding.cell, finding.field, finding.why) == (
        "检测项目",
        "D6",
        "standard",
        "standard-out-of-scope",
    )
    assert "第三十六条" in finding.zh
    (whole,) = refused(
        found, 0, {"why": "json-malformed", "title": "请求体不是 JSON", "remedy": {"zh": "改", "en": "mend"}}
    )
    assert (whole.cell, whole.why) == ("A3", "json-malformed")


def test_a_workbook_without_our_sheets_or_without_rows_is_refused_with_what_to_do() -> None:
    other = Workbook()
    other.active.append(["甲", "乙"])  # type: ignore[union-attr]
    for raw, why in ((saved(other), "sheet-missing"), (template(["report"]), "no-records")):
        with pytest.raises(WorkbookRefused) as refusal:
            read(raw)
        assert refusal.value.why == why


def test_what_the_caller_fills_in_is_not_missed_and_of_many_warnings_those_left_out_are_no_error() -> None:
    later = frozenset({"file_digest", "file_digest_algorithm", "file_pages"})
    many = [{k: v for k, v in report.items() if k not in later} for report in reports(130, 40)]

    def as_numbers(book: Any) -> None:
        page = book["检测项目"]
        where = next(cell.column for cell in page[2] if str(cell.value).startswith("result"))
        for row in range(3, 3 + 130 * 40):
            page.cell(row, where).value = 0.1

    raw = edited(as_numbers, many)
    found = read(raw, ["report"], later)
    assert found.is_sound, found.errors[:3]
    assert (found.findings[-1].why, found.findings[-1].severity) == ("more-findings", "warning")
    assert {f.field for f in read(raw, ["report"]).errors} >= later
