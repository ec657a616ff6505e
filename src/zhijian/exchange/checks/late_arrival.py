"""A record that arrived long after the day that it is about."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound, BoundColumn
from zhijian.exchange.checks.model import Cells, Check, Context, Rows
from zhijian.exchange.checks.relation import event, headed, silent
from zhijian.exchange.model import Dimension, Severity, Text

ARRIVALS = ("上报时间", "上报日期", "报送时间", "报送日期", "推送时间", "入库时间", "采集时间", "接收到的时间", "更新时间", "修改时间", "创建时间",
            "received_at", "arrived_at", "uploaded_at", "upload_time", "update_time", "updated_at", "create_time", "created_at")  # fmt: skip
"""Headers of when a row came in; the closer to the sending the earlier in the list."""
ALLOWED_DAYS = 7


def rules(bound: Bound, context: Context) -> Iterator[Cells | Rows]:
    day = event(bound)
    if day is None or bound.entity is None:
        return
    found = {c.column.name.casefold(): c for c in headed(bound, ARRIVALS)}
    arrival = next((c for name in ARRIVALS for shown, c in found.items() if shown == name), None) or next(
        iter(found.values()), None
    )
    if arrival is None:
        yield silent(bound, (day,), Text("表中没有可识别的上报时间列", "no column says when a row came in"))
        return
    allowed = int(context.settings.get("arrival_days", ALLOWED_DAYS))
    name = next(e.zh for e in bound.elements if e.id == day)
    yield Cells(
        (arrival.id, day),
        f"datediff('day', CAST({day} AS DATE), {_day(arrival)}) <= {allowed}",
        Text(f"{arrival.column.name}晚于{name} {allowed} 天以上", f"came in more than {allowed} days after {day}"),
        Text(
            "缩短报送周期；更正后重报的不必处理",
            "send it sooner; nothing to do where it was sent again after a correction",
        ),
    )


def _day(column: BoundColumn) -> str:
    """Of whatever way of writing a time begins with year, month and day."""
    if not column.text:
        return f"CAST({column.id} AS DATE)"
    parts = "([0-9]{4})[-/.年]?([0-9]{1,2})[-/.月]?([0-9]{1,2}).*"
    return f"TRY_CAST(regexp_replace(text({column.id}), '^{parts}$', '\\1-\\2-\\3') AS DATE)"


CHECK = Check(
    "late-arrival", Dimension.TIMELINESS, Severity.WARNING,
    Text("迟报", "Late arrival"),
    Text("报告等记录应在形成后 7 天内报送（天数可设）。", "Records come in within seven days (a setting)."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
