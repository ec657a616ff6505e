"""A column in which nobody ever wrote anything."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import label, table
from zhijian.exchange.checks.model import Check, Context, Rows
from zhijian.exchange.model import Dimension, Severity, Text


def rules(bound: Bound, context: Context) -> Iterator[Rows]:
    t = table(bound)
    for c in bound.columns:
        # Of a compulsory one each blank is said by required-blank.
        if c.element is None or not c.element.required:
            said = label(c)
            yield Rows(
                t,
                (c.id,),
                f"SELECT NULL AS _row, NULL AS value FROM {t} HAVING count(*) > 0 AND count_if(filled({c.id})) = 0",
                f"SELECT least(count(*), 1) FROM {t}",
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
