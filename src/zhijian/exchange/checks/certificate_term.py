"""The term of a certificate: six years, three before August 2015."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.model import Dimension, Severity, Text


def rules(bound: Bound, context: Context) -> Iterator[Cells]:
    if bound.entity is None or bound.entity.id != "certificate":
        return
    full = "issued_on + INTERVAL 6 YEAR"
    six = "issued_on >= DATE '2015-08-01'"  # 163号令 in force; before it the term was three years
    yield Cells(
        ("expires_on", "issued_on"),
        f"CASE WHEN {six} THEN expires_on <= {full} END",
        Text("有效期长于六年", "its term is longer than six years"),
        Text("核对发证日期与有效期至", "check issue and expiry"),
    )
    yield Cells(
        ("expires_on", "issued_on"),
        f"CASE WHEN {six} AND expires_on > issued_on AND expires_on <= {full} "
        f"THEN expires_on >= {full} - INTERVAL 2 DAY END",
        Text("有效期短于六年", "its term is shorter than six years"),
        Text("变更换发的证书沿用原有效期，发证日期应填首次发证日期；否则核对",
             "a certificate issued anew after a change keeps its expiry: give the first day of issue; else check"),
        Severity.WARNING,
    )  # fmt: skip


CHECK = Check(
    "certificate-term", Dimension.ACCURACY, Severity.ERROR,
    Text("证书有效期不是六年", "Term of a certificate"),
    Text("资质认定证书有效期为六年（2015 年 8 月 1 日以前发的不判）。",
         "A certificate holds six years; those issued before 2015-08-01 are not judged."),
    rules, "《检验检测机构资质认定管理办法》第十一条",
)  # fmt: skip
