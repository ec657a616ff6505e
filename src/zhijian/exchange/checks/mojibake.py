"""Text that was read in the wrong encoding."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import closely, free, label
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.model import Dimension, Severity, Text

FORM = "锟斤拷|锟|\\x{fffd}|[ÃÂâäåæçèéï][\\x{80}-\\x{bf}]|[\\x{a1}-\\x{ff}]{4,}|[\\x{4e00}-\\x{9fff}]€|€[\\x{4e00}-\\x{9fff}]"
"""Twice-converted GBK, the replacement character, UTF-8 or GBK read as Latin-1, UTF-8 read as GBK."""


def rules(bound: Bound, context: Context) -> Iterator[Cells]:
    for c in free(bound):
        said = label(c)
        yield Cells(
            (c.id,),
            closely(f"NOT regexp_matches(raw({c.id}), '{FORM}')"),
            Text(f"{said.zh}是乱码", f"{said.en} is garbled"),
            Text(
                "从来源系统按正确的编码（UTF-8 或 GB18030）重新导出，乱码无法还原",
                "export it anew in the right encoding; it cannot be restored",
            ),
        )


CHECK = Check(
    "mojibake", Dimension.CONFORMITY, Severity.ERROR,
    Text("乱码", "Garbled text"),
    Text("文字没有因编码错误而损坏。", "No text was spoilt by a wrong encoding."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
