"""Columns that are blank for one kind of row only: an export that left something out, such as items of what passed."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound, BoundColumn
from zhijian.exchange.checks.forms import label, table
from zhijian.exchange.checks.model import Check, Context, Rows
from zhijian.exchange.checks.sql import quoted
from zhijian.exchange.model import Dimension, Severity, Text

LEAST, EMPTY, FULL, KINDS = 20, 0.01, 0.6, 12
"""Rows on either side; share filled that is called empty and full; values that a column of kinds may have."""


def rules(bound: Bound, context: Context) -> Iterator[Rows]:
    """Of an entity's table only what must be filled anyway: that samples brought in have no place of sampling is right."""
    watched = [c for c in bound.columns if c.element is None or c.element.required]
    for c in bound.columns:
        others = [o for o in watched if o is not c]
        if others and _kinds(c):
            yield _rule(bound, c, others)


def _kinds(c: BoundColumn) -> bool:
    e = c.element
    return c.text if e is None else bool(e.codes and not e.many) or e.type.kind == "bool"


def _rule(bound: Bound, c: BoundColumn, others: list[BoundColumn]) -> Rows:
    t, said = table(bound), label(c)
    fills = ", ".join(f"count_if(filled({o.id})) AS f_{o.id}" for o in others)
    totals = ", ".join(f"sum(f_{o.id}) AS s_{o.id}" for o in others)
    blank = ", ".join(
        f"CASE WHEN f_{o.id} <= n * {EMPTY} AND s_{o.id} - f_{o.id} >= (alln - n) * {FULL} THEN {quoted(label(o).zh)} END"
        for o in others
    )
    return Rows(
        t,
        (c.id,),
        f"WITH few AS (SELECT approx_count_distinct(text({c.id})) AS how_many FROM {t}), "
        f"by_kind AS (SELECT text({c.id}) AS k, min(_row) AS r, count(*) AS n, {fills} FROM {t}, few WHERE how_many <= {KINDS} GROUP BY 1), "
        f"of_all AS (SELECT sum(n) AS alln, {totals} FROM by_kind), "
        f"said AS (SELECT r, k, n, alln, concat_ws('、', {blank}) AS which FROM by_kind, of_all WHERE k IS NOT NULL) "
        f"SELECT r AS _row, concat(k, '：', which) AS value FROM said WHERE which <> '' AND n >= {LEAST} AND alln - n >= {LEAST}",
        f"SELECT CASE WHEN approx_count_distinct(text({c.id})) BETWEEN 2 AND {KINDS} THEN approx_count_distinct(text({c.id})) ELSE 0 END FROM {t}",
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
