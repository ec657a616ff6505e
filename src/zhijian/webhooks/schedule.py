"""When a delivery that failed is tried again."""

from datetime import datetime, timedelta

PAUSES_S = (5, 30, 120, 600, 3600, 6 * 3600)
"""After the first failure, the second, …; the last one again and again."""
GIVES_UP_AFTER = timedelta(days=3)
SPREAD = 0.2


def next_attempt(failed_since: datetime, failures: int, at: datetime, chance: float) -> datetime | None:
    """When to try again after so many failures in a row (≥ 1), the first at `failed_since`; None to give up.

    `chance` (0–1) makes a pause up to a fifth shorter or longer, so that receivers that failed together do not all
    come back together.

    >>> from datetime import UTC
    >>> first = datetime(2026, 5, 12, tzinfo=UTC)
    >>> next_attempt(first, 1, first, 0.5) - first
    datetime.timedelta(seconds=5)
    >>> next_attempt(first, 20, first + timedelta(days=3), 0.5)
    """
    if at - failed_since >= GIVES_UP_AFTER:
        return None
    pause_s = PAUSES_S[min(failures, len(PAUSES_S)) - 1] * (1 - SPREAD + 2 * SPREAD * chance)
    return at + timedelta(seconds=pause_s)
