"""A report under the CMA mark signed by somebody who might not sign it on that day."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import first
from zhijian.exchange.checks.model import Check, Context, Rows
from zhijian.exchange.checks.relation import ALWAYS, lasting
from zhijian.exchange.checks.scope import COVERED, PAIRS, marked_items, matched
from zhijian.exchange.model import Dimension, Severity, Text

_WHO = "text(r.uscc) = text(a.uscc) AND text(r.signatory) = text(a.staff_no)"
NOBODY = f"""SELECT r._row, text(r.signatory) AS value FROM report r ANTI JOIN authorisation a
ON {_WHO} AND {lasting("a", "from_on", "to_on", "r.issued_on")}
WHERE r.cma_marked AND r.issued_on IS NOT NULL AND text(r.signatory) IS NOT NULL"""
_SIGNED = ", r._row AS report, text(r.uscc) AS u, text(r.signatory) AS who, r.issued_on AS signed"
_WHO_WHEN = " AND ".join(f"{{0}}.{k} = {{1}}.{k}" for k in ("u", "who", "signed", "category"))
# judged by person, day and category, of which there are few; an item under several categories needs one of them
OTHER = f"""WITH {marked_items(_SIGNED)}, {PAIRS}, {COVERED},
a AS (SELECT text(g.uscc) AS u, text(g.staff_no) AS who, unnest(parts(g.categories)) AS what, g.from_on AS first,
  coalesce(maybe(g.to_on), {ALWAYS}) AS last FROM authorisation g),
x AS (SELECT j.report, j.item, j.p, j.u, j.who, j.signed, ok.category FROM j JOIN ok ON {matched("j", "ok")}),
act AS (SELECT DISTINCT u, who, signed, category FROM x),
may AS (SELECT DISTINCT act.u, act.who, act.signed, act.category FROM act JOIN a ON act.u = a.u AND act.who = a.who
  AND a.first <= act.signed AND a.last >= act.signed WHERE a.what = act.category OR a.what = '*'),
bad AS (SELECT act.* FROM act ANTI JOIN may ON {_WHO_WHEN.format("act", "may")}
  SEMI JOIN a AS some ON act.u = some.u AND act.who = some.who AND some.first <= act.signed AND some.last >= act.signed),
found AS (SELECT x.* FROM x SEMI JOIN bad ON {_WHO_WHEN.format("x", "bad")}),
saved AS (SELECT x.item FROM x SEMI JOIN found ON x.item = found.item SEMI JOIN may ON {_WHO_WHEN.format("x", "may")})
SELECT found.report AS _row, any_value(found.who) || ' | ' || min(found.p) AS value, min(found.item) AS other
FROM found ANTI JOIN saved ON found.item = saved.item GROUP BY found.report"""
_MARKED = "count(*) FILTER (WHERE r.cma_marked AND r.issued_on IS NOT NULL AND text(r.signatory) IS NOT NULL)"
APPLICABLE = f"SELECT CASE WHEN EXISTS (SELECT 1 FROM authorisation) THEN {_MARKED} ELSE 0 END FROM report r"
COVERS = f"SELECT CASE WHEN EXISTS (SELECT 1 FROM capability) THEN n ELSE 0 END FROM ({APPLICABLE.replace('END FROM', 'END AS n FROM')})"


def rules(bound: Bound, context: Context) -> Iterator[Rows]:
    if bound.entity is None or bound.entity.id != "report" or not first(bound, context):
        return
    yield Rows(
        "report", ("signatory", "issued_on"), NOBODY, APPLICABLE,
        Text("签发当日签字人没有授权", "the signatory was not authorised on the day"),
        Text("核对签字人编号和签发日期；或补报授权记录", "check signatory and day, or hand in the authorisation"),
        without=Text("没有授权签字人数据可对照", "no authorisations to hold it against"),
    )  # fmt: skip
    yield Rows(
        "report", ("signatory", "issued_on"), OTHER, COVERS,
        Text("签字人的授权不包括报告中项目的类别", "the signatory's authorisation leaves out the category of an item"),
        Text("由在授权范围内的签字人签发；或改正授权类别", "have it signed within scope, or correct the categories"),
        without=Text("没有授权、能力附表和项目数据可对照", "no authorisations, capability tables and items to hold it against"),
    )  # fmt: skip


CHECK = Check(
    "signatory-not-authorised", Dimension.CONSISTENCY, Severity.ERROR,
    Text("签字人未获授权", "Signatory not authorised"),
    Text("使用资质认定标志的报告由签发当日获授权、授权类别包括全部项目的签字人签发。",
         "A report under the mark is signed by somebody authorised that day for the categories of its items."),
    rules, "《检验检测机构监督管理办法》第十二条",
)  # fmt: skip
