"""CSV in whatever state it comes."""

from pathlib import Path

import pytest
from tests.exchange.source.reading import Desk, names, said, texts, whys

import zhijian
from zhijian.exchange.model import Severity
from zhijian.exchange.source import SourceUnreadable, opened
from zhijian.exchange.source import encoding as encodings

REAL = Path(zhijian.__file__).parents[2].parent / "shared" / "data"
HEAD = "编号,名称,日期,结果\n"
BODY = "A1,大米,2025-01-02,1.30\nA2,面粉,2025-01-03,0.5\n"
ROWS = [(2, "A1", "大米", "2025-01-02", "1.30"), (3, "A2", "面粉", "2025-01-03", "0.5")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_encoding_is_told_by_its_bytes(desk: Desk, encoding: str) -> None:
    table = desk.one((HEAD + BODY).encode(encoding))
    assert names(table) == ["编号", "名称", "日期", "结果"]
    assert desk.rows(table) == ROWS
    assert (table.about["encoding"] == "utf-8") == encoding.startswith("utf-8")
    assert bool(said(table, "encoding")) == (not encoding.startswith("utf-8"))


def test_big5_is_told_from_gb18030(desk: Desk) -> None:
    text = "編號,名稱,機構\nA1,檢測報告,國家食品檢驗中心\nA2,環境監測,臺灣大學實驗室\n"
    table = desk.one(text.encode("big5"))
    assert table.about["encoding"] == "big5"
    assert desk.rows(table)[1] == (3, "A2", "環境監測", "臺灣大學實驗室")


def test_chinese_that_begins_after_the_head_is_found_all_the_same(desk: Desk) -> None:
    ascii_rows = "".join(f"A{n},rice,2025-01-02,1.0\n" for n in range(60_000))
    table = desk.one(("no,name,day,result\n" + ascii_rows + "A,大米检测报告机构,2025-01-02,1.0\n").encode("gb18030"))
    assert table.about["encoding"] == "gb18030"
    assert desk.rows(table)[-1] == (60_002, "A", "大米检测报告机构", "2025-01-02", "1.0")


def test_broken_bytes_are_kept_as_a_mark_and_told_with_line_and_byte(desk: Desk) -> None:
    table = desk.one((HEAD + BODY).encode() + b"A3,\xff\xfex,d,r\n" + "A4,好,d,r\n".encode())
    assert desk.rows(table)[2:] == [(4, "A3", "\ufffd\ufffdx", "d", "r"), (5, "A4", "好", "d", "r")]
    (one,) = said(table, "broken-bytes")
    assert one.severity is Severity.WARNING
    assert f"第 4 行（第 {len((HEAD + BODY).encode()) + 3} 字节处）" in one.said.zh


def test_lines_of_another_encoding_are_named_in_it(desk: Desk) -> None:
    table = desk.one((HEAD + BODY * 20).encode() + "B1,小麦,d,r\n".encode("gb18030"))
    assert table.about["encoding"] == "utf-8"
    (one,) = said(table, "broken-bytes")
    assert "小麦" in one.remedy.zh


@pytest.mark.parametrize("mark", [",", ";", "\t", "|", "，"])
@pytest.mark.parametrize("suffix", [".csv", ".txt", ".tsv"])
def test_every_delimiter_is_found(desk: Desk, mark: str, suffix: str) -> None:
    table = desk.one((HEAD + BODY).replace(",", mark), "a" + suffix)
    assert table.about["delimiter"] == mark
    assert desk.rows(table) == ROWS


def test_decimal_commas_do_not_pass_for_delimiters(desk: Desk) -> None:
    table = desk.one("编号;值;再;又\n1;1,5;2,5;3,5\n2;1,5;2,5;3,5\n")
    assert table.about["delimiter"] == ";"


def test_a_sep_line_of_excel_is_obeyed_and_no_row(desk: Desk) -> None:
    for encoding in ("utf-8", "gb18030"):
        table = desk.one(("sep=;\r\n" + (HEAD + BODY).replace(",", ";").replace("\n", "\r\n")).encode(encoding))
        assert desk.rows(table) == ROWS
        assert said(table, "sep-line")


def test_an_unclosed_quote_costs_its_line_and_not_the_rest(desk: Desk) -> None:
    rest = "".join(f"B{n},面粉,2025-01-03,0.5\n" for n in range(500))
    table = desk.one(HEAD + 'A1,"大米,2025-01-02,1.3\n' + rest + 'A9,"x",d,r\n')
    assert len(desk.rows(table)) == 501
    assert desk.rejected(table) == [(2, "broken-line", 'A1,"大米,2025-01-02,1.3')]
    (one,) = said(table, "broken-line")
    assert (one.row, one.value) == (2, 'A1,"大米,2025-01-02,1.3')
    assert "引号" in one.said.zh


def test_a_record_over_lines_with_the_wrong_number_of_cells_is_read_again_line_by_line(desk: Desk) -> None:
    table = desk.one(HEAD + 'A1,"大米,d,r\nA2,x,d,r\nA3,y",d\nA4,z,d,r\n')
    assert [r[:2] for r in desk.rows(table)] == [(3, "A2"), (5, "A4")]
    assert [r[0] for r in desk.rejected(table)] == [2, 4]


def test_too_many_and_too_few_cells_are_told_and_kept(desk: Desk) -> None:
    table = desk.one(HEAD + BODY + "A3,x,y,z,w\nA4,x\n" + "A5,a,b,c\n")
    assert [r[0] for r in desk.rows(table)] == [2, 3, 6]
    assert desk.rejected(table) == [(4, "broken-line", "A3,x,y,z,w"), (5, "broken-line", "A4,x")]
    assert [r.row for r in said(table, "broken-line")] == [4, 5]
    assert "有 5 格，多于表头的 4 格" in texts(said(table, "broken-line"))


def test_delimiters_left_behind_at_the_end_of_a_line_do_no_harm(desk: Desk) -> None:
    table = desk.one(HEAD + "A1,大米,2025-01-02,1.30,,\n" + "A2,面粉,2025-01-03,0.5\n")
    assert desk.rows(table) == ROWS


def test_text_behind_a_closing_quote_breaks_the_line_but_blanks_do_not(desk: Desk) -> None:
    table = desk.one(HEAD + 'A1,"大米"x,2025-01-02,1.30\nA2,"面粉" ,2025-01-03,"0.5" \n')
    assert desk.rows(table) == [ROWS[1]]
    assert [r[0] for r in desk.rejected(table)] == [2]


def test_a_quote_within_a_cell_is_text(desk: Desk) -> None:
    assert desk.rows(desk.one('a,b\n5"管,x\n6"管,y\n')) == [(2, '5"管', "x"), (3, '6"管', "y")]


def test_many_broken_lines_are_counted_and_all_kept(desk: Desk) -> None:
    table = desk.one(HEAD + BODY + "x,y\n" * 1000)
    assert len(said(table, "broken-line")) == 201
    assert "另有 800 处" in said(table, "broken-line")[-1].said.zh
    assert len(desk.rejected(table)) == 1000


def test_nul_bytes_become_marks(desk: Desk) -> None:
    table = desk.one(HEAD + "A1,大\0米,2025-01-02,1.3\n")
    assert desk.rows(table) == [(2, "A1", "大\ufffd米", "2025-01-02", "1.3")]
    assert "第 2 行" in texts(said(table, "nul-bytes"))


@pytest.mark.parametrize("blank", ["\n", ",,,\n", "   \n"])
def test_blank_lines_are_passed_over_and_counted_as_rows(desk: Desk, blank: str) -> None:
    table = desk.one(HEAD + BODY[: BODY.index("\n") + 1] + blank + BODY[BODY.index("\n") + 1 :] + blank)
    assert [r[0] for r in desk.rows(table)] == [2, 4]
    assert "有 1 个空行" in texts(said(table, "blank-lines"))


def test_line_ends_may_be_of_any_kind_or_mixed(desk: Desk) -> None:
    for ends in ("\r\n", "\r"):
        assert desk.rows(desk.one((HEAD + BODY).replace("\n", ends))) == ROWS
    assert desk.rows(desk.one(HEAD.replace("\n", "\r\n") + BODY)) == ROWS


def test_titles_above_the_header_are_passed_over(desk: Desk) -> None:
    for titles in (
        "浙江省2025年报告明细表\n填报单位：某局\n",
        "浙江省2025年报告明细表,,,\n填报单位：某局,,日期：2025年,\n",
    ):
        table = desk.one(titles + HEAD + BODY)
        assert (names(table), table.first) == (["编号", "名称", "日期", "结果"], 4)
        assert [r[0] for r in desk.rows(table)] == [4, 5]
        assert "浙江省2025年报告明细表" in texts(said(table, "title-lines"))


def test_a_header_in_two_rows_becomes_one(desk: Desk) -> None:
    table = desk.one("编号,检测,,日期\n,项目,结果,\nA1,铅,0.1,2025-01-01\nA2,镉,0.2,2025-01-01\n")
    assert names(table) == ["编号", "检测/项目", "检测/结果", "日期"]
    assert desk.rows(table)[0] == (3, "A1", "铅", "0.1", "2025-01-01")
    assert said(table, "two-header-rows")


def test_a_row_of_groups_over_the_header_is_part_of_it(desk: Desk) -> None:
    table = desk.one("样品,,检测,,\n编号,名称,项目,结果,单位\nA1,大米,铅,0.1,mg/kg\nA2,大米,镉,0.1,mg/kg\n")
    assert names(table) == ["样品/编号", "样品/名称", "检测/项目", "检测/结果", "检测/单位"]


def test_without_a_header_the_first_row_is_data(desk: Desk) -> None:
    table = desk.one(BODY)
    assert (names(table), table.first) == (["列1", "列2", "列3", "列4"], 1)
    assert desk.rows(table)[0][0] == 1
    assert said(table, "no-header")


def test_years_can_head_columns(desk: Desk) -> None:
    assert names(desk.one("地区,2023,2024\n浙江,15,16\n江苏,17,18\n")) == ["地区", "2023", "2024"]


def test_repeated_and_empty_names_are_made_unique_and_told(desk: Desk) -> None:
    table = desk.one("编号,编号,,Name,name\n1,2,3,4,5\n")
    assert names(table) == ["编号", "编号_2", "列3", "Name", "name_2"]
    assert desk.rows(table) == [(2, "1", "2", "3", "4", "5")]
    assert [r.value for r in said(table, "repeated-header")] == ["编号", "name"]
    assert "第 3 列" in texts(said(table, "unnamed-column"))


def test_three_hundred_columns_are_read(desk: Desk) -> None:
    for encoding in ("utf-8", "gb18030"):
        head = ",".join(f"列名{i}" for i in range(300))
        body = "".join(",".join(f"值{n}_{i}" for i in range(300)) + "\n" for n in range(50))
        table = desk.one(f"{head}\n{body}".encode(encoding))
        assert len(table.columns) == 300
        assert desk.rows(table)[49][300] == "值49_299"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_totals_and_notes_at_the_end_are_no_records(desk: Desk, encoding: str) -> None:
    table = desk.one((HEAD + BODY + "合计,,,2\n制表人：张三,,,\n").encode(encoding))
    assert desk.rows(table) == ROWS
    assert desk.rejected(table) == [(4, "totals-line", "合计,,,2"), (5, "totals-line", "制表人：张三,,,")]
    assert [r.row for r in said(table, "totals-line")] == [4, 5]


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file_is_refused_with_the_remedy(desk: Desk, content: bytes) -> None:
    with pytest.raises(SourceUnreadable) as refused:
        desk.one(content)
    assert refused.value.why == "empty"
    assert "重新导出" in refused.value.remedy.zh


def test_a_header_alone_is_a_table_without_rows(desk: Desk) -> None:
    for encoding in ("utf-8", "gb18030"):
        table = desk.one(HEAD.encode(encoding))
        assert (names(table), desk.rows(table)) == (["编号", "名称", "日期", "结果"], [])
        assert said(table, "header-only")


def test_a_cell_of_more_than_a_million_characters_is_read_and_told(desk: Desk) -> None:
    table = desk.one(HEAD + "A1," + "大" * 1_100_000 + ",d,r\n" + BODY)
    assert len(desk.rows(table)[0][2]) == 1_100_000
    (one,) = said(table, "huge-cell")
    assert one.row == 2
    assert one.value is not None
    assert len(one.value) < 300


def test_long_numbers_that_excel_cut_are_told(desk: Desk) -> None:
    table = desk.one("编号,信用代码\nA1,9.13301E+17\nA2,9.13302E+17\n")
    assert [(r.row, r.value) for r in said(table, "digits-lost")] == [(2, "9.13301E+17"), (3, "9.13302E+17")]


def test_a_line_break_within_a_cell_is_one_row_as_in_a_spreadsheet(desk: Desk) -> None:
    for encoding in ("utf-8", "gb18030"):
        table = desk.one((HEAD + 'A1,"大\n\n米",d,r\n' + "A2,x,d,r\n").encode(encoding))
        assert [(r[0], r[2]) for r in desk.rows(table)] == [(2, "大\n\n米"), (3, "x")]


def test_a_name_with_the_signs_of_a_pattern_is_one_file(desk: Desk) -> None:
    desk.put("x,y\n9,9\n", "报1.csv")
    table = desk.one(HEAD + BODY, "报[1]*.csv")
    assert desk.rows(table) == ROWS
    assert table.about["reading"] == "straight"


def test_a_header_with_a_line_break_in_it_is_one_row(desk: Desk) -> None:
    table = desk.one('"编\n号",名称,日期,结果\n' + BODY)
    assert (names(table), desk.rows(table)) == (["编 号", "名称", "日期", "结果"], ROWS)


def test_when_duckdb_stumbles_far_behind_the_head_all_is_read_again_line_by_line(desk: Desk) -> None:
    many = "".join(f"A{n},面粉,2025-01-03,0.5\n" for n in range(60_000))
    table = desk.one(HEAD + many + "x,y\n" + many)
    assert said(table, "read-by-line")
    assert [r[0] for r in desk.rows(table)] == [*range(2, 60_002), *range(60_003, 120_003)]


def test_lines_stay_whole_over_the_blocks_that_are_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encodings, "BLOCK", 7)
    for encoding in ("gb18030", "utf-16-le", "utf-16-be", "utf-16"):
        for ends in ("\n", "\r\n", "\r"):
            assert desk.rows(desk.one((HEAD + BODY).replace("\n", ends).encode(encoding))) == ROWS, (encoding, ends)


@pytest.mark.skipif(not REAL.is_dir(), reason="the real notices are not beside this checkout (../shared/data)")
def test_the_real_notices_are_read_whole(desk: Desk, tmp_path: Path) -> None:
    import csv

    for path in sorted(REAL.glob("food_sampling_*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            expected = [tuple(c or None for c in row) for row in csv.reader(file)]
        for copy in (path, desk.put(path.read_text("utf-8-sig").encode("gb18030"), path.name)):
            (table,) = opened(desk.con, [copy], tmp_path / "work")
            assert tuple(names(table)) == expected[0]
            assert desk.rows(table) == [(n, *row) for n, row in enumerate(expected[1:], start=2)]
            assert whys(table) <= {"encoding"}


def test_zeros_strewn_over_a_small_file_do_not_make_it_utf_16(desk: Desk) -> None:
    table = desk.one("编号,姓名\nP1,\0甲\nP2,乙\0\n".encode())
    assert (names(table), desk.rows(table)) == (["编号", "姓名"], [(2, "P1", "�甲"), (3, "P2", "乙�")])
    assert len(said(table, "nul-bytes")) == 2


def test_a_zero_in_a_header_is_a_mark(desk: Desk) -> None:
    table = desk.one("编号\0,姓名\nP1,甲\n".encode())
    assert (names(table), len(desk.rows(table))) == (["编号�", "姓名"], 1)
