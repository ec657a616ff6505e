"""A number left out: items of a report, and reports of an institution that numbers without gaps."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import first
from zhijian.exchange.checks.model import Check, Context, Rows
from zhijian.exchange.model import Dimension, Severity, Text

DENSE, LEAST = 0.8, 20
"""Share of numbers used between the first and the last, and how many reports, from which a numbering is called dense."""


def rules(bound: Bound, context: Context) -> Iterator[Rows]:
    if bound.entity is None or not first(bound, context):
        return
    here = bound.entity.id
    if bound.parent_key and bound.entity.key == ("seq",):
        whose = ", ".join(f"text({k})" for k in bound.parent_key)
        yield Rows(
            here,
            ("seq",),
            # Where a number stands twice as well, key-repeated or its like says so.
            f"SELECT arg_max(_row, seq) AS _row, concat('1–', CAST(max(seq) AS BIGINT), '，', count(*)) AS value "
            f"FROM {here} WHERE seq IS NOT NULL GROUP BY {whose} HAVING max(seq) > count(*)",
            f"SELECT count(DISTINCT ({whose})) FROM {here} WHERE seq IS NOT NULL",
            Text("序号不连续：中间有缺", "the sequence has a gap"),
            Text("补报缺少的行，或重新编号", "hand in what is left out, or number them anew"),
        )
    if here == "report":
        yield _numbers(here)


def _numbers(here: str) -> Rows:
    n = "TRY_CAST(regexp_extract(text(own_number), '([0-9]{1,15})[^0-9]*$', 1) AS BIGINT)"
    stem = "concat(text(uscc), ' ', regexp_replace(text(own_number), '[0-9]{1,15}([^0-9]*)$', '\\1'))"
    numbers = (
        f"numbers AS (SELECT _row, text(own_number) AS own, {stem} AS stem, {n} AS n FROM {here} WHERE {n} IS NOT NULL)"
    )
    dense = (
        f"dense AS (SELECT stem FROM numbers GROUP BY stem HAVING count(*) >= {LEAST} "
        f"AND count(*) >= {DENSE} * (max(n) - min(n) + 1))"
    )
    steps = "steps AS (SELECT _row, own, n, lag(n) OVER (PARTITION BY stem ORDER BY n) AS before FROM numbers SEMI JOIN dense ON numbers.stem = dense.stem)"
    return Rows(
        here,
        ("own_number",),
        f"WITH {numbers}, {dense}, {steps} SELECT _row, concat(own, ' ← …', before) AS value FROM steps WHERE n - before > 1",
        f"WITH {numbers}, {dense} SELECT count(*) FROM numbers SEMI JOIN dense ON numbers.stem = dense.stem",
        Text("报告编号中断：前面有缺号", "numbers are missing before this one"),
        Text("说明缺号原因（作废、未报送），漏报的补报", "say why (void, not handed in), or hand in what is missing"),
        Severity.WARNING,
        Text("没有连续编号的机构", "no institution numbers without gaps"),
    )


CHECK = Check(
    "sequence-gap", Dimension.COMPLETENESS, Severity.ERROR,
    Text("序号缺号", "Gap in a sequence"),
    Text("报告内的项目序号、机构内的报告编号没有缺号。", "Items within a report and reports of an institution are numbered without a gap."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
