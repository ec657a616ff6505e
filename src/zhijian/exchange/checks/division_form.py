"""A division code that cannot be one."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import checked
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.model import Dimension, Severity, Text


def rules(bound: Bound, context: Context) -> Iterator[Cells]:
    for e in checked(bound, "division"):
        yield Cells(
            (e.id,),
            f"regexp_full_match(text({e.id}), '[1-8][0-9]{{5}}')",
            Text(f"{e.zh}应为 6 位行政区划代码", f"{e.en}: six digits of GB/T 2260"),
            Text(
                "写县级行政区划代码，不写名称；不用 9 位或 12 位的统计代码",
                "the county's six digits; not its name, not the 9 or 12 digits of statistics",
            ),
        )


CHECK = Check(
    "division-form", Dimension.CONFORMITY, Severity.ERROR,
    Text("行政区划代码格式", "Form of division codes"),
    Text("行政区划代码为 6 位数字。", "A division code has six digits."),
    rules, "GB/T 2260",
)  # fmt: skip
