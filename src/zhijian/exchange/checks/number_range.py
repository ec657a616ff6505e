"""A number that cannot be: below its minimum, or beyond what the world allows."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.model import Dimension, Severity, Text
from zhijian.spec import Element

BOUNDS: dict[tuple[str, str], tuple[float | None, float | None, str, str]] = {
    ("sample", "longitude"): (73, 136, "中国陆地与近海的东经", "east longitude of China"),
    ("sample", "latitude"): (3, 54, "中国的北纬", "north latitude of China"),
    ("report", "file_pages"): (1, 5000, "一份报告的页数", "pages of one report"),
    ("report", "sample_count"): (1, 1_000_000, "一份报告的样品数", "samples of one report"),
    ("report_item", "seq"): (1, 20_000, "一份报告的项目数", "items of one report"),
    ("institution", "staff_count"): (1, 100_000, "一家机构的从业人数", "staff of one institution"),
    ("institution", "area_m2"): (1, 10_000_000, "一家机构的场所面积", "floor area of one institution"),
    ("annual_report", "staff_count"): (0, 100_000, "一家机构的从业人数", "staff of one institution"),
    ("annual_report", "instrument_count"): (0, 1_000_000, "一家机构的仪器数", "instruments of one institution"),
    ("annual_report", "area_m2"): (0, 10_000_000, "一家机构的场所面积", "floor area of one institution"),
    ("annual_report", "report_count"): (0, 100_000_000, "一家机构一年的报告数", "reports of one institution in a year"),
    ("annual_report", "revenue"): (0, 5_000_000, "万元；全行业 2024 年为 4876 亿元", "in 10,000 yuan; the whole trade: 48.76 M"),
    ("inspection", "reports_examined"): (0, 100_000, "一次检查抽查的报告数", "reports seen in one inspection"),
    ("proficiency_result", "z_score"): (-1000, 1000, "z 值", "z score"),
    ("rectification", "attempt"): (1, 50, "整改次数", "attempts"),
    ("capability_level", "level"): (1, 5, "能力附表至多五级", "the capability table has at most five levels"),
}  # fmt: skip
"""(entity, element) → lowest, highest, what is bounded. Wide on purpose: beyond them nothing real was seen."""


def rules(bound: Bound, context: Context) -> Iterator[Cells]:
    for e in bound.elements:
        if e.type.kind not in ("integer", "decimal") or e.many:
            continue
        low, high, zh, en = _bounds(bound.entity.id if bound.entity else "", e)
        if e.id == "year":
            high = float(context.on.year)
        said = f"{'' if low is None else f'{low:g}'}～{'' if high is None else f'{high:g}'}"
        tests = [f"{e.id} >= {low}"] * (low is not None) + [f"{e.id} <= {high}"] * (high is not None)
        if tests:
            yield Cells(
                (e.id,),
                " AND ".join(tests),
                Text(f"{e.zh}超出可能的范围 {said}（{zh}）", f"{e.en} is outside {said} ({en})"),
                Text(
                    "核对数值和单位；不知道的留空，不填 0 或 999 之类",
                    "check value and unit; leave it empty where unknown",
                ),
            )


def _bounds(entity: str, e: Element) -> tuple[float | None, float | None, str, str]:
    known = BOUNDS.get((entity, e.id))
    if known:
        return known
    share = e.unit in ("%", "％", "percent")
    return e.minimum, 100 if share else None, e.zh, e.en


CHECK = Check(
    "number-range", Dimension.ACCURACY, Severity.ERROR,
    Text("数值超出可能的范围", "A number out of range"),
    Text("数量、比例、坐标等应在最小值以上、实际可能的范围以内。", "Counts, shares and coordinates lie within what can be."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
