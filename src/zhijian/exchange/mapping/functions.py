"""Functions that read the text of a source's columns. Each is applied once to every distinct input, never row by row, so that
they may be exact rather than fast."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Protocol

from zhijian.exchange.model import Text
from zhijian.spec.measure import (
    Limit,
    NotReadable,
    Result,
    UnitUnknown,
    convert,
    read_day,
    read_limit,
    read_result,
    unit,
)

Inputs = tuple[str | None, ...]
Options = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Made:
    value: str | None
    why: Text | None = None
    """Why there is no value, or why the text was kept though it was not understood."""
    inferred: Text | None = None
    """What the text does not say and the value does."""


Function = Callable[[Inputs, Options], Made]
NOTHING = Made(None)
TRUE = frozenset({"true", "1", "是", "有", "y", "yes", "t", "对", "√", "合格"})
FALSE = frozenset({"false", "0", "否", "没有", "n", "no", "f", "错", "×", "不合格"})


def _text(given: Inputs, options: Options) -> Made:
    return Made(given[0])


_TAG = re.compile(r"</?(?:sup|sub|br|p|span|div|font|b|i|a)\b[^<>]{0,200}>", re.I)


def _line(given: Inputs, options: Options) -> Made:
    """A text on one line, without the tags of mark-up that a crawler left; angle brackets of a name stay.

    >>> _line(("绿豆饼<脆>（<b>新</b>）\\n 250g",), {}).value
    '绿豆饼<脆>（新）250g'
    """
    if given[0] is None:
        return NOTHING
    return Made(re.sub(r"\s*[\r\n]+\s*", "", _TAG.sub("", given[0])).strip() or None)


def _day(given: Inputs, options: Options) -> Made:
    """
    >>> _day(("2026年1月3日",), {}).value
    '2026-01-03'
    """
    if given[0] is None:
        return NOTHING
    day = read_day(given[0], excel_serial=options.get("serial") == "true")
    return Made(None, Text(day.zh, day.en)) if isinstance(day, NotReadable) else Made(day.isoformat())


def _number(given: Inputs, options: Options) -> Made:
    """A plain number, with `from` and `to` converted between units.

    >>> _number(("1,234.50",), {}).value, _number(("2",), {"from": "cm", "to": "mm"}).value
    ('1234.50', '20')
    """
    if given[0] is None:
        return NOTHING
    try:
        number = Decimal(given[0].replace(",", "").replace("，", ""))
    except InvalidOperation:
        return Made(None, Text("不是数", "not a number"))
    if not number.is_finite():
        return Made(None, Text("不是数", "not a number"))
    if "from" in options and "to" in options:
        source, target = unit(options["from"]), unit(options["to"])
        if isinstance(source, UnitUnknown) or isinstance(target, UnitUnknown):
            return Made(None, Text("映射里的单位不认识", "the mapping names a unit that is not known"))
        number = convert(number, source, target)
    return Made(f"{number:f}")


def _truth(given: Inputs, options: Options) -> Made:
    if given[0] is None:
        return NOTHING
    word = given[0].casefold()
    if word in TRUE | FALSE:
        return Made("true" if word in TRUE else "false")
    return Made(None, Text("不是“是”或“否”", "neither yes nor no"))


def _read(given: Inputs) -> Result | NotReadable | None:
    return None if not any(given) else read_result(given[0] or "", given[1] if len(given) > 1 else None)


def _result(given: Inputs, options: Options) -> Made:
    """Canonical form of a result out of the columns of result and unit.

    >>> _result(("1.3", "×10⁵CFU/g"), {}).value
    '1.3×10⁵'
    """
    result = _read(given)
    if result is None:
        return NOTHING
    if isinstance(result, NotReadable):
        return Made(result.text or None, Text(result.zh, result.en))
    return Made(result.text, None, _inferred(result.inferred))


def _result_unit(given: Inputs, options: Options) -> Made:
    """The unit of a result, out of the columns of result, unit and (where neither says) limit."""
    result = _read(given[:2])
    said = result.unit_text if isinstance(result, Result) else None
    if said is None and len(given) > 2 and given[2]:
        limit = read_limit(given[2])
        if isinstance(limit, Limit) and limit.unit is not None:
            return Made(limit.unit.symbol, None, Text("单位取自限值", "the unit is the limit's"))
    return Made(said)


def _limit(given: Inputs, options: Options) -> Made:
    """
    >>> _limit(("≤ 0.2 mg/kg",), {}).value
    '≤0.2mg/kg'
    """
    if given[0] is None:
        return NOTHING
    limit = read_limit(given[0])
    if isinstance(limit, NotReadable):
        return Made(limit.text or None, Text(limit.zh, limit.en))
    return Made(limit.whole, None, _inferred(limit.inferred))


def _unit(given: Inputs, options: Options) -> Made:
    if given[0] is None:
        return NOTHING
    found = unit(given[0])
    if isinstance(found, UnitUnknown):
        return Made(given[0], Text("单位不认识，按原文保留", "unit not known; kept as it is"))
    return Made(found.symbol)


class _Said(Protocol):
    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...


def _inferred(of: Sequence[_Said]) -> Text | None:
    return Text("；".join(i.zh for i in of), "; ".join(i.en for i in of)) if of else None


FUNCTIONS: Mapping[str, Function] = {
    "text": _text,
    "line": _line,
    "day": _day,
    "number": _number,
    "truth": _truth,
    "result": _result,
    "result-unit": _result_unit,
    "limit": _limit,
    "unit": _unit,
}
