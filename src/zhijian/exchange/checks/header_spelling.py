"""A header that was recognised and is not the specification's name."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.model import Check, Context, Fact
from zhijian.exchange.model import Dimension, Severity, Text


def rules(bound: Bound, context: Context) -> Iterator[Fact]:
    for c in bound.columns:
        e = c.element
        if e is not None:
            yield Fact(
                (c.id,),
                c.column.name not in (e.id, e.zh, e.en),
                Text(
                    f"列名“{c.column.name}”与规范的“{e.zh}”写法不同",
                    f"header {c.column.name}: the specification says {e.en}",
                ),
                Text(
                    f"改为“{e.zh}”；现在能识别，不影响检查",
                    "write it as the specification does; it was recognised all the same",
                ),
                c.column.name,
            )


CHECK = Check(
    "header-spelling", Dimension.ACCESSIBILITY, Severity.NOTE,
    Text("列名写法", "Spelling of headers"),
    Text("列名与规范一致。", "Headers are the specification's names."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
