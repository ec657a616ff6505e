"""A digest that cannot be one."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import checked
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.model import Dimension, Severity, Text


def rules(bound: Bound, context: Context) -> Iterator[Cells]:
    for e in checked(bound, "hex64"):
        yield Cells(
            (e.id,),
            f"regexp_full_match(text({e.id}), '[0-9a-f]{{64}}')",
            Text(f"{e.zh}应为 64 位小写十六进制", f"{e.en}: 64 lower-case hexadecimal digits"),
            Text("由程序计算并原样写入，不要手工改写", "let a program compute it and write it as it is"),
        )


CHECK = Check(
    "digest-form", Dimension.CONFORMITY, Severity.ERROR,
    Text("文件摘要格式", "Form of digests"),
    Text("摘要为 32 字节，写成 64 位小写十六进制。", "Thirty-two bytes in lower-case hexadecimal."),
    rules, "GB/T 32905-2016",
)  # fmt: skip
