"""What was met with the file's encoding."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.model import Check, Context, Fact
from zhijian.exchange.model import Dimension, Severity, Text


def rules(bound: Bound, context: Context) -> Iterator[Fact]:
    """A remark each; where there was none, one fact that holds."""
    on = (bound.columns[0].id,) if bound.columns else ("_row",)
    met = [r for r in bound.table.remarks if r.why.startswith(("encoding", "bom", "charset"))]
    for r in met:
        yield Fact(on, True, r.said, r.remedy, r.value or "", r.row, r.severity, None if r.row is None else 1)
    if not met:
        yield Fact(on, False, Text("", ""), Text("", ""))


CHECK = Check(
    "encoding", Dimension.ACCESSIBILITY, Severity.WARNING,
    Text("编码", "Encoding"),
    Text("文件编码明确，能完整读出。", "The encoding is known and every character could be read."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
