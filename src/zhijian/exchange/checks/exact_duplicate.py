"""A row that is there twice, alike in every column."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import first, table
from zhijian.exchange.checks.model import Check, Context, Rows
from zhijian.exchange.model import Dimension, Severity, Text


def rules(bound: Bound, context: Context) -> Iterator[Rows]:
    if not bound.columns or (bound.entity and not first(bound, context)):
        return
    here = bound.entity.id if bound.entity else table(bound)
    key = next((k for k in reversed(bound.entity.key if bound.entity else ()) if bound.column(k)), bound.columns[0].id)
    yield Rows(
        bound.entity.id if bound.entity else "", (key,),
        "WITH d AS (SELECT _hash, min(_row) AS first FROM "
        f"{here} GROUP BY _hash HAVING count(*) > 1) "
        f"SELECT a._row, text(a.{key}) AS value, d.first AS other FROM {here} a JOIN d ON a._hash = d._hash "
        "WHERE a._row <> d.first",
        f"SELECT count(*) FROM {here}",
        Text("与另一行完全相同", "the same as another row in every column"),
        Text("删去重复的行；查明是否重复导出", "remove it; find out whether it was exported twice"),
    )  # fmt: skip


CHECK = Check(
    "exact-duplicate", Dimension.CONSISTENCY, Severity.ERROR,
    Text("整行重复", "Exact duplicates"),
    Text("同一条记录只报送一次。", "A record is handed in once."),
    rules, "GB/T 36344-2018；《政务数据共享条例》",
)  # fmt: skip
