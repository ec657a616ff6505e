"""Length and type of a record's values, as checks."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.model import Dimension, Severity, Text


def _length(bound: Bound, context: Context) -> Iterator[Cells]:
    for e in bound.elements:
        if e.type.kind == "text" and e.type.length and not e.many:
            sign, said = ("=", "应为") if e.type.exact else ("<=", "最多")
            yield Cells(
                (e.id,), f"length(text({e.id})) {sign} {e.type.length}",
                Text(f"{e.zh}{said} {e.type.length} 个字符", f"{e.en}: {'exactly' if e.type.exact else 'at most'} {e.type.length} characters"),
                Text("核对原值，或在映射中改写", "compare with the source, or rewrite it in the mapping"),
            )  # fmt: skip


def _type(bound: Bound, context: Context) -> Iterator[Cells]:
    for e in bound.elements:
        if e.type.kind != "text" and not e.many:
            yield Cells(
                (e.id,), f"CASE WHEN text({e.id}) IS NOT NULL THEN {e.id} IS NOT NULL END",
                Text(f"{e.zh}读不成 {e.notation}", f"{e.en}: does not read as {e.notation}"),
                Text("给这个字段写 as（day、number、truth）或代码对照", "give the field an `as` (day, number, truth) or codes"),
            )  # fmt: skip


FITTING = (
    Check("fits-length", Dimension.CONFORMITY, Severity.ERROR, Text("长度不符", "Length"),
          Text("值的长度合乎数据规范。", "A value's length is what the specification says."), _length),
    Check("fits-type", Dimension.CONFORMITY, Severity.ERROR, Text("类型不符", "Type"),
          Text("值能按数据规范的类型读。", "A value reads as the type of the specification."), _type),
)  # fmt: skip
