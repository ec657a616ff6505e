"""A number that is none."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import elements, readable
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.model import Dimension, Severity, Text


def rules(bound: Bound, context: Context) -> Iterator[Cells]:
    for e in elements(bound, "integer", "decimal"):
        yield Cells(
            (e.id,),
            readable(e),
            Text(f"{e.zh}不是数字", f"{e.en} is not a number"),
            Text(
                f"只写数字，不写单位{f'“{e.unit}”' if e.unit else ''}、千分位逗号和文字",
                "digits only: no unit, no thousands separator, no words",
            ),
        )


CHECK = Check(
    "number-form", Dimension.CONFORMITY, Severity.ERROR,
    Text("数字格式", "Form of numbers"),
    Text("数值字段只有数字。", "A numeric field holds a number and nothing else."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
