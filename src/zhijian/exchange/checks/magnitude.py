"""A result a thousand times off its kind: mg for μg, or a point lost."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import first
from zhijian.exchange.checks.model import Check, Context, Rows
from zhijian.exchange.model import Dimension, Severity, Text

ENOUGH = 20
"""Values of one parameter, unit and method below which nothing is said."""
STEPS = 20
"""Classes a power of ten: the median comes from their counts, so that 30 million results cost no more than one pass."""
_X = "CASE WHEN regexp_full_match(text(i.result), '[0-9]+([.][0-9]+)?') THEN TRY_CAST(text(i.result) AS DOUBLE) END"
_STEP = f"round({STEPS} * log10(CASE WHEN {_X} > 0 THEN {_X} END))"
_UNIT = "coalesce(maybe(text(i.unit)), '') || chr(31) || coalesce(maybe(text(i.standard)), '')"
"""With the method: lead in soil is a thousand times lead in rice, and each has a standard of its own."""
FAILING = f"""WITH
h AS (SELECT text(i.parameter) AS p, {_UNIT} AS u, {_STEP} AS step, count(*) AS n FROM report_item i GROUP BY p, u, step),
c AS (SELECT *, sum(n) OVER (PARTITION BY p, u ORDER BY step) AS upto, sum(n) OVER (PARTITION BY p, u) AS total
      FROM h WHERE step IS NOT NULL),
m AS (SELECT p, u, min(step) AS middle FROM c WHERE 2 * upto >= total AND total >= {ENOUGH} GROUP BY p, u),
d AS (SELECT h.p, h.u, m.middle, abs(h.step - m.middle) AS off, h.n FROM h JOIN m ON h.p = m.p AND h.u = m.u
      WHERE h.step IS NOT NULL),
e AS (SELECT *, sum(n) OVER (PARTITION BY p, u ORDER BY off) AS upto, sum(n) OVER (PARTITION BY p, u) AS total FROM d),
s AS (SELECT p, u, min(middle) AS middle, min(off) AS mad FROM e WHERE 2 * upto >= total GROUP BY p, u)
SELECT i._row, text(i.result) AS value FROM report_item i JOIN s ON text(i.parameter) = s.p AND {_UNIT} = s.u
WHERE abs({_STEP} - s.middle) >= {2.7 * STEPS} AND abs({_STEP} - s.middle) > 6 * 1.4826 * s.mad"""
APPLICABLE = (
    f"SELECT coalesce(sum(n), 0) FROM (SELECT count({_STEP}) AS n FROM report_item i "
    f"GROUP BY text(i.parameter), {_UNIT}) WHERE n >= {ENOUGH}"
)


def rules(bound: Bound, context: Context) -> Iterator[Rows]:
    if bound.entity is None or bound.entity.id != "report_item" or not first(bound, context):
        return
    yield Rows(
        "report_item", ("result", "unit"), FAILING,
        APPLICABLE,
        Text("结果与同一参数、单位和方法的其他结果相差约千倍", "about a thousand times off other results of its parameter, unit and method"),
        Text("核对单位（mg 与 μg、g 与 mg）和小数点", "check the unit (mg or μg, g or mg) and the decimal point"),
        without=Text(f"没有一个参数、单位和方法有 {ENOUGH} 个数值结果", f"no parameter, unit and method has {ENOUGH} numeric results"),
    )  # fmt: skip


CHECK = Check(
    "magnitude", Dimension.ACCURACY, Severity.WARNING,
    Text("结果数量级异常", "Magnitude"),
    Text("同一参数、单位和方法的结果与中位数相差约千倍且远离其散布，多为单位或小数点写错。",
         "A thousand times off the median of its parameter, unit and method, far beyond their spread: mostly unit or point."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
