"""A column in which nobody ever wrote anything."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import fills, label
from zhijian.exchange.checks.model import Check, Context, Rows
from zhijian.exchange.checks.sql import quoted
from zhijian.exchange.model import Dimension, Severity, Text


def rules(bound: Bound, context: Context) -> Iterator[Rows]:
    for c in bound.columns:
        # Of a compulsory one each blank is said by required-blank.
        if c.element is None or not c.element.required:
            said, of = label(c), f"FROM {fills(bound)} WHERE divided = '' AND item = {quoted(c.id)} AND total > 0"
            yield Rows(
                "",
                (c.id,),
                f"SELECT NULL AS _row, NULL AS value {of} AND filled = 0",
                f"SELECT count(*) {of}",
                Text(f"{said.zh}整列为空", f"{said.en} is empty throughout"),
                Text(
                    "来源系统没有采集的，说明原因；导出时漏掉的，重新导出",
                    "say why nothing was collected, or export it anew",
                ),
                without=Text("表中没有行", "no rows"),
            )


CHECK = Check(
    "column-empty", Dimension.COMPLETENESS, Severity.WARNING,
    Text("整列为空", "Column always empty"),
    Text("有列就有值；整列为空多半是导出时丢了。", "A column that is there holds something."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
