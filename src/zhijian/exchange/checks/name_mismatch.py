"""Another name of the institution than its own, under the same code."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import first, table
from zhijian.exchange.checks.model import Check, Context, Rows
from zhijian.exchange.checks.relation import headed, plain_name
from zhijian.exchange.model import Dimension, Severity, Text

NAMES = (
    "机构名称",
    "检验检测机构",
    "检验检测机构名称",
    "检测机构",
    "检测机构名称",
    "检验机构",
    "承检机构",
    "单位名称",
    "机构",
    "institution_name",
    "lab_name",
)
"""Headers, in tables of other things, of the institution's name beside its code."""
ELEMENTS = {"proficiency_test": ("provider_uscc", "provider_name")}
"""Entity → (code, name) that the specification itself has side by side."""


def rules(bound: Bound, context: Context) -> Iterator[Rows]:
    if bound.entity is None or bound.entity.id == "institution":
        return
    if bound.entity.id in ELEMENTS and first(bound, context):
        yield _rule(bound, *ELEMENTS[bound.entity.id])
    for column in headed(bound, NAMES):
        if bound.column("uscc"):
            yield _rule(bound, "uscc", column.id)


def _rule(bound: Bound, code: str, name: str) -> Rows:
    entity = bound.entity.id if bound.entity else ""
    differ = f"{plain_name(f'text(a.{name})')} <> {plain_name('text(b.name)')}"
    return Rows(
        entity, (name, code),
        f"SELECT a._row, any_value(text(a.{name})) AS value, min(b._row) AS other FROM {table(bound)} a "
        f"JOIN institution b ON text(a.{code}) = text(b.uscc) WHERE {differ} GROUP BY a._row",
        f"SELECT count(text(a.{name})) FROM {table(bound)} a SEMI JOIN institution b ON text(a.{code}) = text(b.uscc)",
        Text("机构名称与该代码登记的名称不同", "not the name on record under this code"),
        Text("核对代码与名称；更名的，当时的名称可以保留", "check code and name; a former name may stay where it held then"),
        without=Text("没有机构数据可对照", "no institutions to hold it against"),
    )  # fmt: skip


CHECK = Check(
    "name-mismatch", Dimension.CONSISTENCY, Severity.WARNING,
    Text("机构名称不一致", "Names differ"),
    Text("同一统一社会信用代码在各表中应是同一机构名称（全半角、括号不计）。",
         "One code has one name over all tables, width and brackets aside."),
    rules, "《政务数据共享条例》（一数一源）",
)  # fmt: skip
