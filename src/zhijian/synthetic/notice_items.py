"""What a notice says of one failed item: parameter, result, unit, limit, as `zhijian.spec.measure` reads them.

What it cannot read is kept as it stands and named in `lost`; so is what it inferred.
"""

import re
from dataclasses import dataclass, field

from zhijian.spec import measure

from .notice_rows import Row, Why

UNPUBLISHED = "未公布"
_BRACKETS = str.maketrans("()﹙﹚", "（）（）")
_RESULT_LOST = {"exponent_lost": Why.EXPONENT_LOST, "number_put_back": Why.NUMBER_PUT_BACK}
_LIMIT_LOST = {"limit_cut": Why.LIMIT_CUT, "limit_turned": Why.LIMIT_TURNED}


@dataclass(slots=True)
class Item:
    """A failed item. `lost` says which columns are not wholly in it, and why."""

    parameter: str
    result: str = UNPUBLISHED
    unit: str | None = None
    limit: str | None = None
    remark: str | None = None
    lost: list[tuple[str, Why]] = field(default_factory=list)


def parse_item(row: Row) -> Item:
    cells = row.cells
    item = Item(cells["检测项目"].translate(_BRACKETS))
    inside = re.fullmatch(r"(.+)（([^（）]+)）", item.parameter)
    if inside and not isinstance(found := measure.unit(inside[2]), measure.UnitUnknown):
        item.parameter, item.unit = inside[1], found.symbol
    limit = _limit(item, cells["限量值"])
    if not cells["检测结果"]:
        item.lost.append(("检测结果", Why.NO_RESULT))
        return item
    result = _result(item, cells["检测结果"], cells["单位"])
    if item.unit is None and limit is not None and limit.unit is not None:
        item.unit = limit.unit.symbol
    cut = ("检测结果", Why.EXPONENT_LOST) in item.lost
    numbers = result is not None and any(value.number is not None for value in result.values)
    if item.unit is None and (numbers or cut):
        item.lost.append(("单位", Why.NO_UNIT))
    if limit is not None and (limit.unit is None or limit.unit.symbol == item.unit or not limit.is_number):
        item.limit = limit.text
    planned = re.match(r"n=(\d+)[,，]\s*c=\d+[,，]\s*m=", item.limit or "")
    if planned and (numbers or cut) and item.result.count("；") + 1 != int(planned[1]):
        item.lost.append(("检测结果", Why.VALUE_COUNT))
    return item


def _result(item: Item, number: str, beside: str) -> measure.Result | None:
    result = measure.read_result(number, beside)
    if isinstance(result, measure.NotReadable):
        item.result = result.text
        if result.why != "words":
            item.lost.append(("检测结果", _RESULT_LOST.get(result.why, Why.BAD_VALUE)))
        return None
    item.result = result.text
    item.remark = result.remark or None
    if result.unit is not None:
        item.unit = result.unit.symbol
    if isinstance(result.unit, measure.UnitUnknown):
        item.lost.append(("单位", Why.UNIT_UNKNOWN))
    item.lost += [("检测结果", _RESULT_LOST[one]) for one in result.inferred if one in _RESULT_LOST]
    return result


def _limit(item: Item, text: str) -> measure.Limit | None:
    if not text:
        item.lost.append(("限量值", Why.NO_LIMIT))
        return None
    limit = measure.read_limit(text)
    if isinstance(limit, measure.NotReadable):
        item.limit = limit.text
        item.lost.append(("限量值", _LIMIT_LOST.get(limit.why, Why.LIMIT_UNREADABLE)))
        return None
    item.limit = limit.whole
    if limit.kind == "bare":
        item.lost.append(("限量值", Why.LIMIT_WITHOUT_SIGN))
    item.lost += [("限量值", _LIMIT_LOST[one]) for one in limit.inferred if one in _LIMIT_LOST]
    return limit
