"""Where a version of a record belongs among those that are there. Pure.

A record's versions are ordered by (day from which it holds, count of that day); what holds on a day is the last one up to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

Content = dict[str, Any] | None
"""Element → typed value; None: from that day there is no such record."""


class Place(StrEnum):
    """What a version that comes in is to those that are there."""

    SAME = "same"
    """It says what holds on its day already: nothing is written."""
    NEWEST = "newest"
    """It takes the place of what holds now."""
    LATE = "late"
    """A later one is known: it goes into the past, and what holds now stays."""


@dataclass(frozen=True, slots=True)
class Line:
    """What is known of one record."""

    current: tuple[date, Content] | None
    past: Sequence[tuple[date, Content]]
    """In order; may be left out where `current` is no later than the day that is asked for."""

    def before(self, on: date) -> Content:
        """What holds on a day, as far as is known."""
        if self.current is not None and self.current[0] <= on:
            return self.current[1]
        return next((content for day, content in reversed(self.past) if day <= on), None)

    def place(self, on: date, content: Content) -> Place:
        """
        >>> one = Line((date(2026, 3, 1), {"name": "甲"}), [(date(2026, 1, 1), {"name": "乙"})])
        >>> [one.place(date(2026, m, 1), {"name": "乙"}).value for m in (1, 2, 3)]
        ['same', 'same', 'newest']
        >>> one.place(date(2026, 2, 1), None).value
        'late'
        """
        if self.before(on) == content:
            return Place.SAME
        newest = self.current[0] if self.current else self.past[-1][0] if self.past else date.min
        return Place.NEWEST if on >= newest else Place.LATE
