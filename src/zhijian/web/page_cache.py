"""Rendered public answers in memory: what most requests get, without a thread, a query or a template.

Only answers without a verifier are kept, and never a "not found": guesses must not push real answers out.
Belongs to one event loop; `evict` and `clear` must be called on it (`loop.call_soon_threadsafe` from elsewhere).
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from starlette.responses import Response

from zhijian.lookups import Shown

MAX_REMEMBERED_EVICTIONS = 10_000


@dataclass(frozen=True, slots=True)
class CachedAnswer:
    """A body cut where the time of the question belongs; `time_now` gives that time as it is written there."""

    pieces: tuple[bytes, ...]
    time_now: Callable[[], bytes]
    headers: tuple[tuple[bytes, bytes], ...]
    """With content-length: every time is written with the same number of bytes."""
    shown: Shown
    """What the answer says of the report, so that a look at it can be counted."""

    @property
    def size_bytes(self) -> int:
        return sum(map(len, self.pieces))

    def body(self) -> bytes:
        return self.time_now().join(self.pieces)

    def response(self) -> Response:
        response = Response(self.body())
        response.raw_headers = list(self.headers)
        return response


class PageCache:
    """Least recently used codes go first; an entry lives `ttl_s`.

    >>> cache = PageCache(ttl_s=60, max_codes=10, max_bytes=1000)
    >>> cache.get("332608K7M4QX72RD9C", "zh") is None
    True
    """

    def __init__(self, ttl_s: float, max_codes: int, max_bytes: int, timer: Callable[[], float] = monotonic) -> None:
        self._ttl_s, self._max_codes, self._max_bytes, self._timer = ttl_s, max_codes, max_bytes, timer
        self._codes: OrderedDict[str, dict[str, tuple[float, CachedAnswer]]] = OrderedDict()
        self._size_bytes = 0
        self._sequence = 0
        self._evicted: OrderedDict[str, int] = OrderedDict()
        self._forgotten = 0
        """Highest sequence among evictions no longer remembered: a ticket older than that is refused."""

    def __len__(self) -> int:
        return len(self._codes)

    def get(self, code: str, variant: str) -> CachedAnswer | None:
        variants = self._codes.get(code)
        if variants is None:
            return None
        entry = variants.get(variant)
        if entry is None:
            return None
        if entry[0] < self._timer():
            self._drop(code)
            return None
        self._codes.move_to_end(code)
        return entry[1]

    def ticket(self) -> int:
        """Take one before asking the database: an answer read before an eviction must not be kept after it."""
        return self._sequence

    def put(self, ticket: int, code: str, variant: str, answer: CachedAnswer) -> None:
        if ticket < max(self._evicted.get(code, 0), self._forgotten):
            return
        variants = self._codes.setdefault(code, {})
        old = variants.get(variant)
        self._size_bytes += answer.size_bytes - (old[1].size_bytes if old else 0)
        variants[variant] = (self._timer() + self._ttl_s, answer)
        self._codes.move_to_end(code)
        while self._codes and (len(self._codes) > self._max_codes or self._size_bytes > self._max_bytes):
            self._drop(next(iter(self._codes)))

    def evict(self, code: str) -> None:
        """The state of this code changed."""
        self._sequence += 1
        self._evicted[code] = self._sequence
        self._evicted.move_to_end(code)
        if len(self._evicted) > MAX_REMEMBERED_EVICTIONS:
            _, self._forgotten = self._evicted.popitem(last=False)
        self._drop(code)

    def clear(self) -> None:
        """Anything may have changed, for example after the connection that brings the notices was lost."""
        self._sequence += 1
        self._forgotten = self._sequence
        self._evicted.clear()
        self._codes.clear()
        self._size_bytes = 0

    def _drop(self, code: str) -> None:
        variants = self._codes.pop(code, None)
        if variants:
            self._size_bytes -= sum(answer.size_bytes for _, answer in variants.values())
