"""A test under the CMA mark that the capability table of certificate and site does not have on that day."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import first
from zhijian.exchange.checks.model import Check, Context, Rows
from zhijian.exchange.checks.scope import COVERED, OTHER_YEAR, PAIRS, marked_items, matched
from zhijian.exchange.model import Dimension, Severity, Text

_WITH = f"WITH {marked_items()}, {PAIRS}, {COVERED}, {OTHER_YEAR}"
_KNOWN = "SEMI JOIN c AS listed ON j.n = listed.cn"
"""Of a certificate without any capability table nothing can be said."""
BEYOND = f"""{_WITH} SELECT j.item AS _row, j.p || ' | ' || j.m AS value FROM j {_KNOWN}
ANTI JOIN ok ON {matched("j", "ok")} ANTI JOIN near ON {matched("j", "near")} WHERE j.d IS NOT NULL"""
SUPERSEDED = f"""{_WITH} SELECT j.item AS _row, any_value(j.m) || ' / ' || min(near.cm) AS value FROM j
JOIN near ON {matched("j", "near")} ANTI JOIN ok ON {matched("j", "ok")} GROUP BY j.item"""
APPLICABLE = (
    f"WITH {marked_items()} SELECT count(*) FROM j SEMI JOIN capability t ON j.n = text(t.number) WHERE j.d IS NOT NULL"
)


def rules(bound: Bound, context: Context) -> Iterator[Rows]:
    if bound.entity is None or bound.entity.id != "report_item" or not first(bound, context):
        return
    without = Text("没有报告和能力附表可对照", "no reports and capability tables to hold it against")
    yield Rows(
        "report_item", ("parameter", "standard"), BEYOND, APPLICABLE,
        Text("检测当日该证书、该场所的能力附表没有这个参数和标准",
             "the capability table of certificate and site has no such parameter and standard on that day"),
        Text("核对参数名称、标准编号与能力附表一致；确实超出的不得使用资质认定标志",
             "spell parameter and standard as the capability table does; what is beyond it may not carry the mark"),
        without=without,
    )  # fmt: skip
    yield Rows(
        "report_item", ("standard", "parameter"), SUPERSEDED, APPLICABLE,
        Text("能力附表中该参数的标准年号不同", "the capability table has another year of this standard"),
        Text("年号有误的改正；标准已更新的先办理标准变更", "correct the year, or have the change of standard approved first"),
        Severity.WARNING, without,
    )  # fmt: skip


CHECK = Check(
    "out-of-scope", Dimension.CONSISTENCY, Severity.ERROR,
    Text("超出资质认定的能力范围", "Out of scope"),
    Text("使用资质认定标志的项目，其参数和标准（含年号）检测当日应在该证书、该场所的能力附表内。",
         "An item under the mark is in the capability table of certificate and site on the day, standard with its year."),
    rules, "《检验检测机构资质认定管理办法》第三十六条",
)  # fmt: skip
