"""A text of exact length that has another."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.model import Dimension, Severity, Text


def rules(bound: Bound, context: Context) -> Iterator[Cells]:
    for e in bound.elements:
        # Where a check describes the whole form, or a list the values, that one says it.
        if e.type.kind == "text" and e.type.exact and not e.check and not e.codes:
            n = e.type.length
            yield Cells(
                (e.id,),
                f"len(list_filter(parts({e.id}), x -> length(x) <> {n})) = 0"
                if e.many
                else f"length(text({e.id})) = {n}",
                Text(f"{e.zh}应为 {n} 位", f"{e.en} has exactly {n} characters"),
                Text(
                    "与原始凭证核对；电子表格可能吃掉了前面的 0 或写成了科学计数",
                    "compare with the original: a spreadsheet may have dropped zeros",
                ),
            )


CHECK = Check(
    "wrong-length", Dimension.CONFORMITY, Severity.ERROR,
    Text("位数不对", "Wrong length"),
    Text("定长的编号位数正确。", "A number of fixed length has that length."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
