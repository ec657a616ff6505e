"""A time that is no time, or is not written as one."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import elements, readable
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.model import Dimension, Severity, Text


def rules(bound: Bound, context: Context) -> Iterator[Cells]:
    for e in elements(bound, "datetime"):
        yield Cells(
            (e.id,),
            readable(e),
            Text(f"{e.zh}不是能识别的时间", f"{e.en} cannot be read as a time"),
            Text("写成 2026-03-01 09:30:00", "write 2026-03-01 09:30:00"),
        )
        t = f"text({e.id})"
        yield Cells(
            (e.id,),
            f"CASE WHEN {e.id} IS NOT NULL THEN strlen({t}) >= 16 AND substring({t}, 5, 1) = '-' AND substring({t}, 8, 1) = '-' END",
            Text(
                f"{e.zh}没有按 2026-03-01 09:30:00 的格式写，或只有日期",
                f"{e.en} is not written as 2026-03-01 09:30:00, or is a day only",
            ),
            Text("改为 年-月-日 时:分:秒", "write year-month-day hour:minute:second"),
            Severity.WARNING,
        )


CHECK = Check(
    "time-form", Dimension.CONFORMITY, Severity.ERROR,
    Text("时间格式", "Form of times"),
    Text("时间能识别，并写到时分秒。", "A time can be read, and is written with its hour and minute."),
    rules, "GB/T 7408.1-2023",
)  # fmt: skip
