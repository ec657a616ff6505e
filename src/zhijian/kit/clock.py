"""China's time. The platform keeps UTC; days and whatever people read are Asia/Shanghai."""

from datetime import date, datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China keeps one time without summer time since 1992; a fixed offset needs no time-zone data."""


def day(at: datetime) -> date:
    """The date in Shanghai.

    >>> from datetime import UTC
    >>> day(datetime(2026, 6, 30, 16, 0, tzinfo=UTC))
    datetime.date(2026, 7, 1)
    """
    return at.astimezone(SHANGHAI).date()
