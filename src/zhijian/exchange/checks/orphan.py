"""A reference to a record that is not there."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.model import Check, Context, Rows
from zhijian.exchange.model import Dimension, Severity, Text


def rules(bound: Bound, context: Context) -> Iterator[Rows]:
    if bound.entity is None:
        return
    here = bound.entity.id
    for e in bound.elements:
        target = context.spec.entities[e.refers] if e.refers else None
        if target is None or len(target.key) != 1 or target.id == here:
            continue
        key = target.key[0]
        yield Rows(
            here,
            (e.id,),
            f"SELECT a._row, text(a.{e.id}) AS value FROM {here} a ANTI JOIN {target.id} b "
            f"ON text(a.{e.id}) = text(b.{key}) WHERE text(a.{e.id}) IS NOT NULL",
            f"SELECT count(text(a.{e.id})) FROM {here} a WHERE EXISTS (SELECT 1 FROM {target.id})",
            Text(f"{e.zh}在“{target.zh}”中找不到", f"{e.en}: no such {target.en}"),
            Text(f"核对编号；或把缺少的{target.zh}一并报送", "check it, or hand in what it refers to"),
            without=Text(f"没有“{target.zh}”数据可对照", f"no data of {target.en} to hold it against"),
        )


CHECK = Check(
    "orphan", Dimension.CONSISTENCY, Severity.ERROR,
    Text("引用的记录不存在", "Refers to nothing"),
    Text("引用其他数据的编号应能在该数据中找到。", "A number that points to another table is found there."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
