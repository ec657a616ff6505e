"""Refused acts are noted in the trail, but cannot flood it: a few a minute and account, then only how many there were."""

import threading
from collections import OrderedDict
from datetime import datetime, timedelta

A_MINUTE = 5
ACCOUNTS = 10_000
_WINDOW = timedelta(minutes=1)


class Refusals:
    """Of one process. Safe to use from several threads.

    >>> from datetime import UTC
    >>> refusals, at = Refusals(), datetime(2026, 1, 1, tzinfo=UTC)
    >>> [n for n in (refusals.counted(7, at) for _ in range(1000)) if n]
    [1, 2, 3, 4, 5, 10, 100, 1000]
    >>> refusals.counted(8, at), refusals.counted(7, at + _WINDOW)
    (1, 1)
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[int, tuple[datetime, int]] = OrderedDict()
        self._lock = threading.Lock()

    def counted(self, account: int, at: datetime) -> int | None:
        """The number of this one within its minute where it is to be noted: the first five, then each power of ten."""
        with self._lock:
            since, count = self._kept.pop(account, (at, 0))
            since, count = (since, count + 1) if at - since < _WINDOW else (at, 1)
            self._kept[account] = since, count
            while len(self._kept) > ACCOUNTS:
                self._kept.popitem(last=False)
        return count if count <= A_MINUTE or count == 10 ** (len(str(count)) - 1) else None
