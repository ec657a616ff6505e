"""A month with three times the records of its neighbours, or a third."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import first
from zhijian.exchange.checks.model import Check, Context, Rows
from zhijian.exchange.checks.relation import event
from zhijian.exchange.model import Dimension, Severity, Text

TIMES, ROWS = 3, 200
"""January and February may be low: the Spring Festival falls into one of them."""


def rules(bound: Bound, context: Context) -> Iterator[Rows]:
    day = event(bound)
    if day is None or bound.entity is None or not first(bound, context):
        return
    months = (
        f"m AS (SELECT date_trunc('month', a.{day}) AS month, count(*) AS n, min(a._row) AS first FROM {bound.entity.id} a "
        f"WHERE a.{day} IS NOT NULL GROUP BY month), "
        # the first and the last month are parts of months as a rule
        "i AS (SELECT * FROM m WHERE month > (SELECT min(month) FROM m) AND month < (SELECT max(month) FROM m)), "
        "b AS (SELECT x.month, any_value(x.n) AS n, any_value(x.first) AS first, median(y.n) AS usual FROM i x "
        "JOIN i y ON abs(datediff('month', x.month, y.month)) BETWEEN 1 AND 2 GROUP BY x.month "
        f"HAVING count(*) >= 2 AND greatest(any_value(x.n), median(y.n)) >= {ROWS})"
    )
    yield Rows(
        bound.entity.id, (day,),
        f"WITH {months} SELECT first AS _row, left(CAST(CAST(month AS DATE) AS VARCHAR), 7) || ' ' || CAST(n AS VARCHAR) "
        f"|| ' / ' || CAST(usual AS VARCHAR) AS value FROM b WHERE n > {TIMES} * usual OR ({TIMES} * n < usual AND month(month) > 2)",
        f"WITH {months} SELECT count(*) FROM b",
        Text(f"该月记录数超过相邻月份的 {TIMES} 倍或不足三分之一", f"{TIMES} times the records of its neighbours, or less than a third"),
        Text("查明是否漏报、重报或补录", "find out whether some were left out, sent twice or entered later"),
        without=Text(f"没有相邻月份有 {ROWS} 条记录", f"no neighbouring months with {ROWS} records"),
    )  # fmt: skip


CHECK = Check(
    "volume-jump", Dimension.TIMELINESS, Severity.WARNING,
    Text("月记录数突变", "Jump of volume"),
    Text("一个月的记录数远多于或远少于前后各两个月的中位数。", "A month has far more or fewer records than the median of its neighbours."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
