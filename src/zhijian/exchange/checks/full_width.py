"""Full-width digits and letters."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import closely, label, texts
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.model import Dimension, Severity, Text

FORM = "[０-９Ａ-Ｚａ-ｚ]"


def rules(bound: Bound, context: Context) -> Iterator[Cells]:
    for c in texts(bound):
        said = label(c)
        yield Cells(
            (c.id,),
            closely(f"NOT regexp_matches(raw({c.id}), '{FORM}')"),
            Text(f"{said.zh}含全角数字或字母", f"{said.en} holds full-width digits or letters"),
            Text("改为半角", "write them half-width"),
        )


CHECK = Check(
    "full-width", Dimension.CONFORMITY, Severity.WARNING,
    Text("全角数字字母", "Full-width digits and letters"),
    Text("数字和字母一律半角。", "Digits and letters are half-width."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
