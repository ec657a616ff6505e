"""Fields of one record that contradict each other. Pairs are data."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.model import Dimension, Severity, Text


def when(condition: str, then: str) -> str:
    return f"CASE WHEN {condition} THEN {then} END"


AGREEMENTS: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    "annual_report": (
        ("cma_report_count report_count", "cma_report_count <= report_count",
         "使用标志的报告多于全部报告", "more reports with the mark than reports"),
        ("submitted_on year", "year(submitted_on) >= year", "提交日期早于报告年度", "handed in before its year"),
    ),
    "certificate_state": (
        ("to_on state", when("state IN ('撤销', '注销')", "NOT filled(to_on)"),
         "撤销、注销是终局状态，不应有结束日期", "revoked or cancelled does not end"),
    ),
    "finding": (
        ("rectification_due_on conduct_to", "rectification_due_on >= conduct_from",
         "整改期限早于行为开始", "to be mended before it began"),
    ),
    "inspection": (
        ("outcome reports_examined", when("outcome = '无法联系'", "coalesce(reports_examined, 0) = 0"),
         "无法联系而有抽查的报告", "could not be reached, yet reports were seen"),
    ),
    "instrument": (
        ("used_to state", when("state = '报废' AND used_to IS NOT NULL", "used_to <= today()"),
         "已报废而停用日期在将来", "scrapped, yet in use until a day to come"),
        ("state used_to", when("state = '在用' AND used_to IS NOT NULL", "used_to >= today()"),
         "状态为在用而停用日期已过", "in use, yet its last day has passed"),
    ),
    "penalty": (
        ("fine kinds", when("len(list_filter(parts(kinds), x -> x = '罚款')) > 0 AND filled(fine)", "fine > 0"),
         "有罚款而金额为零", "a fine of nothing"),
        ("fine kinds", when("fine > 0", "len(list_filter(parts(kinds), x -> x = '罚款')) > 0"),
         "有罚款金额而处罚种类没有罚款", "an amount, yet no fine among the kinds"),
    ),
    "proficiency_result": (
        ("judgement z_score", when("judgement = '满意' AND z_score IS NOT NULL", "abs(z_score) <= 2"),
         "|z| 大于 2 而评价为满意", "|z| above 2, yet satisfactory"),
        ("judgement z_score", when("judgement = '不满意' AND z_score IS NOT NULL", "abs(z_score) >= 2"),
         "|z| 小于 2 而评价为不满意", "|z| below 2, yet unsatisfactory"),
    ),
    "rectification": (
        ("accepted_on state", when("state IN ('待整改', '已提交')", "NOT filled(accepted_on)"),
         "未验收而有验收日期", "not accepted yet, with a day of acceptance"),
    ),
    "report": (
        ("verdict form", when("form = '检验'", "verdict <> '不判定'"), "检验报告没有符合性判定", "an inspection report without a verdict"),
    ),
    "sample": (
        ("disposal disposed_on", when("filled(disposed_on)", "filled(disposal)"), "有处置日期而没有处置方式", "disposed of, not said how"),
        ("latitude longitude", when("filled(longitude)", "filled(latitude)"), "有经度而没有纬度", "longitude without latitude"),
    ),
    "staff": (
        ("title_level roles", when("len(list_filter(parts(roles), x -> x = '授权签字人')) > 0 AND filled(title_level)",
                                   "title_level IN ('正高', '副高', '中级') OR education IN ('博士', '硕士', '本科', '专科')"),
         "授权签字人既无中级职称也无学历条件", "a signatory with neither title nor education for it"),
    ),
}  # fmt: skip
"""Entity → (columns, the marked one first; what must hold; what is wrong)."""


def rules(bound: Bound, context: Context) -> Iterator[Cells]:
    for on, must, zh, en in AGREEMENTS.get(bound.entity.id if bound.entity else "", ()):
        yield Cells(
            tuple(on.split()),
            must,
            Text(zh, en),
            Text("核对这几栏，改正写错的", "compare these fields and correct the wrong one"),
        )


CHECK = Check(
    "field-agreement", Dimension.CONSISTENCY, Severity.ERROR,
    Text("字段互相矛盾", "Fields that contradict each other"),
    Text("同一记录各栏应互相吻合，如有处罚金额的应有罚款。", "Fields of a record agree, as an amount with a fine."),
    rules, "GB/T 36344-2018；《检验检测机构监督管理办法》",
)  # fmt: skip
