"""Blanks before or after a text."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import closely, label, texts
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.model import Dimension, Severity, Text

_BLANKS = "' ' || chr(9) || chr(10) || chr(13) || chr(12288) || chr(160)"


def rules(bound: Bound, context: Context) -> Iterator[Cells]:
    for c in texts(bound):
        said = label(c)
        yield Cells(
            (c.id,),
            closely(f"trim(raw({c.id}), {_BLANKS}) = raw({c.id})"),
            Text(f"{said.zh}前后有空格或换行", f"{said.en} has blanks around"),
            Text("删去首尾空白", "take them off"),
        )


CHECK = Check(
    "blanks-around", Dimension.CONFORMITY, Severity.WARNING,
    Text("首尾空白", "Blanks around"),
    Text("值的前后没有空格、制表符、换行。", "No blank, tab or line break around a value."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
