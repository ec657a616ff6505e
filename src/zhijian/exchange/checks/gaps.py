"""Gaps in a column that is otherwise filled, in tables whose compulsory fields nobody has laid down."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import label, table
from zhijian.exchange.checks.model import Check, Context, Rows
from zhijian.exchange.model import Dimension, Severity, Text

FILLED = 0.5
"""Share of rows that have a value, from which a blank is a gap and not the rule."""


def rules(bound: Bound, context: Context) -> Iterator[Rows]:
    t = table(bound)
    for c in bound.columns:
        if c.element is None and c.text:
            said, x = label(c), f"text({c.id})"
            yield Rows(
                t,
                (c.id,),
                f"WITH share AS (SELECT count({x}) * 1.0 / count(*) AS filled FROM {t}) "
                f"SELECT _row, coalesce(nullif(trim(raw({c.id})), ''), '（空）') AS value FROM {t}, share "
                f"WHERE {x} IS NULL AND filled >= {FILLED}",
                f"SELECT CASE WHEN count({x}) >= count(*) * {FILLED} THEN count(*) ELSE 0 END FROM {t}",
                Text(
                    f"{said.zh}多数行有值，这些行为空或写“/”“无”",
                    f"{said.en} is filled in most rows and blank, / or 无 in these",
                ),
                Text("补采；确实没有的，说明原因", "gather it, or say why there is none"),
                without=Text("多数行没有值", "most rows have no value"),
            )


CHECK = Check(
    "gaps", Dimension.COMPLETENESS, Severity.WARNING,
    Text("零星缺失", "Gaps"),
    Text("认不出数据集的表，多数行有值的列中空着的行。", "In a table of no known entity: blank rows of a column that most rows fill."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
