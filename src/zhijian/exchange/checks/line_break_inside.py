"""A line break inside a text of one line."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import closely, free, label
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.model import Dimension, Severity, Text

_BLANKS = "' ' || chr(9) || chr(10) || chr(13) || chr(12288) || chr(160)"


def rules(bound: Bound, context: Context) -> Iterator[Cells]:
    for c in free(bound):
        if c.element is not None and (c.element.lines or c.element.many):
            continue
        said = label(c)
        yield Cells(
            (c.id,),
            closely(f"NOT regexp_matches(trim(raw({c.id}), {_BLANKS}), '[\\n\\r]')"),
            Text(f"{said.zh}中间有换行", f"{said.en} has a line break inside"),
            Text("合为一行；确有多个值的，用“；”分开", "make it one line; separate several values by ；"),
        )


CHECK = Check(
    "line-break-inside", Dimension.CONFORMITY, Severity.WARNING,
    Text("单元格内换行", "Line break inside"),
    Text("只写一行的字段中间没有换行。", "No line break in a field of one line."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
