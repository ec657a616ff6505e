"""Markup of a page, or an escape, inside a text."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import closely, free, label
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.model import Dimension, Severity, Text

FORM = "</?[A-Za-z][^<>]*>|&(nbsp|lt|gt|amp|quot|apos|[a-z]{2,8}|#[0-9]+|#x[0-9A-Fa-f]+);|\\\\[rn]([^A-Za-z]|$)"


def rules(bound: Bound, context: Context) -> Iterator[Cells]:
    for c in free(bound):
        said = label(c)
        yield Cells(
            (c.id,),
            closely(f"NOT regexp_matches(raw({c.id}), '{FORM}')"),
            Text(f"{said.zh}含网页标记或转义符", f"{said.en} holds markup or an escape"),
            Text(
                "换成所表示的字符：<sup>2</sup> 写 ²，&nbsp; 写空格",
                "write the character that it stands for: ² for <sup>2</sup>",
            ),
        )


CHECK = Check(
    "markup", Dimension.CONFORMITY, Severity.WARNING,
    Text("网页标记", "Markup"),
    Text("文字中没有 HTML 标记和转义符。", "No HTML tags, entities or escapes in a text."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
