"""The authority in a certificate's number against the province of the institution."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import first
from zhijian.exchange.checks.model import Check, Context, Rows
from zhijian.exchange.model import Dimension, Severity, Text

PROVINCES = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65"
"""Province (GB/T 2260) of authority 01 京 … 31 新; 00, the national one, accredits everywhere."""
_PAIRS = ", ".join(f"('{n:02}', '{province}')" for n, province in enumerate(PROVINCES.split(), 1))
_FROM = """FROM certificate c JOIN p ON substring(text(c.number), 3, 2) = p.authority
JOIN institution i ON text(c.uscc) = text(i.uscc)
WHERE regexp_full_match(text(c.number), '[0-9]{12}') AND regexp_full_match(text(i.division), '[0-9]{6}')"""
_WITH = f"WITH p AS (SELECT * FROM (VALUES {_PAIRS}) AS v(authority, province))"


def rules(bound: Bound, context: Context) -> Iterator[Rows]:
    if bound.entity is None or bound.entity.id != "certificate" or not first(bound, context):
        return
    yield Rows(
        "certificate", ("number", "uscc"),
        f"{_WITH} SELECT c._row, any_value(text(c.number) || ' / ' || text(i.division)) AS value, min(i._row) AS other {_FROM} "
        "AND left(text(i.division), 2) <> p.province GROUP BY c._row",
        f"{_WITH} SELECT count(*) {_FROM}",
        Text("证书编号中的发证机关与机构所在省份不同", "the number's authority is of another province than the institution"),
        Text("核对证书编号第 3、4 位和机构的行政区划代码；迁址的不必处理",
             "check digits 3 and 4 and the institution's division; nothing to do where it moved"),
        without=Text("没有省级发证的证书与机构可对照", "no provincial certificates and institutions to compare"),
    )  # fmt: skip


CHECK = Check(
    "division-mismatch", Dimension.CONSISTENCY, Severity.WARNING,
    Text("发证机关与所在省份不符", "Authority and province differ"),
    Text("证书编号第 3、4 位是发证机关，一般与机构所在省份一致。",
         "Digits 3 and 4 of a CMA number are the authority, mostly of the institution's province."),
    rules, "资质认定证书编号规则",
)  # fmt: skip
