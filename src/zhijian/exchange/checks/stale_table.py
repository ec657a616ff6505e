"""A table whose newest record is old: the sending has stopped."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import first
from zhijian.exchange.checks.model import Check, Context, Rows
from zhijian.exchange.checks.relation import event
from zhijian.exchange.model import Dimension, Severity, Text

ALLOWED_DAYS = 45


def rules(bound: Bound, context: Context) -> Iterator[Rows]:
    day = event(bound)
    if day is None or bound.entity is None or not first(bound, context):
        return
    here, allowed = bound.entity.id, int(context.settings.get("stale_days", ALLOWED_DAYS))
    past = f"FROM {here} a WHERE CAST(a.{day} AS DATE) <= today()"
    yield Rows(
        here, (day,),
        f"SELECT arg_max(a._row, a.{day}) AS _row, CAST(CAST(max(a.{day}) AS DATE) AS VARCHAR) AS value {past} "
        f"HAVING datediff('day', CAST(max(a.{day}) AS DATE), today()) > {allowed}",
        f"SELECT CAST(count(*) > 0 AS INTEGER) {past}",
        Text(f"最新的记录已过去 {allowed} 天以上", f"its newest record is more than {allowed} days old"),
        Text("查明导出或报送是否中断，补报之后的记录", "find out whether export or sending stopped, and hand in what came since"),
    )  # fmt: skip


CHECK = Check(
    "stale-table", Dimension.TIMELINESS, Severity.WARNING,
    Text("数据陈旧", "Stale data"),
    Text("持续产生的数据，最新记录与检查日相隔不超过 45 天（天数可设）。",
         "Of what is produced all the time the newest record is at most 45 days old (a setting)."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
