"""What a notice says of one failed item: parameter, result, unit, limit, put together again after the crawl.

The crawler took the first number out of the result and put it into its own column, deleting it wherever it stood in
what remained (now in 单位): "4.1×10⁴，8.6×10⁴，4.1×10⁴CFU/g" became 4.1 and "×10⁴，8.6×10⁴，×10⁴CFU/g". So the number
goes back into every hole. That the first hole held it is sure; for the others it is inferred, and said.
"""

import re
from dataclasses import dataclass, field

from .notice_rows import Row, Why

UNPUBLISHED = "未公布"
_UNIT = re.compile(r"(?:CFU|MPN|个)/(?:\d*(?:g|mL|cm²))|(?:mg|μg|g)/(?:kg|100g|100mL|L)|w/%|%|mg/g", re.I)
_LABEL = re.compile(r"[①-⑳]|n[₁-₉]：|(?P<trial>初检|复检)结果：")
_VALUE = re.compile(r"(?P<sign>[＜＞<>≤≥]?)(?P<number>\d+(?:\.\d+)?)?(?P<ten>×10(?P<power>[⁰¹²³⁴⁵⁶⁷⁸⁹]+)?)?")
_FOUND = re.compile(r"未检出|检出")
_PLAN = re.compile(r"n=(\d+)[,，]\s*c=\d+[,，]\s*m=[^,，]+(?:[,，]\s*M=[^,，]+)?")
_BRACKETS = str.maketrans("()﹙﹚", "（）（）")


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
    parameter = cells["检测项目"].translate(_BRACKETS)
    item = Item(parameter)
    inside = re.fullmatch(r"(.+)（([^（）]+)）", parameter)
    if inside and _UNIT.fullmatch(inside[2]):
        item.parameter, item.unit = inside[1], inside[2]
    _limit(item, cells["限量值"])
    if not cells["检测结果"]:
        item.lost.append(("检测结果", Why.NO_RESULT))
        return item
    _result(item, cells["检测结果"], cells["单位"])
    return item


def _result(item: Item, number: str, rest: str) -> None:
    unit = _UNIT.search(rest) or _UNIT.search(item.limit or "")
    if unit is not None:
        item.unit = unit[0]
    if _FOUND.search(number + rest):
        _words(item, number, rest)
    elif not re.fullmatch(r"\d+(?:\.\d+)?", number):
        item.result = number
    else:
        _numbers(item, number, rest)
    if item.limit is not None and item.unit is not None and not item.unit.startswith("/"):
        item.limit = item.limit.replace(f"（单位：{item.unit}）", "").replace(item.unit, "")


def _words(item: Item, number: str, rest: str) -> None:
    """检出 and 未检出. In "未检出/g" the number stood before g: the quantity examined."""
    item.result = "；".join(_FOUND.findall(number) or _FOUND.findall(rest))
    if number.isdigit():
        item.unit = f"/{number}g"


def _numbers(item: Item, number: str, rest: str) -> None:
    body = _UNIT.sub("", re.sub(r"（单位：[^）]*）", "", rest))
    body = re.sub(r"(?<=[^；;])(?=复检结果)", "；", body)
    parts = [part.strip() for part in re.split(r"[；;，,、/]", body)]
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    values: list[str] = []
    holes = 0
    for part in parts:
        label = _LABEL.match(part)
        bare = part[label.end() :] if label else part
        value = _VALUE.fullmatch(bare)
        if value is None and not re.search(r"[\d×]", bare) and values:
            item.remark = bare
            continue
        if value is None:
            _whole(item, number, rest)
            return
        holes += value["number"] is None
        if value["ten"] and not value["power"]:
            item.lost.append(("检测结果", Why.EXPONENT_LOST))
        trial = label["trial"] or "" if label else ""
        values.append(f"{trial}{value['sign']}{value['number'] or number}{value['ten'] or ''}")
    if holes == 0:
        _whole(item, number, rest)
        return
    if holes > 1:
        item.lost.append(("检测结果", Why.NUMBER_PUT_BACK))
    item.result = "；".join(values)
    planned = _PLAN.search(item.limit or "")
    if planned and len(values) != int(planned[1]):
        item.lost.append(("检测结果", Why.VALUE_COUNT))
    if item.unit is None:
        item.lost.append(("单位", Why.NO_UNIT))


def _whole(item: Item, number: str, rest: str) -> None:
    """Nothing fits the grammar. A unit nobody knows is taken as one; else both texts are kept, end to end."""
    if re.fullmatch(r"[A-Za-zμ%/·]+", rest):
        item.result, item.unit = number, rest
        item.lost.append(("单位", Why.UNIT_UNKNOWN))
        return
    item.result = f"{number}{rest}"
    item.lost.append(("检测结果", Why.BAD_VALUE))


def _limit(item: Item, text: str) -> None:
    if not text:
        item.lost.append(("限量值", Why.NO_LIMIT))
        return
    text = re.sub(r"\s+", "", text) if "GB" not in text else text
    item.limit = text
    turned = re.fullmatch(r"(\d+(?:\.\d+)?)≤(.*)", text)
    if turned:
        item.limit = f"≤{turned[1]}{turned[2]}"
        item.lost.append(("限量值", Why.LIMIT_TURNED))
    elif text.startswith("n="):
        _plan(item, text)
    elif text.startswith("不得"):
        item.limit = _UNIT.sub("", text)
    elif re.match(r"\d", text):
        item.lost.append(("限量值", Why.LIMIT_WITHOUT_SIGN))


def _plan(item: Item, text: str) -> None:
    """A sampling plan of microbiology (GB 4789.1): n samples, at most c between m and M. With c=0 there is no M."""
    item.limit = text.replace(",", "，")
    m, big = re.search(r"m=([^,，]+)", text), re.search(r"M=([^,，]+)", text)
    if m is None or (big is None and "c=0" not in text):
        item.lost.append(("限量值", Why.LIMIT_CUT))
        return
    bare = [_UNIT.sub("", one[1].partition("（")[0]) for one in (m, big) if one]
    if any(one.endswith("×10") for one in bare) or len(set(bare)) != len(bare):
        item.lost.append(("限量值", Why.LIMIT_CUT))
