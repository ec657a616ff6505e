"""Work of a request in a thread, of which nothing stays behind when it raises.

An exception that leaves anyio's thread and the future that carries it hold each other, and by its frames every byte that was
in reach: a refused upload would lie in memory until the collector of cycles comes by, which is seldom (`kit/heap.py`). Hence
the error crosses as a result, and what its frames in the thread held is let go.
"""

import traceback
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from anyio import CapacityLimiter, to_thread

R = TypeVar("R")


class _Raised(NamedTuple):
    why: Exception


async def in_thread(work: Callable[..., R], *given: object, limiter: CapacityLimiter | None = None) -> R:
    """What `work` returns or raises, by a thread of `limiter`; without one, of the forty that all requests share."""
    outcome = await to_thread.run_sync(_outcome, work, given, limiter=limiter)
    if not isinstance(outcome, _Raised):
        return outcome
    try:
        raise outcome.why
    finally:
        del outcome  # else the error holds this frame, and this frame the error


def _outcome(work: Callable[..., R], given: tuple[object, ...]) -> R | _Raised:
    try:
        return work(*given)
    except Exception as why:
        _let_go(why)
        return _Raised(why)


def _let_go(error: BaseException) -> None:
    """Frames keep their lines, for the log, and lose their variables: one may hold the error itself."""
    at: BaseException | None = error
    while at is not None:
        traceback.clear_frames(at.__traceback__)
        at = at.__cause__ or at.__context__
