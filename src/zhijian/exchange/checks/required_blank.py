"""A compulsory field left empty."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.model import Dimension, Severity, Text


def rules(bound: Bound, context: Context) -> Iterator[Cells]:
    for e in bound.elements:
        if e.required:
            yield Cells(
                (e.id,),
                f"written({e.id})",
                Text(f"{e.zh}未填", f"{e.en} is empty"),
                Text("补填；确实不存在的，按数据规范说明理由", "fill it in"),
            )


CHECK = Check(
    "required-blank", Dimension.COMPLETENESS, Severity.ERROR,
    Text("必填项为空", "Compulsory field empty"),
    Text("数据规范规定必填的字段应有值。", "A field that the specification makes compulsory has a value."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
