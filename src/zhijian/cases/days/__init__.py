"""Days that count: working days in China, and until when something must be done. Pure; both tables are data.

A day that rests on holidays which the State Council has not announced yet is unknown, never guessed.

>>> from datetime import date
>>> after_working_days(date(2026, 9, 18), 5)  # 20 September is worked, 25 to 27 are Mid-autumn
datetime.date(2026, 9, 24)
>>> due("decision", date(2026, 3, 31))
datetime.date(2026, 6, 29)
>>> due("retraction", date(2026, 12, 30))
Traceback (most recent call last):
zhijian.cases.days.calendar.NotKnownYet: 2027
"""

from zhijian.cases.days.calendar import (
    NotKnownYet,
    after_working_days,
    is_working_day,
    known_years,
    working_days_between,
)
from zhijian.cases.days.deadlines import DEADLINES, Deadline, due

__all__ = ["DEADLINES", "Deadline", "NotKnownYet", "after_working_days", "due", "is_working_day", "known_years",
           "working_days_between"]  # fmt: skip
