"""What was ever signed: one line for each checkpoint, written before the checkpoint itself is.

It is the writer's promise to itself: whatever stands here was signed, and may have left the machine (a witness may have
cosigned it) whether it was published or not. Invariant: each line is a beginning of every later one, and of everything
that will ever be signed; opening the folder holds the last line against the tiles, over any crash.
"""

import base64
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from zhijian.codes.log.disk import sync_directory
from zhijian.codes.log.errors import LogDamaged, LogError
from zhijian.codes.log.spelling import strict_base64, strict_decimal

NAME = "history"
_LINE_MAX = 256
"""More than any line has: two numbers of 19 digits at most, a root, a time."""


@dataclass(frozen=True, slots=True)
class Published:
    """Size, root and time of one checkpoint. The time is the writer's own, to the microsecond; nobody signed it."""

    size: int
    root: bytes
    at: datetime

    def line(self) -> bytes:
        if self.at.tzinfo is None:
            raise LogError("time-naive", self.at)
        stamp = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        return f"{self.size} {base64.b64encode(self.root).decode()} {stamp}\n".encode()

    @classmethod
    def parse(cls, line: bytes) -> "Published":
        try:
            size, root, stamp = line.decode().split(" ")
            return cls(strict_decimal(size), strict_base64(root), datetime.fromisoformat(stamp))
        except (LogError, ValueError):
            raise LogDamaged("history-line", line) from None


def parse_history(raw: bytes) -> Iterator[Published]:
    return (Published.parse(line) for line in raw.split(b"\n")[:-1])


def around(path: Path, index: int) -> tuple[Published | None, Published | None]:
    """The last checkpoint that does not cover leaf `index`, and the first that does; None where there is none.

    By bisection of the file, of which half a year can hold a gigabyte. Raises LogDamaged (history-line).
    """
    before = after = None
    with path.open("rb") as file:
        low, high = 0, file.seek(0, os.SEEK_END)
        while low < high:  # lines that start before `low` do not cover it, those from `high` on do
            start, line = _line_at(file, low, (low + high) // 2)
            if not line.endswith(b"\n"):
                high = start  # torn, or being written: not signed yet
            elif (found := Published.parse(line[:-1])).size > index:
                after, high = found, start
            else:
                before, low = found, start + len(line)
    return before, after


def _line_at(file: BinaryIO, low: int, middle: int) -> tuple[int, bytes]:
    """Start and bytes of the line around `middle`; `low` is the start of a line not after it."""
    back = max(low, middle - _LINE_MAX)
    file.seek(back)
    raw = file.read(2 * _LINE_MAX)
    start = raw.rfind(b"\n", 0, middle - back) + 1
    if start == 0 and back != low:
        raise LogDamaged("history-line", raw[:_LINE_MAX])
    end = raw.find(b"\n", start)
    return back + start, raw[start : end + 1] if end >= 0 else raw[start:]


class History:
    """The file, opened by the one writer. `last` is None while nothing was signed."""

    def __init__(self, root: Path) -> None:
        self._path = root / NAME
        if not self._path.exists():
            self._path.touch()
            sync_directory(root)
        whole = self._last_whole_line()
        self.last = Published.parse(whole) if whole else None

    def _last_whole_line(self) -> bytes:
        """Cut a torn line off the end (it was never followed by a signature) and return the last whole one."""
        with self._path.open("r+b") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 1024))
            tail = file.read()
            torn = len(tail) - (tail.rfind(b"\n") + 1)
            if torn:
                file.truncate(size - torn)
                os.fsync(file.fileno())
            return tail[: len(tail) - torn].rstrip(b"\n").rpartition(b"\n")[2]

    def append(self, published: Published) -> None:
        """Durable on return. Sizes only grow: an equal or smaller one raises LogDamaged (history-order)."""
        if self.last and published.size <= self.last.size:
            raise LogDamaged("history-order", published.size)
        with self._path.open("ab") as file:
            file.write(published.line())
            file.flush()
            os.fsync(file.fileno())
        self.last = published
