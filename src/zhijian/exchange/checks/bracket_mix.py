"""Full- and half-width brackets mixed in one column."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import label, prose, table, texts
from zhijian.exchange.checks.model import Check, Context, Rows
from zhijian.exchange.model import Dimension, Severity, Text


def rules(bound: Bound, context: Context) -> Iterator[Rows]:
    t = table(bound)
    for c in texts(bound):
        if not prose(c) or (
            c.element and (c.element.lines or c.element.many or not 100 <= c.element.type.length <= 300)
        ):
            continue
        said, x = label(c), f"text({c.id})"
        # Beside a Chinese character, so that W/(m·K) and (2026) are let alone.
        half = f"regexp_matches({x}, '[\\x{{4e00}}-\\x{{9fff}}][(]|[(][\\x{{4e00}}-\\x{{9fff}}]')"
        seen = f"SELECT _row, {x} AS value, {half} AS half, contains({x}, '（') AS full_ FROM {t} WHERE contains({x}, '(') OR contains({x}, '（')"
        yield Rows(
            t,
            (c.id,),
            f"WITH seen AS ({seen}), many AS (SELECT count_if(half) AS h, count_if(full_) AS f FROM seen) "
            "SELECT _row, value FROM seen, many WHERE h > 0 AND f > 0 AND CASE WHEN h > f THEN full_ ELSE half END",
            f"SELECT count(*) FROM {t} WHERE contains({x}, '(') OR contains({x}, '（')",
            Text(
                f"{said.zh}全角、半角括号混用（列出较少的一种）",
                f"{said.en} mixes full- and half-width brackets (the rarer is listed)",
            ),
            Text("同一列统一用一种括号，中文一般用全角", "keep to one; Chinese text takes full-width"),
            without=Text("该列没有括号", "no brackets in it"),
        )


CHECK = Check(
    "bracket-mix", Dimension.CONFORMITY, Severity.WARNING,
    Text("括号全半角混用", "Brackets mixed"),
    Text("同一列的括号只用一种宽度，否则同名对不上。", "One column keeps to one kind of bracket, or equal names differ."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
