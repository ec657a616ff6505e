"""Two records of one key that say different things."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import first
from zhijian.exchange.checks.model import Check, Context, Rows
from zhijian.exchange.model import Dimension, Severity, Text


def rules(bound: Bound, context: Context) -> Iterator[Rows]:
    if bound.entity is None or not first(bound, context):
        return
    here, key = bound.entity.id, (*bound.parent_key, *bound.entity.key)
    names = "、".join(e.zh for k in key for e in bound.elements if e.id == k)
    whole = " AND ".join(f"text(a.{k}) IS NOT NULL" for k in key)
    same = " AND ".join(f"text(a.{k}) = text(f.{k})" for k in key)
    number = ", ".join(f"text(a.{k})" for k in key)
    yield Rows(
        here, tuple(reversed(key)),
        # Grouped by a number made of the key, which is quicker than by texts; two keys of one number are no duplicates.
        f"WITH d AS (SELECT hash({number}) AS k, min(a._row) AS first FROM {here} a WHERE {whole} "
        f"GROUP BY 1 HAVING min(a._hash) <> max(a._hash)) "
        f"SELECT a._row, text(a.{key[-1]}) AS value, d.first AS other FROM {here} a JOIN d ON hash({number}) = d.k "
        f"JOIN {here} f ON f._row = d.first AND {same} WHERE a._row <> d.first AND a._hash <> f._hash",
        f"SELECT count(*) FROM {here} a WHERE {whole}",
        Text(f"主键重复而内容不同（{names}）", f"the same key with other content ({', '.join(key)})"),
        Text("核对哪一条有效，只留一条；确为两条的改正编号", "keep the valid one; where they are two, correct the number"),
        without=Text(f"缺少主键列（{'、'.join(key)}）", f"columns of the key are missing ({', '.join(key)})"),
    )  # fmt: skip


CHECK = Check(
    "key-duplicate", Dimension.CONSISTENCY, Severity.ERROR,
    Text("主键重复", "Duplicate keys"),
    Text("同一主键只能有一条记录；从属记录连同其上级的主键。", "A key stands for one record; of a part together with its parent's key."),
    rules, "GB/T 36344-2018；《政务数据共享条例》",
)  # fmt: skip
