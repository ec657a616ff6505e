"""A code's name where its code belongs."""

from collections.abc import Iterator, Mapping

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.checks.sql import quoted
from zhijian.exchange.model import Dimension, Severity, Text
from zhijian.spec import CodeEntry


def words(codes: Mapping[str, CodeEntry]) -> dict[str, str]:
    """Name → code, of the names that are no codes themselves."""
    named = {name: c.code for c in codes.values() for name in (c.en, c.zh) if name}
    return {name: code for name, code in named.items() if name not in codes}


def rules(bound: Bound, context: Context) -> Iterator[Cells]:
    for e in bound.elements:
        named = words(context.spec.codelists[e.codes]) if e.codes else {}
        if not named:
            continue
        listed = ", ".join(quoted(name) for name in named)
        chinese = [f"{name}→{code}" for name, code in named.items() if not name.isascii()] or [
            f"{n}→{c}" for n, c in named.items()
        ]
        yield Cells(
            (e.id,),
            f"len(list_filter(parts({e.id}), x -> x IN ({listed}))) = 0"
            if e.many
            else f"text({e.id}) NOT IN ({listed})",
            Text(f"{e.zh}写的是名称，不是代码", f"{e.en} holds the code's name instead of the code"),
            Text(
                f"改写代码：{'、'.join(chinese[:12])}",
                f"write the code: {', '.join(f'{n} → {c}' for n, c in list(named.items())[:12])}",
            ),
        )


CHECK = Check(
    "code-in-words", Dimension.CONFORMITY, Severity.WARNING,
    Text("以名称代替代码", "Name in place of a code"),
    Text("有代码表的字段写代码，不写名称。", "A field with a code list holds the code, not its name."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
