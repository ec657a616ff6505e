"""One instrument in two institutions at a time."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import first
from zhijian.exchange.checks.model import Check, Context, Rows
from zhijian.exchange.checks.relation import ALWAYS, overlap, plain_name
from zhijian.exchange.model import Dimension, Severity, Text

CROWD = 10
"""More under one number: a type or a filler, not a serial number."""
_V = "text(e.serial_no)"
_S = f"CASE WHEN regexp_full_match({_V}, '[0-9A-Z]+') THEN lower({_V}) ELSE {plain_name(_V)} END"
_X = (
    f"x AS (SELECT e._row, text(e.uscc) AS u, {_V} AS v, {_S} AS s, text(e.maker) AS made, e.used_from, "
    f"coalesce(maybe(e.used_to), {ALWAYS}) AS used_to FROM instrument e WHERE length({_V}) >= 4 AND filled(e.maker))"
)
# makers are compared only where serial numbers are alike: that is a few rows
FAILING = f"""WITH {_X},
alike AS (SELECT s FROM x GROUP BY s HAVING min(u) <> max(u)),
y AS (SELECT x._row, x.u, x.v, x.s, x.used_from, x.used_to, {plain_name("x.made")} AS m FROM x JOIN alike ON x.s = alike.s
  WHERE regexp_matches(x.s, '[0-9]')),
g AS (SELECT s, m FROM y GROUP BY s, m HAVING count(*) BETWEEN 2 AND {CROWD} AND min(u) <> max(u)),
z AS (SELECT y.* FROM y JOIN g ON y.s = g.s AND y.m = g.m)
SELECT two._row, any_value(two.v) AS value, min(one._row) AS other FROM z one JOIN z two ON one.s = two.s AND one.m = two.m
WHERE one._row < two._row AND one.u <> two.u AND {overlap("one", "two", "used_from", "used_to")} GROUP BY two._row"""


def rules(bound: Bound, context: Context) -> Iterator[Rows]:
    if bound.entity is None or bound.entity.id != "instrument" or not first(bound, context):
        return
    yield Rows(
        "instrument", ("serial_no", "maker", "uscc"), FAILING,
        f"WITH {_X} SELECT CASE WHEN min(u) <> max(u) THEN count(*) ELSE 0 END FROM x",
        Text("同一制造商、同一出厂编号的仪器同时登记在两家机构", "maker and serial number are on record in two institutions at a time"),
        Text("核对出厂编号；转让或退租的补填停用日期", "check the serial number; where it changed hands give the last day of use"),
        without=Text("没有两家机构的仪器可对照", "no instruments of two institutions to compare"),
    )  # fmt: skip


CHECK = Check(
    "shared-serial", Dimension.CONSISTENCY, Severity.WARNING,
    Text("一台仪器两家登记", "One instrument, two institutions"),
    Text("一台仪器同一时间只在一家机构使用。", "An instrument serves one institution at a time."),
    rules, "《检验检测机构资质认定生态环境监测机构评审补充要求》",
)  # fmt: skip
