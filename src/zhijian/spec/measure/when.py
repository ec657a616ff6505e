"""Days as people and programs write them. What could be two days is refused, never chosen."""

import re
from datetime import date, datetime, time, timedelta

from zhijian.kit.clock import SHANGHAI

from .reasons import NotReadable, Unread, Why
from .text import MOST_CHARS, folded

_ORDERED = re.compile(r"(?P<y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})|(?P<y2>\d{4})年(?P<m2>\d{1,2})月(?P<d2>\d{1,2})[日号]?"
                      r"|(?P<y3>\d{4})(?P<m3>\d{2})(?P<d3>\d{2})")  # fmt: skip
_CLOCK = re.compile(
    r"(?:T|星期.|周.|\(.{1,3}\))?(?P<h>\d{1,2})[:时点](?P<min>\d{1,2})(?:[:分](?P<sec>\d{1,2})(?:[.,]\d{1,9})?秒?|分)?"
    r"(?P<zone>Z|[+-]\d{2}(?::?\d{2})?)?"
)
_OTHER = re.compile(r"(?P<a>\d{1,2})(?P<s>[-/.])(?P<b>\d{1,2})(?P=s)(?P<y>\d{4})")
_SHORT = re.compile(r"\d{1,2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|[〇零一二三四五六七八九]{2}年.{1,3}月.{1,3}日?")
_MONTH_ONLY = re.compile(r"\d{4}(?:[-/.]\d{1,2}|年\d{1,2}月?)|\d{6}")
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH = re.compile(r"(?:(?P<d>\d{1,2})[-/ ,]?(?P<m>[A-Za-z]{3,9})|(?P<m2>[A-Za-z]{3,9})\.?(?P<d2>\d{1,2}))[-/ ,]+(?P<y>\d{4})"
                      r"|(?P<d3>\d{1,2})(?P<m3>[A-Za-z]{3,9})(?P<y3>\d{4})")  # fmt: skip
_DIGITS = {**{ch: str(n) for n, ch in enumerate("〇一二三四五六七八九")}, "零": "0", "○": "0", "O": "0"}
_CHINESE = re.compile(
    r"(?P<y>[〇零○O一二三四五六七八九]{4})年(?P<m>[一二三四五六七八九十]{1,2})月(?P<d>[一二三四五六七八九十廿卅]{1,3})[日号]?"
)
_SERIAL = re.compile(r"\d{1,6}(?:\.\d{1,12})?")
_FIRST, _LAST = 1900, 2199
_EPOCH = date(1899, 12, 30)
"""Excel's day 0 as it counts from March 1900 on; its 1900 wrongly has a 29 February, so days before are refused."""


def read_day(text: str, *, excel_serial: bool = False) -> date | NotReadable:
    """The day in Shanghai that a text names; a day number of Excel (system of 1900) only when told to.

    >>> read_day("二〇二六年一月三日").isoformat(), read_day("2026-01-02T23:30:00Z").isoformat()
    ('2026-01-03', '2026-01-03')
    >>> read_day("44927.5", excel_serial=True).isoformat(), read_day("44927").why.value, read_day("03/04/2026").why.value
    ('2023-01-01', 'serial', 'day_or_month')
    """
    if len(text) > MOST_CHARS:
        return NotReadable(text, Why.TOO_LONG)
    plain = folded(text)
    try:
        return _day(plain, excel_serial)
    except Unread as unread:
        return NotReadable(plain, unread.why)


def _day(text: str, excel_serial: bool) -> date:
    if not text:
        raise Unread(Why.EMPTY)
    if excel_serial and _SERIAL.fullmatch(text) and not re.fullmatch(r"\d{6}", text):
        return _from_serial(text)
    found = _ORDERED.match(text)
    if found:
        year, month, day = (found[name] or found[name + "2"] or found[name + "3"] for name in "ymd")
        return _at(_made(int(year), int(month), int(day)), text[found.end() :].strip())
    for pattern, read in ((_CHINESE, _chinese), (_OTHER, _other), (_ENGLISH, _english)):
        found = pattern.match(text)
        if found:
            return _at(read(found), text[found.end() :].strip())
    if _SHORT.fullmatch(text):
        raise Unread(Why.SHORT_YEAR)
    if _MONTH_ONLY.fullmatch(text):
        raise Unread(Why.NO_DAY)
    raise Unread(Why.SERIAL if re.fullmatch(r"\d{5}(?:\.\d+)?", text) else Why.BAD_DAY)


def _made(year: int, month: int, day: int) -> date:
    if not _FIRST <= year <= _LAST:
        raise Unread(Why.YEAR_RANGE)
    try:
        return date(year, month, day)
    except ValueError:
        raise Unread(Why.NO_SUCH_DAY) from None


def _at(day: date, clock: str) -> date:
    """The day in Shanghai, given what follows it: nothing, a time, or a time with its zone."""
    if not clock:
        return day
    found = _CLOCK.fullmatch(clock)
    if found is None:
        raise Unread(Why.BAD_DAY)
    try:
        at = datetime.combine(day, time(int(found["h"]), int(found["min"]), int(found["sec"] or 0)))
        if not found["zone"]:
            return day
        return datetime.fromisoformat(f"{at.isoformat()}{found['zone']}").astimezone(SHANGHAI).date()
    except (ValueError, OverflowError):
        raise Unread(Why.NO_SUCH_DAY) from None


def _chinese(found: re.Match[str]) -> date:
    year = int("".join(_DIGITS[ch] for ch in found["y"]))
    return _made(year, _tens(found["m"]), _tens(found["d"]))


def _tens(text: str) -> int:
    """
    >>> [_tens(text) for text in ("十", "十二", "二十", "三十一", "廿三", "九")]
    [10, 12, 20, 31, 23, 9]
    """
    text = text.replace("廿", "二十").replace("卅", "三十")
    tens, ten, ones = text.rpartition("十")
    if not ten:
        tens, ones = "零", text
    if len(tens) > 1 or len(ones) > 1 or "十" in tens:
        raise Unread(Why.BAD_DAY)
    return 10 * int(_DIGITS[tens or "一"]) + int(_DIGITS[ones or "零"])


def _other(found: re.Match[str]) -> date:
    """Day and month before the year: read where one of them cannot be a month, or where both are the same."""
    first, second, year = int(found["a"]), int(found["b"]), int(found["y"])
    if first > 12:
        return _made(year, second, first)
    if second > 12 or first == second:
        return _made(year, first, second)
    raise Unread(Why.DAY_OR_MONTH)


def _english(found: re.Match[str]) -> date:
    day, name, year = (found[one] or found[one + "2"] if one != "y" else found[one] for one in "dmy")
    day, name, year = day or found["d3"], name or found["m3"], year or found["y3"]
    if name[:3].lower() not in _NAMES:
        raise Unread(Why.BAD_DAY)
    return _made(int(year), _NAMES.index(name[:3].lower()) + 1, int(day))


def _from_serial(text: str) -> date:
    days = int(text.partition(".")[0])
    if days < 61:
        raise Unread(Why.YEAR_RANGE)
    made = _EPOCH + timedelta(days=days)
    if made.year > _LAST:
        raise Unread(Why.YEAR_RANGE)
    return made
