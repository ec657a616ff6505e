"""The year in a certificate's number against the year of issue."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.model import Dimension, Severity, Text

_YEAR = "2000 + CAST(left(text(number), 2) AS INTEGER)"
_CMA = "regexp_full_match(text(number), '[0-9]{12}')"


def rules(bound: Bound, context: Context) -> Iterator[Cells]:
    if bound.entity is None or bound.entity.id != "certificate":
        return
    yield Cells(
        ("number", "issued_on"),
        f"CASE WHEN {_CMA} THEN {_YEAR} <= year(issued_on) END",
        Text("证书编号前两位（年份）晚于发证日期", "the number's year is after the day of issue"),
        Text("核对证书编号与发证日期", "compare number and day of issue"),
    )
    yield Cells(
        ("number", "issued_on"),
        f"CASE WHEN {_CMA} AND {_YEAR} <= year(issued_on) THEN {_YEAR} = year(issued_on) END",
        Text("证书编号前两位（年份）早于发证日期", "the number's year is before the day of issue"),
        Text("变更换发的证书编号不变，发证日期应填首次发证日期；否则核对编号",
             "a certificate issued anew after a change keeps its number: give the first day of issue; else check the number"),
        Severity.WARNING,
    )  # fmt: skip


CHECK = Check(
    "certificate-year", Dimension.ACCURACY, Severity.ERROR,
    Text("证书编号年份与发证日期不符", "Number and day of issue differ in year"),
    Text("资质认定证书编号共 12 位，前两位是发证年份。", "A CMA number has 12 digits; the first two are the year of issue."),
    rules, "资质认定证书编号规则",
)  # fmt: skip
