"""A limit that is no number: said, for a machine cannot compare with it."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import called, label
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.model import Dimension, Severity, Text


def rules(bound: Bound, context: Context) -> Iterator[Cells]:
    for c in called(bound, "limit"):
        said = label(c)
        yield Cells(
            (c.id,),
            f"regexp_matches(text({c.id}), '^[≤≥<>＜＞=]?\\s*[-+±]?[0-9]') AND NOT contains(text({c.id}), 'n=')",
            Text(f"{said.zh}是文字或采样方案，不能直接比较", f"{said.en} is words or a sampling plan, not a number"),
            Text("可以保留原文；程序按“不得检出”等词另行判读", "it may stay: words such as 不得检出 are read by rule"),
        )


CHECK = Check(
    "limit-in-words", Dimension.CONFORMITY, Severity.NOTE,
    Text("文字限值", "Limit in words"),
    Text("限值最好是能比较的数；文字限值列出备查。", "A limit that can be compared; others are listed."),
    rules,
)  # fmt: skip
