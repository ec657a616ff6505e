"""The verdict of a report against those of its items."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import first
from zhijian.exchange.checks.model import Check, Context, Rows
from zhijian.exchange.model import Dimension, Severity, Text

_SAME = "text(r.uscc) = f.u AND text(r.own_number) = f.n"
_BAD = "(SELECT text(i.uscc) AS u, text(i.own_number) AS n, min(i._row) AS first FROM report_item i WHERE {} GROUP BY u, n)"
FAILED = _BAD.format("text(i.verdict) = '不合格'")
ALL_PASS = _BAD.format("text(i.verdict) IS NOT NULL").replace(
    "GROUP BY u, n", "GROUP BY u, n HAVING min(text(i.verdict)) = '合格' AND max(text(i.verdict)) = '合格'"
)


def rules(bound: Bound, context: Context) -> Iterator[Rows]:
    if bound.entity is None or bound.entity.id != "report" or not first(bound, context):
        return
    remedy = Text("核对报告结论与各项目的单项判定", "compare the report's verdict with those of its items")
    without = Text("没有带单项判定的项目可对照", "no items with a verdict to hold it against")
    applicable = (
        "SELECT CASE WHEN EXISTS (SELECT 1 FROM report_item i WHERE filled(i.verdict)) THEN {} ELSE 0 END FROM report r"
    )
    select = (
        f"SELECT r._row, text(r.verdict) AS value, f.first AS other FROM report r JOIN {{}} f ON {_SAME} WHERE {{}}"
    )
    yield Rows(
        "report", ("verdict",), select.format(FAILED, "text(r.verdict) = '合格'"),
        applicable.format("count(*) FILTER (WHERE text(r.verdict) = '合格')"),
        Text("有项目不合格而报告判定为合格", "an item fails, yet the report conforms"), remedy, without=without,
    )  # fmt: skip
    yield Rows(
        "report", ("verdict",), select.format(ALL_PASS, "text(r.verdict) = '不合格'"),
        applicable.format("count(*) FILTER (WHERE text(r.verdict) = '不合格')"),
        Text("项目全部合格而报告判定为不合格", "all items conform, yet the report does not"), remedy,
        Severity.WARNING, without,
    )  # fmt: skip


CHECK = Check(
    "verdict-items", Dimension.CONSISTENCY, Severity.ERROR,
    Text("报告判定与单项判定矛盾", "Verdict of report and items"),
    Text("有一项不合格的，报告不应判合格；标签等不在项目内的不合格只作提示。",
         "A report with a failing item does not conform; the reverse is only pointed out, for labels and the like are no items."),
    rules, "《检验检测机构资质认定评审准则》（2023）附件4第40项",
)  # fmt: skip
