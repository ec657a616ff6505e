"""Places of sale where a supplier, producer or client should stand."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound, BoundColumn, plain
from zhijian.exchange.checks.forms import table
from zhijian.exchange.checks.model import Check, Context, Rows
from zhijian.exchange.checks.relation import percent
from zhijian.exchange.model import Dimension, Severity, Text

PARTIES = (
    "供应商",
    "供货商",
    "供货单位",
    "生产商",
    "生产单位",
    "生产企业",
    "生产厂家",
    "制造商",
    "委托单位",
    "委托方",
    "委托人",
)
PLACES = "超市|商行|商店|便利店|经营部|门市部|批发部|小卖部|餐厅|餐馆|饭店|酒店|酒楼|食堂|市场|百货|商场|水果店|早餐店|摊位|专卖店"
SHARE, ROWS = 0.2, 20


def rules(bound: Bound, context: Context) -> Iterator[Rows]:
    parties = {plain(p) for p in PARTIES}
    for column in bound.columns:
        if plain(column.column.name) in parties or column.id in ("producer", "client_name", "maker"):
            yield _rule(bound, column)


def _rule(bound: Bound, column: BoundColumn) -> Rows:
    at, name = f"text({column.id})", column.element.zh if column.element else column.column.name
    share = "avg(CASE WHEN place THEN 1 ELSE 0 END)"
    place = f"regexp_matches({at}, '{PLACES}')"
    return Rows(
        bound.entity.id if bound.entity else "", (column.id,),
        f"WITH seen AS (SELECT _row, {place} AS place FROM {table(bound)} WHERE {at} IS NOT NULL) "
        f"SELECT min(_row) FILTER (WHERE place) AS _row, {percent(share)} AS value FROM seen HAVING {share} > {SHARE}",
        f"SELECT CAST(count({at}) >= {ROWS} AS INTEGER) FROM {table(bound)}",
        Text(f"“{name}”中像销售或餐饮场所的超过两成", f"more than a fifth of {column.column.name} look like places of sale"),
        Text("被抽样的场所应填采样地点；确为当事方的不必处理",
             "the place sampled belongs to the place of sampling; nothing to do where it is the party"),
        without=Text(f"有值的不足 {ROWS} 行", f"fewer than {ROWS} rows have a value"),
    )  # fmt: skip


CHECK = Check(
    "place-as-party", Dimension.ACCURACY, Severity.NOTE,
    Text("场所填作当事方", "A place in the place of a party"),
    Text("供应商、生产商、委托单位等栏里是超市、餐厅之类被抽样的场所。",
         "A column of suppliers, producers or clients holds the shops and kitchens that were sampled."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
