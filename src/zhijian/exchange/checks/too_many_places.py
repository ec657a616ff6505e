"""More decimal places than the type has."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import elements
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.model import Dimension, Severity, Text


def rules(bound: Bound, context: Context) -> Iterator[Cells]:
    for e in elements(bound, "integer", "decimal"):
        places, t = e.type.places, f"text({e.id})"
        yield Cells(
            (e.id,),
            f"CASE WHEN {e.id} IS NULL THEN NULL WHEN contains({t}, '.') "
            f"THEN strlen(rtrim(string_split({t}, '.')[2], '0')) <= {places} ELSE TRUE END",
            Text(f"{e.zh}的小数超过 {places} 位", f"{e.en} has more than {places} decimal places"),
            Text(
                f"按规范修约到 {places} 位小数" if places else "写整数",
                f"round to {places} places" if places else "write an integer",
            ),
        )


CHECK = Check(
    "too-many-places", Dimension.CONFORMITY, Severity.ERROR,
    Text("小数位过多", "Too many decimal places"),
    Text("数值的小数位数不超过规定，收下时不会被悄悄修约。", "No more places than the type has, so that nothing is rounded silently."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
