"""A month without records between months that have them."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import first
from zhijian.exchange.checks.model import Check, Context, Rows
from zhijian.exchange.checks.relation import event
from zhijian.exchange.model import Dimension, Severity, Text

MONTHS, ROWS = 6, 30
"""A table is steady from so many months with so many rows each (median) on."""


def rules(bound: Bound, context: Context) -> Iterator[Rows]:
    day = event(bound)
    if day is None or bound.entity is None or not first(bound, context):
        return
    months = (
        f"m AS (SELECT date_trunc('month', a.{day}) AS month, count(*) AS n, min(a._row) AS first FROM {bound.entity.id} a "
        f"WHERE a.{day} IS NOT NULL AND CAST(a.{day} AS DATE) <= today() GROUP BY month)"
    )
    missing = "CAST(before + INTERVAL 1 MONTH AS DATE)"
    yield Rows(
        bound.entity.id, (day,),
        f"WITH {months}, g AS (SELECT *, lag(month) OVER (ORDER BY month) AS before FROM m) "
        f"SELECT first AS _row, left(CAST({missing} AS VARCHAR), 7) || '～' || "
        "left(CAST(CAST(month - INTERVAL 1 MONTH AS DATE) AS VARCHAR), 7) AS value FROM g "
        "WHERE datediff('month', before, month) > 1",
        f"WITH {months} SELECT CASE WHEN count(*) >= {MONTHS} AND median(n) >= {ROWS} THEN count(*) ELSE 0 END FROM m",
        Text("中间有月份没有一条记录", "a month in between has no record"),
        Text("补报缺少的月份", "hand in the missing months"),
        without=Text(f"不足 {MONTHS} 个月，或每月不足 {ROWS} 条", f"fewer than {MONTHS} months, or than {ROWS} rows a month"),
    )  # fmt: skip


CHECK = Check(
    "month-gap", Dimension.TIMELINESS, Severity.WARNING,
    Text("缺整月的数据", "Missing months"),
    Text("持续产生的数据，首尾之间每个月都应有记录。", "What is produced all the time has records in each month between first and last."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
