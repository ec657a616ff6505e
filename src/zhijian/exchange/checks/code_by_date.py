"""What a record says now against the dated records behind it: credit class, states of a certificate."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import first
from zhijian.exchange.checks.model import Check, Context, Rows
from zhijian.exchange.checks.relation import ALWAYS
from zhijian.exchange.model import Dimension, Severity, Text

_LATEST = f"""l AS (SELECT text(c.uscc) AS u, arg_max(text(c.class), c.assessed_on) AS class,
  arg_max(c._row, c.assessed_on) AS row FROM credit c
  WHERE c.assessed_on <= today() AND coalesce(maybe(c.valid_to), {ALWAYS}) >= today() GROUP BY u)"""
_SPANS = f"""s AS (SELECT x._row, text(x.number) AS n, text(x.state) AS state, x.from_on AS f, coalesce(maybe(x.to_on), {ALWAYS}) AS t
  FROM certificate_state x WHERE x.from_on IS NOT NULL)"""


def rules(bound: Bound, context: Context) -> Iterator[Rows]:
    if bound.entity is None or not first(bound, context):
        return
    if bound.entity.id == "institution":
        yield Rows(
            "institution", ("credit_class",),
            f"WITH {_LATEST} SELECT i._row, text(i.credit_class) || ' / ' || l.class AS value, l.row AS other "
            "FROM institution i JOIN l ON text(i.uscc) = l.u WHERE text(i.credit_class) <> l.class",
            f"WITH {_LATEST} SELECT count(text(i.credit_class)) FROM institution i SEMI JOIN l ON text(i.uscc) = l.u",
            Text("信用风险类别与最近一次分类结果不同", "not the class of the latest classing"),
            Text("以最近一次有效的分类结果为准", "the latest valid classing counts"),
            without=Text("没有有效的分类结果可对照", "no valid classing to hold it against"),
        )  # fmt: skip
    if bound.entity.id == "certificate_state":
        yield Rows(
            "certificate_state", ("from_on", "to_on"),
            # the next record by day is enough to see: a term that runs past it runs into it
            f"WITH {_SPANS}, o AS (SELECT *, lag(t) OVER w AS before, lag(state) OVER w AS was, lag(_row) OVER w AS earlier FROM s "
            "WINDOW w AS (PARTITION BY n ORDER BY f, _row)) "
            "SELECT _row, was || ' / ' || state AS value, earlier AS other FROM o WHERE before >= f AND was <> state "
            "AND NOT (was = '暂停' AND state IN ('撤销', '注销'))",
            "SELECT count(x.from_on) FROM certificate_state x",
            Text("同一证书同一天有两种状态", "two states of one certificate on one day"),
            Text("给前一状态补填结束日期", "give the earlier state its last day"),
        )  # fmt: skip


CHECK = Check(
    "code-by-date", Dimension.CONSISTENCY, Severity.WARNING,
    Text("现状与带日期的记录不符", "Present and dated records differ"),
    Text("机构的信用类别应是最近一次有效分类的类别；一份证书一天只有一种状态。",
         "An institution's class is that of its latest valid classing; a certificate has one state a day."),
    rules, "《检验检测机构监督管理办法》第二十条",
)  # fmt: skip
