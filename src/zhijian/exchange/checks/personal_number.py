"""A citizen's number where none belongs."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import closely, free, label
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.model import Dimension, Severity, Text

_FORM = "[1-8][0-9]{5}(18|19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def rules(bound: Bound, context: Context) -> Iterator[Cells]:
    for c in free(bound):
        if c.element is None or (c.element.type.length >= 18 and not c.element.refers):
            said = label(c)
            yield Cells(
                (c.id,),
                closely(
                    f"len(list_filter([regexp_extract(raw({c.id}), '{_FORM}')], s -> s <> '' AND {_checks('s')})) = 0"
                ),
                Text(f"{said.zh}里有身份证号", f"{said.en} holds a citizen's identity number"),
                Text(
                    "删去；数据规范的任何字段都不要求身份证号",
                    "take it out: no field of the specification asks for one",
                ),
            )


def _checks(s: str) -> str:
    """GB 11643: Σ weight·digit mod 11 tells the last character."""
    total = " + ".join(f"{w} * (ascii(substring({s}, {i}, 1)) - 48)" for i, w in enumerate(_WEIGHTS, 1))
    return f"substring('10X98765432', ({total}) % 11 + 1, 1) = upper(substring({s}, 18, 1))"


CHECK = Check(
    "personal-number", Dimension.CONFORMITY, Severity.WARNING,
    Text("文字中含身份证号", "Identity number in a text"),
    Text("文字字段不含身份证号（18 位且校验位正确）。", "No text holds a citizen's number with a right check character."),
    rules, "《个人信息保护法》第六条",
)  # fmt: skip
