"""Working days: Monday to Friday, less public holidays, and the weekend days that are worked in their place (调休)."""

import csv
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "holidays.csv"
_ONE = timedelta(days=1)


class NotKnownYet(Exception):
    """The holidays of `year` are not in the table: the State Council announces them in the autumn before.

    Raised rather than a day that would be wrong.
    """

    why = "holidays-not-known"

    def __init__(self, year: int) -> None:
        super().__init__(str(year))
        self.year = year
        self.zh = f"{year} 年的节假日安排不在表里，工作日算不出来；公布后补进 holidays.csv"
        self.en = (
            f"the public holidays of {year} are not in the table yet; add them to holidays.csv once they are announced"
        )


@cache
def _table() -> Mapping[date, bool]:
    """Day → whether it is worked, for the days that differ from their weekday."""
    lines = [line for line in _FILE.read_text("utf-8").splitlines() if not line.startswith("#")]
    return {date.fromisoformat(row["date"]): row["kind"] == "workday" for row in csv.DictReader(lines)}


@cache
def known_years() -> frozenset[int]:
    """Years whose holidays are in the table.

    >>> sorted(known_years())
    [2024, 2025, 2026]
    """
    return frozenset(day.year for day in _table())


def is_working_day(on: date) -> bool:
    """Raises: NotKnownYet.

    >>> is_working_day(date(2026, 2, 14)), is_working_day(date(2026, 2, 16))  # a Saturday worked, a Monday of the Spring Festival
    (True, False)
    """
    if on.year not in known_years():
        raise NotKnownYet(on.year)
    return _table().get(on, on.weekday() < 5)


def after_working_days(since: date, days: int) -> date:
    """The `days`-th working day after `since`; the day itself does not count.

    Raises: NotKnownYet. ValueError for less than one day.
    """
    if days < 1:
        raise ValueError(f"one day or more, not {days}")
    on, left = since, days
    while left:
        on += _ONE
        left -= is_working_day(on)
    return on


def working_days_between(since: date, until: date) -> int:
    """Working days after `since` up to `until`, that day included; negative when `until` lies before.

    Raises: NotKnownYet.

    >>> working_days_between(date(2026, 9, 18), date(2026, 9, 24)), working_days_between(date(2026, 9, 24), date(2026, 9, 18))
    (5, -5)
    """
    if until < since:
        return -working_days_between(until, since)
    return sum(is_working_day(since + _ONE * step) for step in range(1, (until - since).days + 1))
