"""Functions that read the text of a source's columns. Each is applied once to every distinct input, never row by row, so that
they may be exact rather than fast."""

import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from zhijian.exchange.mapping.model import SEPARATORS
from zhijian.exchange.model import Text
from zhijian.kit import base31
from zhijian.kit.clock import SHANGHAI
from zhijian.spec.measure import (
    TRUTH,
    Limit,
    NotReadable,
    Result,
    UnitUnknown,
    convert,
    read_day,
    read_limit,
    read_number,
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
    number = read_number(given[0])
    if isinstance(number, NotReadable):
        return Made(None, Text(number.zh, number.en))
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
    if word in TRUTH:
        return Made("true" if TRUTH[word] else "false")
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


_NARROW = str.maketrans("０１２３４５６７８９", "0123456789")
_GARBLED = ("锟斤拷", "\ufffd", "烫烫烫", "屯屯屯")
"""What is left of a text that was read in a wrong encoding and written again: nothing brings it back."""


def _tidy(given: Inputs, options: Options) -> Made:
    """A text without line breaks, entities of mark-up and wide digits; one that an encoding has destroyed is lost.

    >>> _tidy(("&le; ０.2\\r\\nmg",), {}).value, _tidy(("某某锟斤拷公司",), {}).value
    ('≤ 0.2mg', None)
    """
    if given[0] is None:
        return NOTHING
    if any(mark in given[0] for mark in _GARBLED):
        return Made(None, Text("文字已成乱码，无法还原", "garbled beyond recovery"))
    plain = re.sub(r"[\r\n]+", "", html.unescape(given[0]).translate(_NARROW)).strip(" \u3000\t")
    if options.get("case") == "upper":
        plain = plain.upper()
    return Made((re.sub(r"\s", "", plain) if options.get("blanks") == "none" else plain) or None)


def _list(given: Inputs, options: Options) -> Made:
    """Several values of a cell, one mark between them. `by`: a pattern of what stands between them.

    >>> _list(("食品,、环境",), {}).value
    '食品；环境'
    """
    if given[0] is None:
        return NOTHING
    parts = re.split(options.get("by", SEPARATORS), given[0].translate(_NARROW))
    return Made("；".join(one.strip() for one in parts if one.strip()) or None)


_NO_TIME = Text("不是时间", "not a time")
_MOMENT = re.compile(
    r"(?P<day>.*?)[T ]+(?P<h>\d{1,2}):(?P<m>\d{2})(:(?P<s>\d{2})(\.\d+)?)?\s*(?P<zone>Z|[+-]\d{2}(:?\d{2})?)?"
)


def _moment(given: Inputs, options: Options) -> Made:
    """A time by China's clocks, also where the text says how far its own are from Greenwich; of a day alone its beginning is not made up.

    >>> _moment(("2026/3/5 9:30",), {}).value, _moment(("2026/3/5",), {}).value
    ('2026-03-05 09:30:00', None)
    >>> _moment(("2026-06-30 18:30:00.25+00",), {}).value
    '2026-07-01 02:30:00'
    """
    if given[0] is None:
        return NOTHING
    found = _MOMENT.fullmatch(given[0].translate(_NARROW))
    if found is None:
        return Made(None, _NO_TIME)
    day = read_day(found["day"])
    if isinstance(day, NotReadable):
        return Made(None, Text(day.zh, day.en))
    said = f"{day.isoformat()}T{int(found['h']):02}:{found['m']}:{found['s'] or '00'}{found['zone'] or ''}"
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        return Made(None, _NO_TIME)
    return Made(f"{at.astimezone(SHANGHAI) if at.tzinfo else at:%Y-%m-%d %H:%M:%S}")


_FIGURE = re.compile(r"(?P<n>-?\d+(\.\d+)?)\s*(?P<times>[万亿]?)\s*(?P<unit>\D{0,6})")


def _figure(given: Inputs, options: Options) -> Made:
    """The number of a cell that has its unit with it; 万 and 亿 are reckoned in.

    >>> _figure(("0.3万元",), {}).value, _figure(("1,234㎡",), {}).value, _figure(("三个",), {}).value
    ('3000', '1234', None)
    """
    if given[0] is None:
        return NOTHING
    found = _FIGURE.fullmatch(given[0].translate(_NARROW).replace(",", "").replace("，", ""))
    if found is None:
        return Made(None, Text("读不出数", "no number to be read"))
    number = Decimal(found["n"]) * {"": 1, "万": 10_000, "亿": 100_000_000}[found["times"]]
    return Made(f"{number:f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}")


def _uscc(given: Inputs, options: Options) -> Made:
    """A unified social credit code whose last character is right (GB 32100-2015); any other is lost, and with it the record that it is
    the key of.

    >>> _uscc(("91350100m000100y43",), {}).value, _uscc(("91350100M000100Y34",), {}).why.en
    ('91350100M000100Y43', 'its check character is wrong')
    """
    if given[0] is None:
        return NOTHING
    code = given[0].translate(_NARROW).upper()
    if len(code) != 18 or any(c not in base31.VALUE for c in code):
        return Made(None, Text("不是 18 位统一社会信用代码", "not a code of 18 characters"))
    total = sum(base31.VALUE[c] * pow(3, i, 31) for i, c in enumerate(code[:17]))
    if base31.ALPHABET[(31 - total % 31) % 31] != code[17]:
        return Made(None, Text("统一社会信用代码校验位不对", "its check character is wrong"))
    return Made(code)


FUNCTIONS: Mapping[str, Function] = {
    "text": _text,
    "line": _line,
    "tidy": _tidy,
    "list": _list,
    "moment": _moment,
    "figure": _figure,
    "uscc": _uscc,
    "day": _day,
    "number": _number,
    "truth": _truth,
    "result": _result,
    "result-unit": _result_unit,
    "limit": _limit,
    "unit": _unit,
}
