"""Two dates that are always equal, or a column that never changes: a crawler or an import put them there.

Equal days are no defect where one act has both: a test of one day, an inspection of one day; those pairs are data.
"""

import re
from collections.abc import Iterator
from itertools import combinations

from zhijian.exchange.bound import Bound, BoundColumn, plain
from zhijian.exchange.checks.forms import table
from zhijian.exchange.checks.model import Check, Context, Rows
from zhijian.exchange.model import Dimension, Severity, Text

ROWS = 100
"""Fewer say nothing."""
SHARE = 0.995
TOGETHER = (
    {"sampled_on", "received_on", "tested_from", "tested_to", "issued_on"},
    {"sampled_at", "received_at", "disposed_on"},
    {"began_on", "ended_on", "published_on"},
    {"conduct_from", "conduct_to"},
    {"decided_on", "published_on", "changed_on"},
    {"happened_on", "applied_on", "decided_on", "effective_on"},
    {"submitted_on", "accepted_on"},
    {"valid_to", "period_to", "published_to"},
)
"""Elements that may fall on one day as a matter of course."""
_DAY = re.compile(r"日期|时间|date$|_on$|_at$", re.IGNORECASE)
_STAYS = frozenset(["year", "attempt", "sample_count", "file_pages", "level", "confiscated", "fine"])
"""Numbers of which one value throughout is nothing odd."""


def rules(bound: Bound, context: Context) -> Iterator[Rows]:
    days = [c for c in bound.columns if _day(c)]
    for first, second in combinations(days, 2):
        if not any({first.id, second.id} <= group for group in TOGETHER):
            yield _equal(bound, first, second)
    for column in bound.columns:
        numeric = column.element is not None and column.element.type.kind in ("integer", "decimal")
        if (column in days or numeric or column.element is None) and column.id not in _STAYS:
            yield _constant(bound, column)


def _day(c: BoundColumn) -> bool:
    if c.element is not None:
        return c.element.type.kind in ("date", "datetime") and not c.element.many
    return bool(_DAY.search(c.column.name)) or plain(c.column.name).endswith(("date", "time"))


def _value(c: BoundColumn) -> str:
    """Days and numbers by value: they are narrow and other rules read them too."""
    return f"CAST({c.id} AS DATE)" if c.element and _day(c) else c.id if c.element else f"text({c.id})"


def _equal(bound: Bound, one: BoundColumn, two: BoundColumn) -> Rows:
    a, b, names = _value(one), _value(two), f"{one.column.name}＝{two.column.name}"
    both = f"{a} IS NOT NULL AND {b} IS NOT NULL"
    return Rows(
        bound.entity.id if bound.entity else "", (one.id, two.id),
        f"SELECT min(_row) AS _row, CAST(round(100 * avg(CASE WHEN {a} = {b} THEN 1 ELSE 0 END), 1) AS VARCHAR) || ' %' "
        f"AS value FROM {table(bound)} WHERE {both} HAVING avg(CASE WHEN {a} = {b} THEN 1 ELSE 0 END) >= {SHARE}",
        f"SELECT CAST(count(*) >= {ROWS} AS INTEGER) FROM {table(bound)} WHERE {both}",
        Text(f"两个日期几乎行行相同：{names}", f"two dates equal in almost every row: {one.column.name} = {two.column.name}"),
        Text("多为采集或导入时取错了字段；从源头重新取", "mostly the wrong field was taken on import; take it from the source again"),
        without=Text(f"两个日期都有值的不足 {ROWS} 行", f"fewer than {ROWS} rows have both dates"),
    )  # fmt: skip


def _constant(bound: Bound, c: BoundColumn) -> Rows:
    value = _value(c)
    return Rows(
        bound.entity.id if bound.entity else "", (c.id,),
        f"SELECT min(_row) AS _row, CAST(min({value}) AS VARCHAR) AS value FROM {table(bound)} WHERE {value} IS NOT NULL "
        f"HAVING min({value}) = max({value})",
        f"SELECT CAST(count({value}) >= {ROWS} AS INTEGER) FROM {table(bound)}",
        Text("整列只有一个值", "one value in the whole column"),
        Text("确实都相同的不必处理；否则从源头重新取", "nothing to do where it is so; else take it from the source again"),
        Severity.NOTE,
        Text(f"有值的不足 {ROWS} 行", f"fewer than {ROWS} rows have a value"),
    )  # fmt: skip


CHECK = Check(
    "constant-relation", Dimension.ACCURACY, Severity.WARNING,
    Text("恒等的日期或不变的列", "Constant relations"),
    Text("两个含义不同的日期几乎行行相同，或整列只有一个值，多为采集错误。",
         "Two dates of different meaning that are always equal, or a column of one value: mostly an error of collection."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
