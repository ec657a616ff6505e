"""Columns that are blank for one kind of row only: an export that left something out, such as items of what passed."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound, BoundColumn
from zhijian.exchange.checks.forms import fills, kinds, label
from zhijian.exchange.checks.model import Check, Context, Rows
from zhijian.exchange.checks.sql import quoted
from zhijian.exchange.model import Dimension, Severity, Text

LEAST, EMPTY, FULL = 20, 0.01, 0.6
"""Rows on either side; share filled that is called empty and full."""


def rules(bound: Bound, context: Context) -> Iterator[Rows]:
    """Of an entity's table only what must be filled anyway: that samples brought in have no place of sampling is right."""
    for c in bound.columns:
        others = any(o is not c and (o.element is None or o.element.required) for o in bound.columns)
        if others and kinds(c):
            yield _rule(bound, c)


def _rule(bound: Bound, c: BoundColumn) -> Rows:
    said = label(c)
    of = f"FROM {fills(bound)} WHERE divided = {quoted(c.id)} AND item <> {quoted(c.id)} AND watched"
    return Rows(
        "",
        (c.id,),
        f"WITH by_kind AS (SELECT *, sum(total) OVER (PARTITION BY item) AS alln, sum(filled) OVER (PARTITION BY item) AS alls {of}), "
        f"blank AS (SELECT word, first, named, nth FROM by_kind WHERE word IS NOT NULL AND total >= {LEAST} "
        f"AND alln - total >= {LEAST} AND filled <= total * {EMPTY} AND alls - filled >= (alln - total) * {FULL}) "
        "SELECT min(first) AS _row, concat(word, '：', string_agg(named, '、' ORDER BY nth)) AS value FROM blank GROUP BY word",
        f"SELECT CASE WHEN count(DISTINCT word) >= 2 THEN count(DISTINCT word) ELSE 0 END {of}",
        Text(
            f"{said.zh}为某一值的行，有的列几乎全空，其他行却有值",
            f"where {said.en} has one value, columns are blank that others fill",
        ),
        Text(
            "多半是导出或采集时按类别漏掉了，补采这些行的内容",
            "most likely left out by kind on export: gather it for these rows",
        ),
        without=Text("取值只有一种，或种类太多", "one value only, or too many"),
    )


CHECK = Check(
    "blank-by-value", Dimension.COMPLETENESS, Severity.WARNING,
    Text("按类别成片缺失", "Blank by kind of row"),
    Text("不因为行的类别（如“合格”）而成片缺失。", "Nothing is left out for one kind of row, such as those that pass."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
