"""Neither yes nor no."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import elements, readable
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.model import Dimension, Severity, Text


def rules(bound: Bound, context: Context) -> Iterator[Cells]:
    for e in elements(bound, "bool"):
        yield Cells(
            (e.id,),
            readable(e),
            Text(f"{e.zh}既不是“是”也不是“否”", f"{e.en} is neither yes nor no"),
            Text("写“是”或“否”（也可写 true、false、1、0）", "write 是 or 否 (true, false, 1 and 0 are read as well)"),
        )


CHECK = Check(
    "bool-form", Dimension.CONFORMITY, Severity.ERROR,
    Text("是否格式", "Form of yes and no"),
    Text("是否类字段只写是或否。", "A field that is true or false says which."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
