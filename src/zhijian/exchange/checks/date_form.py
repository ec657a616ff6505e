"""A date that is no date, or is not written as one."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import elements, readable
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.model import Dimension, Severity, Text


def rules(bound: Bound, context: Context) -> Iterator[Cells]:
    for e in elements(bound, "date"):
        yield Cells(
            (e.id,),
            readable(e),
            Text(f"{e.zh}不是能识别的日期", f"{e.en} cannot be read as a date"),
            Text(
                "写成 2026-03-01；电子表格里显示为五位数字的，先改为日期格式",
                "write 2026-03-01; a five-digit number is a spreadsheet's day",
            ),
        )
        yield Cells(
            (e.id,),
            f"CASE WHEN {e.id} IS NOT NULL THEN strlen(text({e.id})) = 10 AND substring(text({e.id}), 5, 1) = '-' END",
            Text(f"{e.zh}没有按 2026-03-01 的格式写", f"{e.en} is not written as 2026-03-01"),
            Text("改为 年-月-日，各占 4、2、2 位", "write year-month-day with 4, 2 and 2 digits"),
            Severity.WARNING,
        )


CHECK = Check(
    "date-form", Dimension.CONFORMITY, Severity.ERROR,
    Text("日期格式", "Form of dates"),
    Text("日期能识别，并按 GB/T 7408 写成 2026-03-01。", "A date can be read, and is written as 2026-03-01."),
    rules, "GB/T 7408.1-2023",
)  # fmt: skip
