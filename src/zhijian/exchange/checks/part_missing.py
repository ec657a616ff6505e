"""A record without the parts that it consists of: a report without items."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import first
from zhijian.exchange.checks.model import Check, Context, Rows
from zhijian.exchange.model import Dimension, Severity, Text


def rules(bound: Bound, context: Context) -> Iterator[Rows]:
    if bound.entity is None or not first(bound, context):
        return
    here = bound.entity
    for part_id in here.parts.values():
        part = context.spec.entities[part_id]
        same = " AND ".join(f"text(a.{k}) = text(b.{k})" for k in here.key)
        yield Rows(
            here.id,
            (here.key[-1],),
            f"SELECT a._row, text(a.{here.key[-1]}) AS value FROM {here.id} a ANTI JOIN {part_id} b ON {same}",
            f"SELECT count(*) FROM {here.id} WHERE EXISTS (SELECT 1 FROM {part_id})",
            Text(f"没有对应的{part.zh}", f"no {part.en} belongs to it"),
            Text(
                f"补报{part.zh}，或核对编号是否写得一致", "hand them in, or see whether the numbers are written alike"
            ),
            Severity.ERROR if part_id == "report_item" else None,
            Text(f"没有“{part.zh}”数据可对照", f"no data of {part.en} to hold it against"),
        )


CHECK = Check(
    "part-missing", Dimension.COMPLETENESS, Severity.WARNING,
    Text("记录缺少明细", "Record without its parts"),
    Text("报告有检测项目，能力验证计划有结果。", "A report has items, a proficiency test has results."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
