"""A value that is in no code list."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.code_in_words import words
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.checks.sql import among
from zhijian.exchange.model import Dimension, Severity, Text


def rules(bound: Bound, context: Context) -> Iterator[Cells]:
    for e in bound.elements:
        if e.codes:
            codes = context.spec.codelists[e.codes]
            shown = "、".join(f"{c.code}（{c.zh}）" for c in list(codes.values())[:8])
            yield Cells(
                (e.id,),
                # The name of a code is said by code-in-words, with the code to write.
                among(e, [*codes, *words(codes)]),
                Text(f"{e.zh}不在代码表“{e.codes}”内", f"{e.en}: not in the code list {e.codes}"),
                Text(f"改为代码表内的代码：{shown}", f"use a code of the list: {', '.join(list(codes)[:8])}"),
            )


CHECK = Check(
    "code-unknown", Dimension.CONFORMITY, Severity.ERROR,
    Text("代码不在代码表内", "Code not in its list"),
    Text("有代码表的字段只能取表内的代码。", "A field with a code list takes codes of that list only."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
