"""A character that nobody sees."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import closely, free, label
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.model import Dimension, Severity, Text

ODD = "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\xa0\\x{ad}\\x{200b}-\\x{200f}\\x{2028}-\\x{202e}\\x{2060}-\\x{206f}\\x{feff}\\x{e000}-\\x{f8ff}]"
"""Control, zero width, direction, private use; and the blank that is none (U+00A0)."""


def rules(bound: Bound, context: Context) -> Iterator[Cells]:
    for c in free(bound):
        said = label(c)
        yield Cells(
            (c.id,),
            closely(f"NOT regexp_matches(raw({c.id}), '{ODD}')"),
            Text(f"{said.zh}含看不见的字符", f"{said.en} holds a character that nobody sees"),
            Text(
                "删去零宽字符、控制字符和不间断空格；两个看起来一样的值会因此对不上",
                "take it out: two values that look alike differ by it",
            ),
        )


CHECK = Check(
    "hidden-character", Dimension.CONFORMITY, Severity.WARNING,
    Text("隐藏字符", "Hidden characters"),
    Text("文字中没有零宽、控制和私用字符。", "No zero-width, control or private characters."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
