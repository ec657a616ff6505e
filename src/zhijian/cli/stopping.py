"""Ctrl-C and SIGTERM, heard between two steps instead of in the middle of one: nothing is torn, no trace is printed."""

import signal
import time
from typing import Any, Self

import typer

IMPATIENT_S = 1.0
"""A second Ctrl-C no sooner than this means: now. Sooner it is the same one, passed on by whoever started us."""


class Stopping:
    """While the context lasts, a signal is a wish, and `check` the place where it comes true.

    An impatient second one is not waited with: it interrupts whatever is under way.
    """

    def __init__(self) -> None:
        self.asked: int | None = None
        """Number of the signal."""
        self._asked_at = 0.0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        self._before = {n: signal.signal(n, self._hear) for n in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *_: object) -> None:
        # Once asked to, the process only has its last line to say: nothing may come between.
        for number, handler in self._before.items():
            signal.signal(number, handler if self.asked is None else signal.SIG_IGN)

    def _hear(self, number: int, _: object) -> None:
        if self.asked is not None and time.monotonic() - self._asked_at > IMPATIENT_S:
            raise KeyboardInterrupt
        self.asked, self._asked_at = number, time.monotonic()

    def check(self) -> None:
        """Raises: KeyboardInterrupt after Ctrl-C, typer.Exit with 143 after SIGTERM."""
        if self.asked == signal.SIGTERM:
            raise typer.Exit(128 + signal.SIGTERM)
        if self.asked is not None:
            raise KeyboardInterrupt
