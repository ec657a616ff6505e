"""How far a self-check has come, on standard error: one line that is written over, or in a log a line now and then."""

import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import duckdb

from zhijian.cli.say import printable

_EVERY_S, _EVERY_S_IN_A_LOG = 0.5, 15.0
_FIRST_AFTER_S = 1.0
"""What is done by then needs no progress."""


class Progress:
    """A context. `__call__` takes the room's (what, done, of); the share within a query is asked of DuckDB."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._terminal = clock, sys.stderr.isatty()
        self._stop = threading.Event()
        self._what, self._done, self._of = "", 0, 0
        self._began = self._stage_began = clock()
        self._width = 0
        self.con: duckdb.DuckDBPyConnection | None = None

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._go, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, why: BaseException | None, at: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join(timeout=2)
        self._clear()

    def __call__(self, what: str, done: int, of: int) -> None:
        self._what, self._done, self._of, self._stage_began = what, done, of, self._clock()

    def _go(self) -> None:
        pause = _EVERY_S if self._terminal else _EVERY_S_IN_A_LOG
        if self._stop.wait(_FIRST_AFTER_S if self._terminal else pause):
            return
        while not self._stop.wait(pause):
            self._show(self.line())

    def line(self) -> str:
        share = self._share()
        place = f" {self._done + 1}/{self._of}" if self._of else ""
        spent = self._clock() - self._stage_began
        left = f"，还剩约 {spent * (100 - share) / share:.0f} 秒 left" if share > 5 and spent > 2 else ""
        percent = f" {share:.0f}%" if share > 0 else ""
        return f"{printable(self._what)}{place}{percent}{left}（已用 {self._clock() - self._began:.0f} 秒）"

    def _share(self) -> float:
        """Per cent of the query that runs; below 0 when DuckDB does not know."""
        try:
            return self.con.query_progress() if self.con else -1.0
        except Exception:  # the connection is just being closed; a progress line must not end a check
            return -1.0

    def _show(self, line: str) -> None:
        if self._terminal:
            self._clear()
            self._width = sum(2 if ord(ch) > 0x2E7F else 1 for ch in line)
            sys.stderr.write("\r" + line)
        else:
            sys.stderr.write(line + "\n")
        sys.stderr.flush()

    def _clear(self) -> None:
        if self._terminal and self._width:
            sys.stderr.write("\r" + " " * self._width + "\r")
            self._width = 0
