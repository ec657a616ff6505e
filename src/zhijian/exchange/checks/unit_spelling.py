"""A unit that is spelt in another way."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import called, label, table
from zhijian.exchange.checks.model import Cells, Check, Context, Rows
from zhijian.exchange.model import Dimension, Severity, Text

_WRONG = (
    "µ|[\\x{3380}-\\x{33df}]|(^|[^A-Za-z])u(g|L|l|m|mol|Pa|S)([^A-Za-z]|$)|(^|[^A-Za-z])(Mg|MG|mG|KG|Kg|kG|ML|UG|Ug|cfu|Cfu)([^A-Za-z]|$)"
    "|(毫克|微克|千克|公斤|毫升)(/|每)"
)


def _right(x: str) -> str:
    return f"CASE WHEN {x} IN ('mg/kg', 'mg/L', '%', 'μg/kg', 'CFU/g', '/', 'MPa') THEN TRUE ELSE NOT regexp_matches({x}, '{_WRONG}') END"


def rules(bound: Bound, context: Context) -> Iterator[Cells | Rows]:
    t = table(bound)
    for c in called(bound, "unit"):
        said, x = label(c), f"text({c.id})"
        yield Cells(
            (c.id,),
            _right(x),
            Text(f"{said.zh}的写法不合规定", f"{said.en}: not the spelling of the standard"),
            Text(
                "按 GB 3100 写：mg/kg、μg/kg（希腊字母 μ）、mL、CFU/g",
                "as in GB 3100: mg/kg, μg/kg with the Greek letter, mL, CFU/g",
            ),
        )
        same = f"regexp_replace(lower(replace(replace({x}, 'µ', 'μ'), ' ', '')), '(^|/)u(g|l|m)', '\\1μ\\2')"
        yield Rows(
            t,
            (c.id,),
            # M and m are a factor of a thousand million apart: never one unit's two spellings.
            # What is kept is what the standard spells; then the commoner; then the earlier: the same on every run.
            f"WITH units AS (SELECT {x} AS u, concat({same}, CASE WHEN starts_with({x}, 'M') THEN 'M' ELSE '' END) AS k, "
            f"count(*) AS n, min(_row) AS seen FROM {t} WHERE {x} IS NOT NULL GROUP BY 1, 2), "
            f"ranked AS (SELECT u, row_number() OVER (PARTITION BY k ORDER BY {_right('u')} DESC, n DESC, seen) AS nth FROM units), "
            "rare AS (SELECT u FROM ranked WHERE nth > 1) "
            f"SELECT a._row, {x.replace('(', '(a.')} AS value FROM {t} a JOIN rare ON {x.replace('(', '(a.')} = rare.u",
            f"SELECT count({x}) FROM {t}",
            Text(
                f"{said.zh}同一单位有几种写法（列出较少的）",
                f"{said.en}: one unit in several spellings (the rarer are listed)",
            ),
            Text("同一列统一一种写法", "keep to one spelling"),
        )


CHECK = Check(
    "unit-spelling", Dimension.CONFORMITY, Severity.WARNING,
    Text("单位写法", "Spelling of units"),
    Text("单位按国家标准写，同一单位只有一种写法。", "Units are spelt as in the standard, and one unit in one way."),
    rules, "GB 3100-1993",
)  # fmt: skip
