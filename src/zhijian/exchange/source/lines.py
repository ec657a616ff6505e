"""Text into records, line by line, when it may be broken: an unclosed quote costs its own line, not the rest of the file."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LONGEST = 32 << 20
"""Characters that a cell with line breaks may have; a quote that closes later was never meant to open."""


@dataclass(frozen=True, slots=True)
class Broken:
    why: str
    """`too-many`, `too-few`, `quote` (never closed, or text after the closing one)."""
    cells: int
    text: str


class _TooLong(Exception):
    pass


class Lines:
    """Lines with a way back. `taken`: since the last record."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = iter(texts)
        self._now: Iterator[str] = iter(())
        self._again: list[str] = []
        self.taken: list[str] = []
        self._chars = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._again:
            line = self._again.pop()
        else:
            found = next(self._now, None)
            while found is None:
                self._now = io.StringIO(next(self._texts), newline="")
                found = next(self._now, None)
            line = found
        if self.taken:
            self._chars += len(line)
            if self._chars > LONGEST:
                self._again.append(line)
                raise _TooLong
        self.taken.append(line)
        return line

    def done(self) -> None:
        self.taken.clear()
        self._chars = 0

    def only_first(self) -> str:
        """Gives all lines but the first back, to be read anew."""
        first = self.taken[0]
        self._again.extend(reversed(self.taken[1:]))
        self.done()
        return first


@dataclass(frozen=True, slots=True)
class Record:
    """`cells` None: a blank line. `text`: its first line. `lines`, `chars`: how many it takes."""

    cells: list[str] | Broken | None
    text: str
    lines: int
    chars: int


class Records:
    """Goes through the records. `width` may be set on the way; None: any number of cells is right.

    A record over several lines whose number of cells is wrong is taken for a line with an unclosed quote.
    """

    def __init__(self, texts: Iterable[str], delimiter: str, width: int | None = None) -> None:
        csv.field_size_limit(2 * LONGEST)
        self.width, self._delimiter, self._lines = width, delimiter, Lines(texts)

    def __iter__(self) -> Iterator[Record]:
        lines = self._lines
        reader = self._reader()
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (csv.Error, _TooLong):
                text = lines.only_first()
                reader = self._reader()
                yield Record(_again(text, self._delimiter, self.width), text, 1, len(text))
                continue
            taken = lines.taken
            text, count = taken[0], len(taken)
            chars = len(text) if count == 1 else sum(map(len, taken))
            judged: list[str] | Broken | None = cells
            if len(cells) != self.width or not any(cells):
                judged = _judged(cells, self.width, text, self._delimiter)
            if isinstance(judged, Broken) and count > 1:
                lines.only_first()
                reader = self._reader()
                judged, count, chars = Broken("quote", len(cells), text), 1, len(text)
            else:
                lines.done()
            yield Record(judged, text, count, chars)

    def _reader(self) -> Iterator[list[str]]:
        return csv.reader(self._lines, delimiter=self._delimiter, strict=True)


def _again(text: str, delimiter: str, width: int | None) -> list[str] | Broken:
    """A line with wrong quoting: right after all if nothing but blanks stands behind a closing quote."""
    mended = re.sub(f'" +(?={re.escape(delimiter)}|[\r\n]*$)', '"', text)
    if mended != text:
        try:
            cells = next(csv.reader([mended], delimiter=delimiter, strict=True))
        except (csv.Error, StopIteration):
            cells = []
        if cells and width in (None, len(cells)):
            return cells
    return Broken("quote", text.count(delimiter) + 1, text)


def _blank(text: str, delimiter: str) -> bool:
    return not text.strip(delimiter + " \t\r\n\u3000\ufeff")


def _judged(cells: list[str], width: int | None, text: str, delimiter: str) -> list[str] | Broken | None:
    if _blank(text, delimiter):
        return None
    if width is None or len(cells) == width:
        return cells
    if len(cells) > width:
        # A spreadsheet leaves delimiters behind where something once stood.
        return Broken("too-many", len(cells), text) if any(c.strip() for c in cells[width:]) else cells[:width]
    return Broken("too-few", len(cells), text)
