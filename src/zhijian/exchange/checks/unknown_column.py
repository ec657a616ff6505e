"""A column that is no element of the specification."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.model import Check, Context, Fact
from zhijian.exchange.model import Dimension, Severity, Text


def rules(bound: Bound, context: Context) -> Iterator[Fact]:
    if bound.entity is None:
        return
    for c in bound.columns:
        yield Fact(
            (c.id,),
            c.element is None,
            Text(
                f"“{c.column.name}”不是{bound.entity.zh}的字段", f"{c.column.name} is no element of {bound.entity.en}"
            ),
            Text("在对应关系里写明它对应什么，或写明不报送", "say in the mapping what it is, or that it is left out"),
            c.column.name,
        )


CHECK = Check(
    "unknown-column", Dimension.ACCESSIBILITY, Severity.NOTE,
    Text("规范外的列", "Column outside the specification"),
    Text("表中各列都是规范的字段；其余列出，不会悄悄丢掉。", "Columns are elements; others are listed and never dropped silently."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
