"""What every reader of a source is handed: DuckDB, a folder to write in, whom to tell how far it has come."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from zhijian.kit.clock import day

Progress = Callable[[str, int, int], None]
"""(what, done, of), in bytes or rows; `of` 0: not known."""


@dataclass(frozen=True, slots=True)
class Place:
    con: duckdb.DuckDBPyConnection
    work: Path
    progress: Progress

    def new(self, suffix: str) -> Path:
        """A name in `work` that nobody has."""
        self.work.mkdir(parents=True, exist_ok=True)
        number = sum(1 for _ in self.work.iterdir())
        while (path := self.work / f"source-{number:04d}{suffix}").exists():
            number += 1
        path.touch()
        return path


@dataclass(frozen=True, slots=True)
class Found:
    """A file to be opened. `name` and `origin` are shown; `path` may be what was unpacked of it."""

    path: Path
    name: str
    origin: str

    @property
    def modified_on(self) -> str:
        return day(datetime.fromtimestamp(self.path.stat().st_mtime, UTC)).isoformat()

    @property
    def size(self) -> int:
        return self.path.stat().st_size


def literal(text: str) -> str:
    """Text as SQL."""
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def for_duckdb(path: Path, place: Place) -> str:
    """The path as SQL. DuckDB takes `*?[` in it for a pattern: such a file is read by a link with a name of its own."""
    if not set("*?[") & set(str(path)):
        return literal(str(path))
    link = place.new(".link" + path.suffix)
    link.unlink()
    link.symlink_to(path.resolve())
    return literal(str(link))
