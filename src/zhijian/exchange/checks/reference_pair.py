"""References of two columns, institution and its own number, to what is not there."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import first
from zhijian.exchange.checks.model import Check, Context, Rows
from zhijian.exchange.model import Dimension, Severity, Text

REFERENCES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "authorisation": (("staff_no", "staff", "staff_no"),),
    "calibration": (("management_no", "instrument", "management_no"),),
    "inspection": (("site_no", "site", "site_no"),),
    "instrument": (("site_no", "site", "site_no"),),
    "report": (
        ("site_no", "site", "site_no"), ("sample_no", "sample", "sample_no"), ("signatory", "staff", "staff_no"),
        ("prepared_by", "staff", "staff_no"), ("reviewed_by", "staff", "staff_no"),
        ("certificate_number", "certificate", "number"),
    ),
    "report_item": (
        ("tester", "staff", "staff_no"),
        ("instruments", "instrument", "management_no"),
    ),
    "sample": (
        ("site_no", "site", "site_no"), ("received_by", "staff", "staff_no"), ("sampled_by", "staff", "staff_no"),
    ),
    "capability_level": (("sequence", "capability", "sequence"),),
    "rectification": (("finding_no", "finding", "finding_no"),),
}  # fmt: skip
"""Entity → (own column, target, its column)."""
SHARED = {"capability_level": ("number", "site_no"), "rectification": ("inspection_no",)}
"""Columns that both sides have besides; `uscc` where nothing is said."""


def rules(bound: Bound, context: Context) -> Iterator[Rows]:
    if bound.entity is None or not first(bound, context):
        return
    for column, target, theirs in REFERENCES.get(bound.entity.id, ()):
        yield _rule(bound, context, column, target, theirs)


def _rule(bound: Bound, context: Context, column: str, target: str, theirs: str) -> Rows:
    here = bound.entity.id if bound.entity else ""
    entities = {e.id: e for e in context.spec.entities.values()}
    element = next((e for e in bound.elements if e.id == column), None)
    many, name = element is not None and element.many, element.zh if element else column
    with_keys = SHARED.get(here, ("uscc",))
    shared = "".join(f", text(a.{k}) AS {k}_" for k in with_keys)
    value = f"unnest(parts(a.{column}))" if many else f"text(a.{column})"
    same = " AND ".join(f"x.{k}_ = text(b.{k})" for k in with_keys)
    return Rows(
        here, (column, *with_keys),
        f"WITH x AS (SELECT a._row{shared}, {value} AS v FROM {here} a WHERE text(a.{column}) IS NOT NULL) "
        f"SELECT x._row, x.v AS value FROM x ANTI JOIN {target} b ON {same} AND x.v = text(b.{theirs}) "
        f"WHERE {' AND '.join(f'x.{k}_ IS NOT NULL' for k in with_keys)}",
        f"SELECT CASE WHEN EXISTS (SELECT 1 FROM {target}) THEN count(text(a.{column})) ELSE 0 END FROM {here} a",
        Text(f"本机构名下没有这个编号的“{entities[target].zh}”（{name}）" if with_keys == ("uscc",)
             else f"没有对应的“{entities[target].zh}”（{name}）",
             f"no such {entities[target].en} of this institution ({column})" if with_keys == ("uscc",)
             else f"no such {entities[target].en} ({column})"),
        Text(f"核对编号与统一社会信用代码；或把缺少的{entities[target].zh}一并报送",
             "check number and code of the institution, or hand in what it refers to"),
        without=Text(f"没有“{entities[target].zh}”数据可对照", f"no data of {entities[target].en} to hold it against"),
    )  # fmt: skip


CHECK = Check(
    "reference-pair", Dimension.CONSISTENCY, Severity.ERROR,
    Text("机构名下没有所引用的记录", "Refers to nothing of this institution"),
    Text("人员、场所、仪器、样品、证书的编号应能在同一机构名下找到。",
         "Numbers of staff, sites, instruments, samples and certificates are found under the same institution."),
    rules, "GB/T 36344-2018；《检验检测机构资质认定管理办法》第十四条",
)  # fmt: skip
