"""One cell into one value of the specification, forgiving what programs and people do to it, and saying so."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from openpyxl.utils.datetime import CALENDAR_MAC_1904, WINDOWS_EPOCH, from_excel

from zhijian.kit.clock import SHANGHAI
from zhijian.spec.load import specification
from zhijian.spec.model import Element
from zhijian.spec.workbook import say
from zhijian.spec.workbook.cells import Given
from zhijian.spec.workbook.layout import label
from zhijian.spec.workbook.say import Said
from zhijian.spec.workbook.text import checked_spelling, cleaned, text_wrongs

_SERIAL = range(20_000, 80_000)
"""Days since 1900 that are dates of reports: 1954 to 2119."""
_LAST_YEAR = 2999
"""The schema's pattern of a date takes none later."""
_DATE = re.compile(r"(?P<y>[12]\d{3})(?:[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?|(?P<mm>\d{2})(?P<dd>\d{2}))"
                   r"(?:[T ]+(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:\.0+)?)?)?")  # fmt: skip
_YES, _NO = (
    {"是", "true", "yes", "y", "1", "√", "✓", "有", "对"},
    {"否", "false", "no", "n", "0", "×", "✗", "x", "无", "不"},
)
_SEPARATOR = re.compile(r"[;；\r\n]+")
EXACT_DIGITS = 10**15
"""Excel keeps fifteen digits of a number; what had more is lost."""


@dataclass(slots=True)
class Converted:
    """`value` is None when the cell says nothing, or nothing that can be read; `said` has why."""

    value: Any = None
    said: list[Said] = field(default_factory=list)


def converted(element: Element, given: Given, *, epoch_1904: bool = False) -> Converted:
    """The cell as the JSON API takes it."""
    made = Converted()
    if given.is_error or (isinstance(given.value, str) and given.value in _ERRORS and given.is_formula):
        made.said.append(say.error_value(element, str(given.value)))
    elif given.is_formula and given.value is None:
        made.said.append(say.formula_empty(element))
    elif given.value is not None:
        if given.is_formula:
            made.said.append(say.formula(element, shown(given)))
        if element.many:
            _many(element, given, made)
        else:
            made.value = _one(element, given, made, epoch_1904)
    return made


_ERRORS = {"#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"}


def _many(element: Element, given: Given, made: Converted) -> None:
    text = shown(given)
    pieces = [p for p in (cleaned(piece)[0] for piece in _SEPARATOR.split(text)) if p]
    if len(pieces) == 1 and re.search("[、，,]", pieces[0]):
        made.said.append(say.one_value(element, pieces[0]))
    if not isinstance(given.value, str):
        made.said.append(say.number_as_text(element, text))
    values = [_one(element, Given(piece), made, False) for piece in pieces]
    made.value = [v for v in values if v is not None] or None


def _one(element: Element, given: Given, made: Converted, epoch_1904: bool) -> Any:
    if isinstance(given.value, str) and not cleaned(given.value)[0]:
        return None
    if element.codes:
        return _code(element, given, made)
    return _KINDS[element.type.kind](element, given, made, epoch_1904)


def shown(given: Given) -> str:
    """The value as the cell shows it: a number with the zeros of its format.

    >>> shown(Given(123, "00000")), shown(Given(0.35, "0.000")), shown(Given(12.0))
    ('00123', '0.350', '12')
    """
    value = given.value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        if plain := re.fullmatch(r"(0+)(?:\.(0+))?(?:_ )?", given.number_format):
            places = len(plain[2] or "")
            return f"{value:0{len(plain[1]) + (places + 1 if places else 0)}.{places}f}"
        return str(int(value)) if float(value).is_integer() and abs(value) < 10**18 else format(value, ".15g")
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds") if value.time() != time() else value.date().isoformat()
    return str(value)


def _text(element: Element, given: Given, made: Converted, _: bool) -> str:
    value = given.value
    if not isinstance(value, str):
        if isinstance(value, int | float) and abs(value) >= EXACT_DIGITS:
            made.said.append(say.digits_lost(element, shown(given)))
        else:
            made.said.append(say.number_as_text(element, shown(given)))
        value = shown(given)
    text, breaks = cleaned(value)
    if breaks:
        made.said.append(say.line_break(element, text))
    spelt = checked_spelling(element, text)
    if spelt != text:
        made.said.append(say.respelt(element, text, spelt))
    made.said += text_wrongs(element, spelt)
    return spelt


def _code(element: Element, given: Given, made: Converted) -> str | None:
    codes = element.codes or ""
    known = _spellings(codes)
    text = cleaned(shown(given))[0]
    found = known.get(label(text))
    if found is None and not isinstance(given.value, str):
        # A code such as 00 that became a number.
        found = next((known[text.zfill(n)] for n in range(2, 7) if text.zfill(n) in known), None)
    if found is None:
        made.said.append(say.code_unknown(element, text, specification().codelists[codes]))
    return found


@cache
def _spellings(codelist: str) -> dict[str, str]:
    """Code, name, English name, and code and name together → code. A spelling that two codes share is none."""
    made: dict[str, set[str]] = {}
    for entry in specification().codelists[codelist].values():
        for spelling in (entry.zh, entry.en, f"{entry.code} {entry.zh}", re.split("[(（]", entry.zh)[0]):
            made.setdefault(label(spelling), set()).add(entry.code)
    found = {spelling: next(iter(codes)) for spelling, codes in made.items() if len(codes) == 1}
    return found | {label(code): code for code in specification().codelists[codelist]}


def _number(element: Element, given: Given, made: Converted, _: bool) -> int | float | None:
    value = given.value
    if isinstance(value, str):
        plain = re.sub(r"[\s,]", "", unicodedata.normalize("NFKC", value))
        value = float(plain) if re.fullmatch(r"[+-]?\d{1,18}(\.\d*)?(e[+-]?\d{1,2})?", plain, re.I) else None
        if value is not None and re.fullmatch(r"[+-]?\d+", plain):
            value = int(plain)
    if isinstance(value, bool) or not isinstance(value, int | float):
        made.said.append(say.no_number(element, shown(given)))
        return None
    whole = element.type.kind == "integer"
    if whole and not float(value).is_integer():
        made.said.append(say.no_integer(element, shown(given)))
        return None
    digits = element.type.length - element.type.places
    if not (element.minimum or 0) <= value < 10**digits:
        made.said.append(say.out_of_range(element, shown(given), element.minimum or 0, 10**digits))
    return int(value) if whole or isinstance(value, int) else value


def _bool(element: Element, given: Given, made: Converted, _: bool) -> bool | None:
    if isinstance(given.value, bool):
        return given.value
    text = label(shown(given))
    if text not in _YES | _NO:
        made.said.append(say.no_bool(element, shown(given)))
        return None
    return text in _YES


def _moment(element: Element, given: Given, made: Converted, epoch_1904: bool) -> datetime | None:
    value, epoch = given.value, CALENDAR_MAC_1904 if epoch_1904 else WINDOWS_EPOCH
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    if isinstance(value, time | timedelta):
        return None
    text = unicodedata.normalize("NFKC", cleaned(shown(given))[0])
    if found := _DATE.fullmatch(text.replace(" ", "") if "年" in text and ":" not in text else text):
        try:
            clock = time(int(found["H"] or 0), int(found["M"] or 0), int(found["S"] or 0))
            return datetime.combine(
                date(int(found["y"]), int(found["m"] or found["mm"]), int(found["d"] or found["dd"])), clock
            )
        except ValueError:
            return None
    if re.fullmatch(r"\d{5}(\.\d+)?", text) and int(float(text)) in _SERIAL:
        read = from_excel(float(text), epoch)
        if isinstance(read, datetime):
            made.said.append(say.serial_as_date(element, text, read.date().isoformat()))
            return read
    return None


def _date(element: Element, given: Given, made: Converted, epoch_1904: bool) -> str | None:
    moment = _moment(element, given, made, epoch_1904)
    if moment is None or moment.year > _LAST_YEAR:
        made.said.append(say.no_date(element, shown(given)))
        return None
    if moment.time() != time():
        made.said.append(say.time_dropped(element, moment.isoformat(" "), moment.date().isoformat()))
    return moment.date().isoformat()


def _datetime(element: Element, given: Given, made: Converted, epoch_1904: bool) -> str | None:
    moment = _moment(element, given, made, epoch_1904)
    if moment is None:
        made.said.append(say.no_date(element, shown(given)))
        return None
    return moment.replace(tzinfo=SHANGHAI).isoformat()


_KINDS: dict[str, Callable[[Element, Given, Converted, bool], Any]] = {
    "text": _text, "integer": _number, "decimal": _number, "bool": _bool, "date": _date, "datetime": _datetime,
}  # fmt: skip
