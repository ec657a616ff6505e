"""A table that is no entity's."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.model import Check, Context, Fact
from zhijian.exchange.model import Dimension, Severity, Text


def rules(bound: Bound, context: Context) -> Iterator[Fact]:
    headers = "、".join(c.column.name for c in bound.columns[:8])
    yield Fact(
        (bound.columns[0].id,) if bound.columns else ("_row",),
        bound.entity is None,
        Text(
            "没有认出是规范中的哪类数据，只做了通用检查", "not recognised as any entity: only general checks were made"
        ),
        Text("指明它是哪类数据，或先做对应关系", "say which entity it is, or map it first"),
        headers,
    )


CHECK = Check(
    "table-unrecognised", Dimension.ACCESSIBILITY, Severity.ERROR,
    Text("表未识别", "Table not recognised"),
    Text("每张表都能认出是规范中的哪类数据。", "Every table is recognised as an entity's."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
