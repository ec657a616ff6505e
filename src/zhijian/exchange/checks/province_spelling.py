"""Provinces named in two ways in one column: 天津 beside 天津市."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import free, label, table
from zhijian.exchange.checks.model import Check, Context, Rows
from zhijian.exchange.model import Dimension, Severity, Text

_SHORT = (
    "北京|天津|河北|山西|内蒙古|辽宁|吉林|黑龙江|上海|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|广西|海南|重庆|四川|贵州|云南|西藏|"
    "陕西|甘肃|青海|宁夏|新疆"
)
_LONG = f"({_SHORT})(省|市([^场]|$)|壮族自治区|回族自治区|维吾尔自治区|自治区)"
# 山东市场监管局 is no 市.
MOST, LEAST = 200, 3
"""Kinds of values up to which a column is a list of names and not of addresses; provinces in it, from which it is one of provinces."""


def rules(bound: Bound, context: Context) -> Iterator[Rows]:
    t = table(bound)
    for c in free(bound):
        said, x = label(c), f"text({c.id})"
        named = f"regexp_extract({x}, '{_SHORT}')"
        yield Rows(
            t,
            (c.id,),
            f"WITH one AS (SELECT _row AS r, {x} AS v, regexp_matches({x}, '{_LONG}') AS whole FROM {t} WHERE {named} <> ''), "
            "ways AS (SELECT count_if(whole) AS wholes, count_if(NOT whole) AS shorts FROM one) "
            "SELECT r AS _row, v AS value FROM one, ways WHERE wholes > 0 AND shorts > 0 AND whole = (wholes <= shorts)",
            f"SELECT CASE WHEN approx_count_distinct({x}) <= {MOST} AND approx_count_distinct(nullif({named}, '')) >= {LEAST} "
            f"THEN count_if({named} <> '') ELSE 0 END FROM {t}",
            Text(f"{said.zh}中省名有的带“省”“市”，有的不带（列出较少的）",
                 f"{said.en}: provinces with and without 省, 市 (the rarer are listed)"),
            Text("统一用全称，或改用行政区划代码", "keep to full names, or use the division code"),
            without=Text("不是写省名的列", "no column of provinces"),
        )  # fmt: skip


CHECK = Check(
    "province-spelling", Dimension.CONFORMITY, Severity.WARNING,
    Text("省名写法", "Spelling of provinces"),
    Text("一列之中省名只有一种写法。", "A province is written in one way within a column."),
    rules, "GB/T 2260",
)  # fmt: skip
