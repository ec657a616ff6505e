"""Every few seconds what was counted goes into the database: one task on the door's loop, the writing in a thread."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import datetime

import structlog

from zhijian.lookups import LookCounter, LookWriter, Window

log = structlog.get_logger("web.looks")
EVERY_S = 5.0
TIDY_EVERY = 12
"""Turns."""


class LookFlusher:
    def __init__(
        self, counter: LookCounter, writer: LookWriter, clock: Callable[[], datetime], every_s: float = EVERY_S
    ) -> None:
        self._counter, self._writer, self._clock, self._every_s = counter, writer, clock, every_s
        self._stopping = asyncio.Event()
        self._turns = self._told_other = 0
        self._shared = True

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Flushes for as long as the context lasts, and once more at its end."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            self._stopping.set()
            await task
            if self._writer.waiting:
                log.error("looks_lost", looks=self._writer.waiting)

    async def _run(self) -> None:
        stopping = False
        while not stopping:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._every_s)
            stopping = self._stopping.is_set()  # then this turn takes what is left, and is the last
            # Taken here, on the loop that counts; from now on the window belongs to the thread alone.
            await asyncio.to_thread(self._turn, self._counter.take())

    def _turn(self, window: Window) -> None:
        """Never raises: a fault is logged, and what was counted waits for the next turn."""
        try:
            self._writer.add(window, self._clock())
            self._writer.write()
            if self._turns % TIDY_EVERY == 0:
                self._writer.tidy(self._clock())
        except Exception as why:
            log.warning(
                "looks_not_written", error=type(why).__name__, detail=str(why)[:200], waiting=self._writer.waiting
            )
        self._turns += 1
        self._tell()

    def _tell(self) -> None:
        if self._writer.other > self._told_other:
            log.warning("looks_without_room", looks=self._writer.other - self._told_other)
            self._told_other = self._writer.other
        if self._shared and not self._writer.salt_is_shared:
            log.warning("place_salt_not_shared", see="docs/howto/operate.md")
        self._shared = self._writer.salt_is_shared
