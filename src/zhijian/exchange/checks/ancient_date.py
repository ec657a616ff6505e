"""A day before the thing could be: mostly a year mistyped, or the zero of some calendar (1900-01-01)."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.model import Dimension, Severity, Text

LAW = ("1986-07-01", "《计量法》1986 年 7 月 1 日施行，此前没有计量认证", "the Metrology Law came into force in 1986")
FLOORS: dict[tuple[str, str], tuple[str, str, str]] = {
    ("institution", "established_on"): (
        "1900-01-02", "1900-01-01 及以前是表格软件的零值", "1900-01-01 and before is a spreadsheet's zero"),
    ("staff", "employed_from"): (
        "1954-01-01", "此前入职的人现已年逾九十", "whoever was hired before is over ninety now"),
    ("staff", "employed_to"): (
        "1986-07-01", "《计量法》施行前离职的人员不在报送范围", "who left before the Metrology Law is not within the data"),
    ("instrument", "used_from"): (
        "1949-10-01", "没有更早的在册仪器", "no instrument on record is older"),
    ("site", "used_from"): (
        "1900-01-02", "1900-01-01 及以前是表格软件的零值", "1900-01-01 and before is a spreadsheet's zero"),
}  # fmt: skip
"""(entity, element) → first day that can be, and why; all others `LAW`."""


def rules(bound: Bound, context: Context) -> Iterator[Cells]:
    for e in bound.elements:
        if e.type.kind in ("date", "datetime") and not e.many:
            floor, zh, en = FLOORS.get((bound.entity.id if bound.entity else "", e.id), LAW)
            yield Cells(
                (e.id,),
                f"CAST({e.id} AS DATE) >= DATE '{floor}'",
                Text(f"{e.zh}早于 {floor}：{zh}", f"{e.en} is before {floor}: {en}"),
                Text("核对年份；不知道的日期应留空，不填 1900-01-01 之类", "check the year; leave unknown days empty"),
            )


CHECK = Check(
    "ancient-date", Dimension.ACCURACY, Severity.ERROR,
    Text("日期过早", "A day too early"),
    Text("早于该类事项可能发生的最早日期。", "Before the thing could have happened."),
    rules, "GB/T 36344-2018；《计量法》",
)  # fmt: skip
