"""A column that from some month on is filled much less, or more, and stays so: an interface or a form was changed."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import fills
from zhijian.exchange.checks.model import Check, Context, Rows
from zhijian.exchange.checks.relation import event, percent
from zhijian.exchange.model import Dimension, Severity, Text

CHANGE = 0.3
LATER = frozenset({"disposal", "disposed_on"})
"""Filled when the thing is over: the newest months have them not yet."""
ROWS, BEFORE, AFTER = 30, 2, 2
"""Rows of a month, months before, months after, from which a change can be told."""


def rules(bound: Bound, context: Context) -> Iterator[Rows]:
    day = event(bound)
    if day is None or bound.entity is None:
        return
    for column in bound.columns:
        if column.id != day and column.id not in LATER:
            name = column.element.zh if column.element else column.column.name
            yield _rule(bound, day, column.id, name)


def _rule(bound: Bound, day: str, column: str, name: str) -> Rows:
    months = (
        f"m AS (SELECT word AS month, filled / total AS fill, first FROM {fills(bound)} WHERE divided = '{day}' AND item = '{column}' "
        f"AND word IS NOT NULL AND total >= {ROWS})"
    )
    past, rest = "ORDER BY month ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING", (
        "ORDER BY month ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING"
    )  # fmt: skip
    was = percent("CASE WHEN low > most THEN most ELSE least END")
    return Rows(
        bound.entity.id if bound.entity else "", (column, day),
        f"WITH {months}, w AS (SELECT *, min(fill) OVER ({past}) AS least, max(fill) OVER ({past}) AS most, "
        f"min(fill) OVER ({rest}) AS low, max(fill) OVER ({rest}) AS high, "
        f"count(*) OVER ({past}) AS before, count(*) OVER ({rest}) AS after FROM m), "
        f"c AS (SELECT *, row_number() OVER (ORDER BY month) AS nth FROM w WHERE before >= {BEFORE} AND after >= {AFTER} "
        f"AND (low - most > {CHANGE} OR least - high > {CHANGE})) "
        f"SELECT first AS _row, left(month, 7) || ' ' || {was} || ' → ' || {percent('fill')} AS value "
        "FROM c WHERE nth = 1",
        f"WITH {months} SELECT CAST(count(*) >= {BEFORE + AFTER} AS INTEGER) FROM m",
        Text(f"“{name}”的填写率从某月起突变", f"{column} is filled differently from some month on"),
        Text("查明该月起接口、表单或导出有什么变动", "find out what changed that month in interface, form or export"),
        without=Text(f"每月 {ROWS} 条以上的不足 {BEFORE + AFTER} 个月", f"fewer than {BEFORE + AFTER} months of {ROWS} rows"),
    )  # fmt: skip


CHECK = Check(
    "fill-rate-change", Dimension.TIMELINESS, Severity.WARNING,
    Text("填写率突变", "Change of fill"),
    Text("一栏的填写率从某月起与此前各月相差 30 个百分点以上并保持。",
         "From some month on a column's fill differs by more than 30 points from all months before, and stays."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
