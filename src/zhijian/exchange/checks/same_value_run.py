"""One result many times in a row: filled down in a spreadsheet, or repeated by an import."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import first
from zhijian.exchange.checks.model import Check, Context, Rows
from zhijian.exchange.model import Dimension, Severity, Text

RUN = 20
MEASURED = (
    "regexp_full_match(text(i.result), '[0-9]+([.][0-9]+)?') AND regexp_matches(text(i.result), '[1-9][0-9.]*[0-9]')"
)
"""Two figures at least: 未检出, 0 or 1 repeat honestly."""
FAILING = f"""WITH often AS (SELECT DISTINCT u, p FROM (SELECT text(i.uscc) AS u, text(i.parameter) AS p FROM report_item i
  WHERE {MEASURED} GROUP BY u, p, text(i.result) HAVING count(*) >= {RUN})),
x AS (SELECT i._row, o.u, o.p, text(i.result) AS v, {MEASURED} AS measured FROM report_item i
  JOIN often o ON text(i.uscc) = o.u AND text(i.parameter) = o.p),
edge AS (SELECT *, CASE WHEN v = lag(v) OVER (PARTITION BY u, p ORDER BY _row) THEN 0 ELSE 1 END AS turn FROM x),
run AS (SELECT *, sum(turn) OVER (PARTITION BY u, p ORDER BY _row) AS nth FROM edge)
SELECT min(_row) AS _row, min(v) || ' × ' || CAST(count(*) AS VARCHAR) AS value FROM run WHERE measured
GROUP BY u, p, nth HAVING count(*) >= {RUN}"""


def rules(bound: Bound, context: Context) -> Iterator[Rows]:
    if bound.entity is None or bound.entity.id != "report_item" or not first(bound, context):
        return
    yield Rows(
        "report_item", ("result", "parameter"), FAILING,
        "SELECT count(*) FROM (SELECT 1 FROM report_item i "
        f"GROUP BY text(i.uscc), text(i.parameter) HAVING count(CASE WHEN {MEASURED} THEN 1 END) >= {RUN})",
        Text(f"同一机构同一参数的结果连续 {RUN} 行以上相同", f"one result {RUN} times in a row or more"),
        Text("核对原始记录；填充或重复导入的改正", "compare with the raw records; mend what was filled down or imported twice"),
        without=Text(f"没有一个机构和参数有 {RUN} 个数值结果", f"no institution and parameter has {RUN} numeric results"),
    )  # fmt: skip


CHECK = Check(
    "same-value-run", Dimension.ACCURACY, Severity.WARNING,
    Text("结果连续相同", "One value in a row"),
    Text("一家机构一个参数的数值结果长段相同；未检出和个位数不判。",
         "Long runs of one numeric result of an institution and parameter; non-detects and single figures are not judged."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
