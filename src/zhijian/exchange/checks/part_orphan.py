"""A part whose record is not there: an item without its report."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import first
from zhijian.exchange.checks.model import Check, Context, Rows
from zhijian.exchange.model import Dimension, Severity, Text


def rules(bound: Bound, context: Context) -> Iterator[Rows]:
    if bound.entity is None or not first(bound, context):
        return
    here = bound.entity
    for whole in context.spec.entities.values():
        if here.id not in whole.parts.values():
            continue
        same = " AND ".join(f"text(a.{k}) = text(b.{k})" for k in whole.key)
        yield Rows(
            here.id,
            (whole.key[-1],),
            f"SELECT a._row, text(a.{whole.key[-1]}) AS value FROM {here.id} a ANTI JOIN {whole.id} b ON {same}",
            f"SELECT count(*) FROM {here.id} WHERE EXISTS (SELECT 1 FROM {whole.id})",
            Text(f"找不到所属的{whole.zh}", f"the {whole.en} that it belongs to is not there"),
            Text(f"补报{whole.zh}，或核对编号是否写得一致", "hand it in, or see whether the numbers are written alike"),
            without=Text(f"没有“{whole.zh}”数据可对照", f"no data of {whole.en} to hold it against"),
        )


CHECK = Check(
    "part-orphan", Dimension.CONSISTENCY, Severity.ERROR,
    Text("明细没有主记录", "Part without its record"),
    Text("每个检测项目都属于一份报送的报告。", "Every item belongs to a report that is there."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
