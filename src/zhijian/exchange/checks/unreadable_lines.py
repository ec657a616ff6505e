"""Lines and cells that could not be read as they stand, and whatever else opening the file met."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.model import Check, Context, Fact
from zhijian.exchange.model import Dimension, Severity, Text


def rules(bound: Bound, context: Context) -> Iterator[Fact]:
    """A remark each; where there was none, one fact that holds."""
    on = (bound.columns[0].id,) if bound.columns else ("_row",)
    met = [r for r in bound.table.remarks if not r.why.startswith(("encoding", "bom", "charset"))]
    for r in met:
        yield Fact(on, True, r.said, r.remedy, r.value or "", r.row, r.severity, None if r.row is None else 1)
    if not met:
        yield Fact(on, False, Text("", ""), Text("", ""))


CHECK = Check(
    "unreadable-lines", Dimension.ACCESSIBILITY, Severity.WARNING,
    Text("读取时的问题", "Met on opening"),
    Text("文件能逐行完整读出；引号、分隔符、列数一致。", "Every line could be read: quotes, delimiters and columns agree."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
