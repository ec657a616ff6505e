"""A text or a number that does not fit."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.model import Dimension, Severity, Text
from zhijian.spec import Element


def rules(bound: Bound, context: Context) -> Iterator[Cells]:
    for e in bound.elements:
        if (must := fits(e)) is not None:
            yield Cells(
                (e.id,),
                must,
                Text(f"{e.zh}超过规定的长度（{e.notation}）", f"{e.en} is longer than {e.notation}"),
                Text(
                    f"缩短到 {e.type.length} 位以内；确需更长的，向规范维护方提出",
                    f"shorten it to {e.type.length}, or ask for a longer field",
                ),
            )


def fits(e: Element) -> str | None:
    """Bytes are counted first: that is cheap, and characters are never more."""
    most = e.type.length
    if e.type.kind in ("integer", "decimal") and not e.many:
        return f"abs({e.id}) < {10 ** (most - e.type.places)}"
    if e.type.kind != "text" or e.type.exact or e.codes or e.check == "hex64":
        return None
    if e.many:
        return f"strlen(text({e.id})) <= {most} OR len(list_filter(parts({e.id}), x -> length(x) > {most})) = 0"
    return f"strlen(text({e.id})) <= {most} OR length(text({e.id})) <= {most}"


CHECK = Check(
    "too-long", Dimension.CONFORMITY, Severity.ERROR,
    Text("超长", "Too long"),
    Text("文本和数字不超过规范规定的长度。", "Texts and numbers keep within the length of their type."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
