"""Part of the result in the unit's column."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import called, label
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.model import Dimension, Severity, Text


def rules(bound: Bound, context: Context) -> Iterator[Cells]:
    for c in called(bound, "unit"):
        said = label(c)
        yield Cells(
            (c.id,),
            f"CASE WHEN contains(text({c.id}), '10') THEN NOT regexp_matches(text({c.id}), '[×xX*✕]\\s*10') WHEN text({c.id}) IS NOT NULL THEN TRUE END",
            Text(f"{said.zh}里混入了结果的一部分（如 ×10⁵）", f"{said.en} holds part of the result, such as ×10⁵"),
            Text(
                "把 ×10⁵ 移回结果：结果写 1.3×10⁵，单位写 CFU/g",
                "move ×10⁵ back: the result is 1.3×10⁵, the unit CFU/g",
            ),
        )


CHECK = Check(
    "unit-holds-result", Dimension.CONFORMITY, Severity.WARNING,
    Text("单位混入结果", "Result inside the unit"),
    Text("数量级属于结果，不属于单位。", "A power of ten belongs to the result, not to the unit."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
