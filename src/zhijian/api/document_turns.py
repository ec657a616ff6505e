"""Room for work on documents, apart from the threads that everything else is answered by: a document takes seconds, and
sixty of them must not keep a laboratory from registering or asking."""

from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter

from zhijian.api.aside import busy
from zhijian.kit.threads import in_thread

R = TypeVar("R")
AT_ONCE = 8
"""Threads: two documents are worked on (`zhijian.documents`), the others look at their rows or wait some seconds for that."""
MOST, EACH = 24, 6
"""There at once, of all and of one institution, which so never has all threads: at work or waiting, with their bytes in memory."""


class DocumentTurns:
    """Belongs to one event loop."""

    def __init__(self, at_once: int = AT_ONCE, most: int = MOST, each: int = EACH) -> None:
        self._threads, self._most, self._each = CapacityLimiter(at_once), most, each
        self._there: Counter[str] = Counter()

    async def run(self, institution: str, work: Callable[..., R], *given: object) -> R:
        """What `work` returns or raises.

        Raises: Problem 503 when too many are there, before a thread is taken.
        """
        if self._there.total() >= self._most or self._there[institution] >= self._each:
            raise busy()
        self._there[institution] += 1
        try:
            return await in_thread(work, *given, limiter=self._threads)
        finally:
            self._there[institution] -= 1
            self._there += Counter()  # forgets those who have none
