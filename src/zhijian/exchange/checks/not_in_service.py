"""A person, site or instrument that was not in service on the day on which it was used."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import first
from zhijian.exchange.checks.model import Check, Context, Rows
from zhijian.exchange.checks.relation import lasting
from zhijian.exchange.model import Dimension, Severity, Text

_STAFF = ("staff", "staff_no", "employed_from", "employed_to")
_SITE = ("site", "site_no", "used_from", "used_to")
_UNIT = ("instrument", "management_no", "used_from", "used_to")
USES: dict[str, tuple[tuple[str, str, tuple[str, str, str, str]], ...]] = {
    "report": (("signatory", "issued_on", _STAFF), ("prepared_by", "issued_on", _STAFF), ("reviewed_by", "issued_on", _STAFF),
               ("site_no", "tested_from", _SITE), ("site_no", "tested_to", _SITE)),
    "report_item": (("tester", "tested_on", _STAFF), ("instruments", "tested_on", _UNIT)),
    "sample": (("received_by", "CAST(a.received_at AS DATE)", _STAFF),),
}  # fmt: skip
"""Entity → (column, the day, what it names: entity, number, first and last day). The same that admission of reports asks."""


def rules(bound: Bound, context: Context) -> Iterator[Rows]:
    if bound.entity is None or not first(bound, context):
        return
    here = bound.entity.id
    for column, day, (target, number, start, end) in USES.get(here, ()):
        element = next((e for e in bound.elements if e.id == column), None)
        zh, en = (element.zh, element.en) if element else (column, column)
        value = f"unnest(parts(a.{column}))" if element and element.many else f"text(a.{column})"
        on = day if "(" in day else f"a.{day}"
        same = f"x.u = text(b.uscc) AND x.v = text(b.{number})"
        used = f"WITH x AS (SELECT a._row, text(a.uscc) AS u, {value} AS v, {on} AS d FROM {here} a WHERE {on} IS NOT NULL) "
        yield Rows(
            here, (column, "uscc"),
            # known, and in no record of it in service: numbers that are nowhere are `reference-pair`'s
            f"{used}SELECT x._row, x.v || ' ' || CAST(x.d AS VARCHAR) AS value FROM x SEMI JOIN {target} b ON {same} "
            f"ANTI JOIN {target} c ON x.u = text(c.uscc) AND x.v = text(c.{number}) AND {lasting('c', start, end, 'x.d')}",
            f"SELECT CASE WHEN EXISTS (SELECT 1 FROM {target}) THEN count(text(a.{column})) ELSE 0 END FROM {here} a",
            Text(f"当日不在岗或不在用：{zh}", f"not in service on that day: {en}"),
            Text("核对编号和日期；任期、启停日期有误的改正登记", "check number and day, or correct the term on record"),
            without=Text("没有对应的登记数据可对照", f"no data of {target} to hold it against"),
        )  # fmt: skip


CHECK = Check(
    "not-in-service", Dimension.CONSISTENCY, Severity.ERROR,
    Text("当日不在岗、不在用", "Not in service on the day"),
    Text("报告所用的人员、场所、仪器，当日应在任期和启用期内。",
         "Staff, site and instruments of a report were in service on the day."),
    rules, "《检验检测机构监督管理办法》第十二条；《检验检测机构资质认定管理办法》第十四条",
)  # fmt: skip
