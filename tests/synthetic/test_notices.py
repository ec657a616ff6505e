"""Notices as reports: every defect of the files that we know of has a row here, and no row goes missing."""

import csv
import io
from collections import Counter
from pathlib import Path

import pytest

import zhijian
from zhijian.synthetic import NoticeError, NoticeSet, read_notices
from zhijian.synthetic.notice_rows import COLUMNS, Why

from .admissibility import Book
from .spec_shape import problems

REAL = Path(zhijian.__file__).parents[2].parent / "shared" / "data"
PLAIN = {
    "信息来源": "示例网",
    "物料名称": "示例雪糕",
    "产品分类": "冷冻饮品-->雪糕",
    "生产商": "示例冷饮厂 ",
    "供应商": "示例超市 ",
    "生产日期": "2022-03-28",
    "判定": "合格",
    "发布单位": "国内监督抽查(浙江市场监管局)",
    "发布日期": "2022-03-28",
}
FAILED = {"判定": "不合格", "检测项目": "铅(Pb)", "单位": "mg/kg", "检测结果": "0.31", "限量值": "≤0.2mg/kg"}


def write(folder: Path, *rows: dict[str, str], encoding: str = "utf-8-sig", name: str = "notices.csv") -> Path:
    path = folder / name
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([({**PLAIN, **row}).get(column, "") for column in COLUMNS] for row in rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def read(folder: Path, *rows: dict[str, str]) -> NoticeSet:
    return read_notices([write(folder, *rows)])


def item_of(folder: Path, **cells: str) -> tuple[str, str | None, str | None, set[str]]:
    """Result, unit, limit and what was lost, of one failed item."""
    notices = read(folder, {**FAILED, **cells})
    item = next(notices.reports())["items"][0]
    return item["result"], item.get("unit"), item.get("limit"), {one.why.value for one in notices.unmapped}


def test_a_sample_that_passed_carries_one_item_that_says_nothing_was_published(tmp_path: Path) -> None:
    report = next(read(tmp_path, {}).reports())
    assert report["verdict"] == "合格"
    assert [(i["parameter"], i["result"], i["verdict"]) for i in report["items"]] == [("未公布项目", "未公布", "合格")]


def test_no_laboratory_is_presented_as_the_real_issuer(tmp_path: Path) -> None:
    notices = read(tmp_path, {})
    names = [record["name"] for entity, record in notices.registry() if entity == "institution"]
    assert names == ["演示实验室（由公开通报生成，不是真实出具机构）浙江"]
    assert "虚构" in next(notices.reports())["conclusion"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
def test_a_byte_order_mark_or_another_encoding_does_no_harm(tmp_path: Path, encoding: str) -> None:
    notices = read_notices([write(tmp_path, {}, encoding=encoding)])
    assert next(notices.reports())["sample_name"] == "示例雪糕"
    assert notices.summary()["mapped"] == 1


def test_cells_are_trimmed_put_on_one_line_and_rid_of_tags(tmp_path: Path) -> None:
    report = next(read(tmp_path, {"物料名称": " 示例\n雪糕<br/>（大）<脆> ", "生产商": "/ "}).reports())
    assert report["sample_name"] == "示例雪糕（大）<脆>"
    assert "producer" not in report


def test_exact_duplicates_are_dropped_and_counted_over_all_files(tmp_path: Path) -> None:
    paths = [write(tmp_path, {}, {}, name="a.csv"), write(tmp_path, {"生产商": "示例\n冷饮厂"}, {}, name="b.csv")]
    notices = read_notices(paths)
    assert (notices.summary()["rows"], notices.summary()["duplicates"]) == (4, 3)
    assert len(list(notices.reports())) == 1


@pytest.mark.parametrize(
    ("publisher", "province"),
    [
        ("国内监督抽查(浙江市场监管局)", "33"),
        ("国内监督抽查（浙江省市场监督管理局）", "33"),
        ("浙江省市场监管局", "33"),
        ("国内监督抽查(天津市市场监管委员会)", "12"),
        ("国内监督抽查(吉林市场监管厅)", "22"),
        ("国内监督抽查(内蒙古市场监管局)", "15"),
        ("国内监督抽查(国家市场监管总局)", "10"),
    ],
)
def test_the_province_is_read_in_its_several_spellings(tmp_path: Path, publisher: str, province: str) -> None:
    assert read(tmp_path, {"发布单位": publisher}).summary()["provinces"] == {province: 1}


@pytest.mark.parametrize(
    ("result", "unit", "limit", "expected"),
    [
        ("0.31", "mg/kg", "≤0.2mg/kg", ("0.31", "mg/kg", "≤0.2", set())),
        ("9.74", "µg/kg", "≤5.0μg/kg", ("9.74", "μg/kg", "≤5.0", set())),
        ("0.161", "g/kg", "不得使用", ("0.161", "g/kg", "不得使用", set())),
        ("0.162", "g/kg", "不得添加g/kg", ("0.162", "g/kg", "不得添加", set())),
        ("3", "＞mg/kg", "≤3mg/kg", (">3", "mg/kg", "≤3", set())),
        ("3.50", "×10²mg/kg", "≤200mg/kg", ("3.50×10²", "mg/kg", "≤200", set())),
        ("2.28", "g/100g", "≥2.5g/100g", ("2.28", "g/100g", "≥2.5", set())),
        ("1.06", "×10", "≤200mg/kg", ("1.06×10", "mg/kg", "≤200", {"exponent_lost"})),
        ("624.3", "µ/g", "≥1000.0 µ/g", ("624.3", "μ/g", "≥1000.0", {"unit_unknown"})),
        ("264", "mg/kg", "200mg/kg", ("264", "mg/kg", "200", {"limit_without_sign"})),
        ("264", "mg/kg", "200≤mg/kg", ("264", "mg/kg", "≤200", {"limit_turned"})),
        ("264", "mg/kg", "", ("264", "mg/kg", None, {"no_limit"})),
        ("", "", "≤0.2mg/kg", ("未公布", None, "≤0.2mg/kg", {"no_result"})),
        ("0.3", "", "≤0.2", ("0.3", None, "≤0.2", {"no_unit"})),
        ("0.3", "mg/kg", "≥标示值的80%", ("0.3", "mg/kg", "≥标示值的80%", {"limit_unreadable"})),
        ("未检出（＜0.01）", "mg/kg", "不得检出", ("未检出（<0.01）", "mg/kg", "不得检出", set())),
        ("250", "μg/kg", "≤0.2mg/kg", ("250", "μg/kg", "≤0.2mg/kg", set())),
        ("标签未标注", "", "符合GB 7718要求", ("标签未标注", None, "符合GB 7718要求", set())),
    ],
)
def test_results_units_and_limits(
    tmp_path: Path, result: str, unit: str, limit: str, expected: tuple[str, str | None, str | None, set[str]]
) -> None:
    assert item_of(tmp_path, 检测结果=result, 单位=unit, 限量值=limit) == expected


PLAN = "n=5,c=2,m=10,M=10²CFU/g"


@pytest.mark.parametrize(
    ("result", "unit", "limit", "values", "lost"),
    [
        ("120", "，130，320，180，190CFU/g", PLAN, "120；130；320；180；190", set()),
        ("45", "CFU/g；27CFU/g；54CFU/g；10CFU/g；20CFU/g", PLAN, "45；27；54；10；20", set()),
        (
            "8.2",
            "×10²/8.6×10²/8.5×10²/7.9×10²/7.3×10²CFU/g",
            PLAN,
            "8.2×10²；8.6×10²；8.5×10²；7.9×10²；7.3×10²",
            set(),
        ),
        ("30", "，50，60，，20CFU/g", PLAN, "30；50；60；30；20", {"number_put_back"}),
        ("10", "＜CFU/g；\n＜CFU/g；2000CFU/g；5CFU/g；6CFU/g", PLAN, "<10；<10；2000；5；6", {"number_put_back"}),
        ("1.4", "①×10", PLAN, "①1.4×10", {"exponent_lost", "value_count"}),
        ("7.5", "×10⁴,1.3×10⁵,9.2×10⁴CFU/g", PLAN, "7.5×10⁴；1.3×10⁵；9.2×10⁴", {"value_count"}),
        ("53", "n₁：；n₂：34；n₃：44；n₄：45；n₅：36；结果均大于M（单位：CFU/g）", PLAN, "53；34；44；45；36", set()),
        (
            "1.7",
            "①×10<sup>4</sup>4CFU/g;②1.5×10<sup>4</sup>CFU/g",
            PLAN,
            "①1.7×10⁴4CFU/g；②1.5×10⁴CFU/g",
            {"bad_value"},
        ),
        (
            "30",
            "CFU/g；20CFU/g；7CFU/g；10CFU/g；9CFU/g",
            "n=5，c=2，m=10CFU/g，M=10",
            "30；20；7；10；9",
            {"limit_cut"},
        ),
    ],
)
def test_the_splits_of_microbiology_are_put_together_again(
    tmp_path: Path, *, result: str, unit: str, limit: str, values: str, lost: set[str]
) -> None:
    got = item_of(tmp_path, 检测项目="大肠菌群", 检测结果=result, 单位=unit, 限量值=limit)
    assert (got[0], got[1], got[3]) == (values, "CFU/g", lost)


def test_a_first_and_a_second_test_are_told_apart(tmp_path: Path) -> None:
    for joint in ("", "；"):
        got = item_of(tmp_path, 检测结果="231", 单位=f"初检结果：mg/kg{joint}复检结果：236mg/kg", 限量值="≤200mg/kg")
        assert got == ("初检231；复检236", "mg/kg", "≤200", set())


def test_words_for_found_and_not_found_are_kept_in_order(tmp_path: Path) -> None:
    limit = "n=5,c=0,m=0/25g"
    got = item_of(tmp_path, 检测结果="25", 单位="检出/g；检出/g；未检出/g；未检出/g；检出/g", 限量值=limit)
    assert got == ("检出；检出；未检出；未检出；检出", "/25g", "n=5，c=0，m=0/25g", set())
    got = item_of(tmp_path, 检测结果="未检出；未检出；未检出；检出；未检出", 单位="", 限量值=limit)
    assert got[0] == "未检出；未检出；未检出；检出；未检出"


def test_brackets_of_a_parameter_are_one_kind_and_a_unit_inside_is_taken_out(tmp_path: Path) -> None:
    rows = [{**FAILED, "检测项目": name} for name in ("铝(以Al计)", "铝（以Al计）", "菌落总数﹙CFU/g﹚")]
    parameters = {report["items"][0]["parameter"] for report in read(tmp_path, *rows).reports()}
    assert parameters == {"铝（以Al计）", "菌落总数"}


@pytest.mark.parametrize(
    ("cells", "column", "why"),
    [
        ({"物料名称": " "}, "物料名称", Why.NO_SAMPLE),
        ({"判定": "待定"}, "判定", Why.BAD_VERDICT),
        ({"发布单位": "某局"}, "发布单位", Why.NO_PROVINCE),
        ({"发布日期": "2022-13-40", "生产日期": ""}, "发布日期", Why.BAD_DATE),
        ({"发布日期": "1999-01-01", "生产日期": ""}, "发布日期", Why.OUTSIDE_TERM),
    ],
)
def test_a_row_without_what_a_report_needs_is_listed_and_makes_no_report(
    tmp_path: Path, cells: dict[str, str], column: str, why: Why
) -> None:
    notices = read(tmp_path, {}, cells)
    (one,) = notices.unmapped
    assert (one.file, one.line, one.column, one.why) == ("notices.csv", 3, column, why)
    assert one.reason_zh
    assert one.reason_en
    assert notices.summary()["unmapped"] == 1
    assert len(list(notices.reports())) == 1


@pytest.mark.parametrize(
    ("cells", "column", "why"),
    [
        ({"生产日期": "2022-01-01"}, "生产日期", Why.NO_ELEMENT),
        ({"项目分类": "微生物"}, "项目分类", Why.NO_ELEMENT),
        ({"供应商": "店" * 301}, "供应商", Why.TOO_LONG),
        ({"判定": "不合格"}, "检测项目", Why.NO_ITEM),
    ],
)
def test_a_row_that_is_partly_mapped_makes_a_report_and_is_listed(
    tmp_path: Path, cells: dict[str, str], column: str, why: Why
) -> None:
    notices = read(tmp_path, cells)
    assert [(one.column, one.why) for one in notices.unmapped] == [(column, why)]
    assert notices.summary()["partially_mapped"] == 1
    assert all(problems("report", report) == [] for report in notices.reports())


def test_a_short_row_is_listed_whole_and_lines_count_breaks_inside_cells(tmp_path: Path) -> None:
    path = write(tmp_path, {"物料名称": "两\n行"}, {})
    path.write_bytes(path.read_bytes() + b"a,b,c\r\n")
    notices = read_notices([path])
    (one,) = notices.unmapped
    assert (one.line, one.value, one.why) == (5, "a|b|c", Why.COLUMNS)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(NoticeError) as refused:
        read_notices([tmp_path / "other.csv"])
    assert refused.value.why == "header"
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xff\xff")
    with pytest.raises(NoticeError) as refused:
        read_notices([tmp_path / "bytes.csv"])
    assert refused.value.why == "encoding"


def test_remarks_go_into_the_conclusion(tmp_path: Path) -> None:
    report = next(read(tmp_path, {"备注": "复检不合格"}).reports())
    assert "复检不合格" in report["conclusion"]


def test_the_list_of_unmapped_cells_can_be_written_as_csv(tmp_path: Path) -> None:
    out = io.StringIO()
    read(tmp_path, {"判定": "待定"}).write_unmapped(out)
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    assert [(row["文件"], row["行"], row["列"], row["值"], row["why"]) for row in rows] == [
        ("notices.csv", "2", "判定", "待定", "bad_verdict")
    ]


def test_importing_more_files_later_leaves_earlier_records_as_they_were(tmp_path: Path) -> None:
    first = read_notices([write(tmp_path, {}, name="a.csv")])
    both = read_notices([tmp_path / "a.csv", write(tmp_path, {**FAILED}, {"发布日期": "2021-05-06"}, name="b.csv")])
    assert next(iter(first.reports())) in list(both.reports())
    assert [one for one in first.registry() if one not in list(both.registry())] == []


def check_whole(notices: NoticeSet) -> None:
    """Counts add up, records have the specification's shape, reports are admissible."""
    summary = notices.summary()
    reports = list(notices.reports())
    parts = ("duplicates", "mapped", "partially_mapped", "unmapped")
    assert summary["rows"] == sum(summary[part] for part in parts)
    assert len(reports) == summary["mapped"] + summary["partially_mapped"] == sum(summary["provinces"].values())
    assert len({report["own_number"] for report in reports}) == len(reports)
    assert len({report["sample_no"] for report in reports}) == len(reports)
    for entity, record in notices.registry():
        assert problems(entity, record) == []
    for report in reports:
        assert problems("report", report) == []
    book = Book(notices.registry(), "2026-06-30")
    assert Counter(fault for report in reports for fault in book.faults(report)) == {}


def test_reports_of_notices_are_admissible(tmp_path: Path) -> None:
    check_whole(read(tmp_path, {}, {**FAILED}, {"发布单位": "国家市场监管总局"}, {"判定": "待定"}, {}))


@pytest.mark.skipif(not REAL.is_dir(), reason="the real notices are not beside this checkout (../shared/data)")
def test_the_real_notices_go_in_with_nothing_missing() -> None:
    paths = sorted(REAL.glob("food_sampling_*.csv"))
    notices = read_notices(paths)
    check_whole(notices)
    counted = 0
    for path in paths:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            counted += sum(1 for _ in csv.reader(lines)) - 1
    summary = notices.summary()
    assert summary["rows"] == counted
    assert summary["items"] == 157
    assert summary["items_parsed_share"] > 0.4
    listed = {(one.file, one.line) for one in notices.unmapped}
    assert len(listed) == summary["partially_mapped"] + summary["unmapped"]
