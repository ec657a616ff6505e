"""A province's tables become records of the specification; what does not come over is listed with its row."""

import pytest
from tests.exchange.mapping.mapped import Outcome

from zhijian.exchange.mapping import MappingWrong, read_mapping
from zhijian.spec import specification

HEAD = """
mapping: demo
specification: 0.2.0
tables: {机构: {files: "*.csv"}, 报告: {files: "*.csv"}, 字典: {files: "*.csv"}}
codes:
  判定: {合格: pass, 不合格: fail}
records:
"""
INSTITUTIONS = [{"id": "1", "统一代码": "91330100MA0000001X", "省": "浙江省", "市": "杭州市", "门牌": "某路 1 号", "类型": "1"},
                {"id": "2", "统一代码": "91330100MA0000002Y", "省": "浙江省", "市": "/", "门牌": "乡道", "类型": "9"}]  # fmt: skip


def test_columns_are_renamed_glued_and_translated() -> None:
    text = (
        HEAD
        + """
  - entity: institution
    from: 机构
    fields:
      uscc: 统一代码
      address: {from: [省, 市, 门牌]}
      legal_form: {from: 类型, codes: {"1": enterprise, "2": public}}
      independent: {value: true, because: {zh: 源表只收独立法人, en: only such are in the source}}
"""
    )
    made = Outcome(text, {"机构": INSTITUTIONS})
    assert made.records("institution") == [
        {
            "uscc": "91330100MA0000001X",
            "address": "浙江省杭州市某路 1 号",
            "legal_form": "enterprise",
            "independent": "true",
        },
        {"uscc": "91330100MA0000002Y", "address": "浙江省乡道", "legal_form": None, "independent": "true"},
    ]
    assert made.losses() == [("legal_form", 3, "lost", "9")]
    assert made.mapped.invented == {"机构 → institution.independent": 2}


REPORTS = [
    {"编号": "B1", "机构": "1", "签发": "2026年1月3日", "判定": "合格", "项目1": "铅", "结果1": "0.05", "单位1": "㎎/㎏", "限值1": "≤0.2",
     "项目2": "菌落总数", "结果2": "1.3", "单位2": "×10⁵CFU/g", "限值2": "", "作废": "0"},
    {"编号": "B2", "机构": "9", "签发": "03/04/2026", "判定": "合 格", "项目1": "", "结果1": "", "单位1": "", "限值1": "",
     "项目2": "镉", "结果2": "1.06", "单位2": "×10", "限值2": "见标准", "作废": "0"},
    {"编号": "B3", "机构": "1", "签发": "2026-01-05", "判定": "合格", "项目1": "铅", "结果1": "1", "单位1": "", "限值1": "", "项目2": "",
     "结果2": "", "单位2": "", "限值2": "", "作废": "1"},
]  # fmt: skip
ITEMS = (
    HEAD
    + """
  - entity: report
    from: 报告
    where: 作废 = '0'
    join: [{table: 机构, as: 机构表, on: {机构: id}}]
    fields:
      own_number: 编号
      uscc: 机构表.统一代码
      issued_on: 签发
      verdict: {from: 判定, codes: 判定}
  - entity: report_item
    from: 报告
    where: 作废 = '0'
    each: {n: 1..2, columns: {项目: "项目{n}", 结果: "结果{n}", 单位: "单位{n}", 限值: "限值{n}"}}
    fields:
      own_number: 编号
      seq: n
      parameter: 项目
      result: {from: [结果, 单位], as: result}
      unit: {from: [结果, 单位, 限值], as: result-unit}
      limit: {from: 限值, as: limit}
"""
)


def test_a_wide_row_becomes_items_and_joins_find_the_institution() -> None:
    made = Outcome(ITEMS, {"机构": INSTITUTIONS, "报告": REPORTS})
    assert made.records("report") == [
        {"own_number": "B1", "uscc": "91330100MA0000001X", "issued_on": "2026-01-03", "verdict": "pass"},
        {"own_number": "B2", "uscc": None, "issued_on": None, "verdict": None},
    ]
    items = made.records("report_item")
    assert [(i["own_number"], i["seq"], i["parameter"], i["result"], i["unit"], i["limit"]) for i in items] == [
        ("B1", "1", "铅", "0.05", "mg/kg", "≤0.2"),
        ("B1", "2", "菌落总数", "1.3×10⁵", "CFU/g", None),
        ("B2", "2", "镉", "1.06×10", None, "见标准"),
    ]
    assert made.mapped.left_out["报告 → report"] == 1


def test_what_cannot_be_read_is_listed_with_its_row() -> None:
    made = Outcome(ITEMS, {"机构": INSTITUTIONS, "报告": REPORTS})
    assert {(e, row, kind) for e, row, kind, _ in made.losses()} >= {
        ("issued_on", 3, "lost"),
        ("verdict", 3, "lost"),
        ("result", 3, "as-text"),
    }


def test_several_names_in_a_cell_become_records() -> None:
    text = (
        HEAD
        + """
  - entity: staff
    from: 机构
    each: {split: 人员}
    fields: {staff_no: {sql: "统一代码 || '-' || n"}, name: 人员}
"""
    )
    made = Outcome(text, {"机构": [{"统一代码": "U1", "人员": "张三、李四，王五"}, {"统一代码": "U2", "人员": ""}]})
    assert [r["name"] for r in made.records("staff")] == ["张三", "李四", "王五"]
    assert made.records("staff")[2]["staff_no"] == "U1-3"


def test_a_default_is_counted_as_invented_and_a_unit_is_converted() -> None:
    text = (
        HEAD
        + """
  - entity: institution
    from: 机构
    fields:
      uscc: 代码
      area_m2: {from: 面积, as: number, options: {from: mm, to: m}}
      ownership: {from: 所有制, default: other, because: {zh: 未填的按其他, en: blank is other}}
"""
    )
    made = Outcome(
        text, {"机构": [{"代码": "U1", "面积": "1,500", "所有制": ""}, {"代码": "U2", "面积": "大", "所有制": "state"}]}
    )
    assert [(r["area_m2"], r["ownership"]) for r in made.records("institution")] == [
        ("1.500", "other"),
        (None, "state"),
    ]
    assert made.mapped.invented == {"机构 → institution.ownership": 1}
    assert made.losses() == [("area_m2", 3, "lost", "大")]


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ("{nonsense: 编号}", "records[1] report.nonsense"),
        ("{verdict: {from: 判定, value: pass}}", "records[1] report.verdict"),
        ("{verdict: {value: pass}}", "records[1] report.verdict.because"),
        ("{verdict: {from: 判定, codes: 没有}}", "records[1] report.verdict.codes"),
        ("{verdict: {from: 判定, as: magic}}", "records[1] report.verdict.as"),
    ],
)
def test_a_wrong_mapping_names_the_place(fields: str, where: str) -> None:
    text = HEAD + f"  - {{entity: report, from: 报告, fields: {fields}}}\n"
    with pytest.raises(MappingWrong) as said:
        read_mapping(text, specification())
    assert said.value.where == where


def test_a_column_that_is_not_there_is_named() -> None:
    text = HEAD + "  - {entity: report, from: 报告, fields: {own_number: 文号}}\n"
    with pytest.raises(MappingWrong) as said:
        Outcome(text, {"报告": REPORTS})
    assert "文号" in said.value.zh


def test_an_expression_reaches_no_file() -> None:
    text = HEAD + """  - {entity: report, from: 报告, fields: {own_number: {sql: "read_text('/etc/passwd')"}}}\n"""
    with pytest.raises(MappingWrong) as said:
        Outcome(text, {"报告": REPORTS})
    assert "read_text" in said.value.zh


RECORD = "  - {entity: staff, from: 机构, fields: {staff_no: id, name: 门牌}}\n"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (HEAD + RECORD.replace("staff,", "[staff],"), "records[1].entity"),
        (HEAD + RECORD.replace("机构", "[机构]"), "records[1] staff.from"),
        (HEAD + "  - {entity: staff, from: 机构, fields: 5}\n", "records[1] staff.fields"),
        ("mapping: m\nspecification: 0.2.0\ntables: 4\nrecords: []\n", "tables"),
        ("mapping: m\nspecification: 0.2.0\ntables: {}\nrecords: 4\n", "records"),
        (HEAD + RECORD + "notes: 4\n", "notes"),
        (HEAD + RECORD + "derived: [a]\n", "derived"),
    ],
)
def test_a_value_of_another_kind_is_refused_at_its_place(text: str, where: str) -> None:
    with pytest.raises(MappingWrong) as said:
        read_mapping(text, specification())
    assert said.value.where == where


def test_a_mapping_that_unfolds_to_billions_of_values_is_refused_at_once() -> None:
    bomb = "codes:\n  a: &a {x: 1}\n" + "".join(
        f"  {b}: &{b} {{{', '.join(f'k{n}: *{a}' for n in range(9))}}}\n"
        for a, b in zip("abcdefghi", "bcdefghij", strict=True)
    )
    with pytest.raises(MappingWrong, match="1,000,000"):
        read_mapping(HEAD.replace("codes:\n", bomb) + RECORD, specification())
