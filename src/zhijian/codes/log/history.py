"""What was ever signed: one line for each checkpoint, written before the checkpoint itself is.

It is the writer's promise to itself: after a crash between the two, the entries up to the last line stay as fixed as
if the checkpoint had been seen by everybody, for a signature may have left the machine.
"""

import base64
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from zhijian.codes.log.disk import sync_directory
from zhijian.codes.log.errors import LogDamaged, LogError
from zhijian.codes.log.spelling import strict_base64, strict_decimal

NAME = "history"


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
