"""One institution under two codes: names alike but for form, place words and width, or the same name and address.

Blocked by equality, never all against all: 200,000 institutions are two hash joins.
"""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import first
from zhijian.exchange.checks.model import Check, Context, Rows
from zhijian.exchange.checks.relation import plain_name
from zhijian.exchange.model import Dimension, Severity, Text

_FORM = "有限责任公司|股份有限公司|有限公司|分公司|公司|省|市|自治区|自治州|自治县|县|区"
_BARE = f"regexp_replace({plain_name('text(i.name)')}, '{_FORM}', '', 'g')"
_PLACE = plain_name("maybe(text(i.address))")
_ROWS = f"SELECT i._row, text(i.uscc) AS u, text(i.name) AS name, {_BARE} AS bare, {_PLACE} AS place FROM institution i"
# DuckDB counts edits in bytes, of which a Chinese character has three
CROWD = 50
"""More at one address are a business park, or a filler."""
NAMES = f"""WITH x AS ({_ROWS} WHERE text(i.uscc) IS NOT NULL),
g AS (SELECT bare, min(_row) AS first, arg_min(u, _row) AS u FROM x WHERE length(bare) >= 4
  GROUP BY bare HAVING min(u) <> max(u))
SELECT x._row, x.name AS value, g.first AS other FROM x JOIN g ON x.bare = g.bare WHERE x._row <> g.first AND x.u <> g.u"""
PLACES = f"""WITH x AS ({_ROWS} WHERE text(i.uscc) IS NOT NULL),
g AS (SELECT place FROM x WHERE length(place) >= 8 GROUP BY place HAVING count(*) BETWEEN 2 AND {CROWD}),
y AS (SELECT x.* FROM x JOIN g ON x.place = g.place)
SELECT b._row, any_value(b.name) AS value, min(a._row) AS other FROM y a JOIN y b ON a.place = b.place
WHERE a._row < b._row AND a.u <> b.u AND a.bare <> b.bare AND length(a.bare) >= 5
AND abs(length(a.bare) - length(b.bare)) <= 1 AND levenshtein(a.bare, b.bare) <= 3
GROUP BY b._row"""


def rules(bound: Bound, context: Context) -> Iterator[Rows]:
    if bound.entity is None or bound.entity.id != "institution" or not first(bound, context):
        return
    remedy = Text("核对登记信息；同一机构合并，只用一个代码；确为两家的不必处理",
                  "compare with the register; merge what is one; nothing to do where they are two")  # fmt: skip
    yield Rows(
        "institution", ("name", "uscc"), NAMES, "SELECT count(text(i.name)) FROM institution i",
        Text("两个代码下的机构名称几乎相同", "nearly the same name under two codes"), remedy,
    )  # fmt: skip
    yield Rows(
        "institution", ("name", "address", "uscc"), PLACES,
        "SELECT count(text(i.name)) FROM institution i WHERE filled(i.address)",
        Text("两个代码下地址相同、名称只差一字", "the same address and a name one character off under two codes"), remedy,
    )  # fmt: skip


CHECK = Check(
    "fuzzy-duplicate", Dimension.CONSISTENCY, Severity.WARNING,
    Text("疑似重复的机构", "Institutions that look like one"),
    Text("去掉公司形式、行政区划用字和全半角之后名称相同，或地址相同、名称只差一字，而代码不同。",
         "The same name but for form, place words and width, or the same address and a name one character off."),
    rules, "《政务数据共享条例》（一数一源）",
)  # fmt: skip
