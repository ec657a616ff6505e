"""A compulsory element without a column."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound, key_of_parent
from zhijian.exchange.checks.model import Check, Context, Fact
from zhijian.exchange.model import Dimension, Severity, Text


def rules(bound: Bound, context: Context) -> Iterator[Fact]:
    if bound.entity is None:
        return
    must = [e for e in bound.entity.elements if e.required]
    for e in (*key_of_parent(context.spec, bound.entity), *must):
        yield Fact(
            (e.id,),
            bound.column(e.id) is None,
            Text(f"缺少“{e.zh}”列", f"no column {e.en}"),
            Text(
                "补上这一列；已有而名称不同的，在对应关系里写明",
                "add it; where it has another name, say so in the mapping",
            ),
            e.zh,
        )


CHECK = Check(
    "column-missing", Dimension.COMPLETENESS, Severity.ERROR,
    Text("缺少必填列", "Compulsory column missing"),
    Text("数据规范规定必填的字段都有一列。", "Every compulsory element has a column."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
