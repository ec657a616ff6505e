"""Working days. Inside this room a day is its ordinal (int): cheap to add, compare and keep by the million."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

_SPRING_FESTIVAL = {2023: (1, 21), 2024: (2, 9), 2025: (1, 28), 2026: (2, 15), 2027: (2, 5), 2028: (1, 25)}
"""First day off; eight days follow. Later years have no Spring Festival here: add them."""
_MONTH = (0.95, 0.7, 1.05, 1.05, 1.05, 1.1, 1.05, 1.0, 1.1, 0.98, 1.15, 1.2)
"""January to December: little in the month of the festival, most before the year closes. An assumption."""
_FIXED = {(1, 1), (5, 1), (5, 2), (5, 3), *((10, day) for day in range(1, 8))}


@lru_cache(maxsize=16_384)
def iso(day: int) -> str:
    """
    >>> iso(date(2026, 6, 30).toordinal())
    '2026-06-30'
    """
    return date.fromordinal(day).isoformat()


@lru_cache(maxsize=16_384)
def is_holiday(day: int) -> bool:
    at = date.fromordinal(day)
    if (at.month, at.day) in _FIXED:
        return True
    festival = _SPRING_FESTIVAL.get(at.year)
    return festival is not None and 0 <= day - date(at.year, *festival).toordinal() < 8


@lru_cache(maxsize=16_384)
def workday_back(day: int) -> int:
    """The day itself or the last working day before it. Keeps the order of days.

    >>> iso(workday_back(date(2026, 10, 4).toordinal()))
    '2026-09-30'
    """
    while is_holiday(day) or date.fromordinal(day).weekday() > 4:
        day -= 1
    return day


def weights(first: int, last: int, *, saturday: float) -> Sequence[float]:
    """How much work falls on each day from first to last; `saturday` is its share of a weekday."""
    week = (1.0, 1.06, 1.05, 1.04, 1.1, saturday, saturday * 0.2)
    by_month = [_MONTH[date.fromordinal(day).month - 1] for day in range(first, last + 1)]
    return [
        0.0 if is_holiday(day) else month * week[date.fromordinal(day).weekday()]
        for day, month in zip(range(first, last + 1), by_month, strict=True)
    ]
