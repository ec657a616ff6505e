"""A sheet's rows as they come, each cell as the text that a person sees, with what is odd about it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from zhijian.exchange.source.workbook import Book, Sheet, elements, rich, unescaped

TAIL = 16 << 20
MOST_COLUMNS = 16_384
"""Of a sheet of Excel."""


@dataclass(slots=True)
class SheetRow:
    number: int
    cells: dict[int, str]
    """By column from 0; only those that are filled."""
    odd: list[tuple[int, str, str]] = field(default_factory=list)
    """(column, why, text): formula, formula-without-value, error-value, digits-lost, number, time-only."""
    hidden: bool = False


def rows_of(book: Book, sheet: Sheet) -> Iterator[SheetRow]:
    count = 0
    with book.archive.open(sheet.member) as file:
        for one in elements(file, ("row",)):
            count = int(one.get("r") or count + 1)
            row = SheetRow(count, {}, hidden=one.get("hidden") in ("1", "true"))
            column = -1
            for cell in one:
                place = cell.get("r")
                column = column + 1 if place is None else _column(place.rstrip("0123456789"))
                _cell(book, cell, column, row)
            yield row


@lru_cache(maxsize=20_000)
def _column(letters: str) -> int:
    """
    >>> _column("A"), _column("AB")
    (0, 27)

    Raises: ValueError, beyond XFD: a row is kept as wide as its last cell, so that a made-up name would fill the memory.
    """
    number = 0
    for letter in letters[:4]:
        number = number * 26 + ord(letter) - 64
    if not letters.isupper() or number > MOST_COLUMNS:
        raise ValueError(letters)
    return number - 1


def _cell(book: Book, cell: Any, column: int, row: SheetRow) -> None:
    raw, text, formula = None, None, False
    for child in cell:
        kind = child.tag[-2:]
        if kind == "}v":
            raw = child.text
        elif kind == "}f":
            formula = True
        elif kind == "is":
            text = rich(child)
    kind = cell.get("t", "n")
    if kind == "s" and raw is not None:
        text = book.strings[int(raw)]
    elif kind == "b" and raw is not None:
        text = "TRUE" if raw == "1" else "FALSE"
    elif kind == "n" and raw:
        text = _number(book, raw, cell.get("s"), column, row)
    elif raw is not None:
        text = unescaped(raw).removesuffix("T00:00:00") if kind == "d" else unescaped(raw)
        if kind == "e":
            row.odd.append((column, "error-value", text))
    if formula:
        row.odd.append((column, "formula" if text not in (None, "") else "formula-without-value", text or ""))
    if text:
        row.cells[column] = text


def _number(book: Book, raw: str, style: str | None, column: int, row: SheetRow) -> str:
    at = int(style) if style else 0
    code = book.formats[at] if at < len(book.formats) else "General"
    if is_date(code):
        return _date(raw, book.epoch_1904)
    text = shown(raw, code)
    digits = text.lstrip("-")
    if len(digits) > 15 and digits.isdigit():
        row.odd.append((column, "digits-lost", text))
    elif digits[:5].isdigit() and (len(digits) == 5 or digits[5:6] == "."):
        row.odd.append((column, "number", text))
    return text


@lru_cache(maxsize=1000)
def is_date(code: str) -> bool:
    """Whether a number format shows a date or time.

    >>> is_date('yyyy"年"m"月"'), is_date("0.00"), is_date('[Red]0.0"mg"'), is_date("[$-804]aaaa")
    (True, False, False, True)
    """
    bare = re.sub(r'"[^"]*"|\\.|_.|\[(?!h|m|s)[^\]]*\]', "", code, flags=re.I).lower()
    return code != "General" and bare != "general" and bool(re.search(r"[ymdhs]|aaa", bare)) and "e+" not in bare


def _date(raw: str, epoch_1904: bool) -> str:
    """ISO; a time alone is `hh:mm:ss`. What is no day of the calendar stays as the number."""
    try:
        serial = float(raw)
        days, seconds = int(serial), round((serial - int(serial)) * 86400)
        if 0 <= serial < 1:
            return str(timedelta(seconds=seconds)).zfill(8)
        # 1900 is a leap year to Excel: days before 1 March are one off.
        start = datetime(1904, 1, 1) if epoch_1904 else datetime(1899, 12, 30 if days >= 60 else 31)  # noqa: DTZ001
        at = start + timedelta(days=days, seconds=seconds)
    except (ValueError, OverflowError):
        return raw
    return at.date().isoformat() if not seconds else at.isoformat(" ")


@lru_cache(maxsize=100_000)
def shown(raw: str, code: str = "General") -> str:
    """A number with the digits that it has, and the zeros that its format adds; never with an exponent.

    >>> shown("1.1010819900307E+17"), shown("0.28999999999999998"), shown("7", "000000"), shown("1.3", "0.00")
    ('110108199003070000', '0.29', '000007', '1.30')
    >>> shown("0.05", "0.00%"), shown("12.345", "0.00"), shown("1E-7")
    ('5.00%', '12.345', '0.0000001')
    """
    try:
        # 17 digits are what the file needs to give a binary number back; 15 are what Excel shows.
        value = Decimal(repr(float(raw))) if not raw.lstrip("-").isdigit() else Decimal(raw)
    except (InvalidOperation, ValueError, OverflowError):
        return raw
    bare = code.split(";", maxsplit=1)[0].replace("_ ", "").replace("#,##", "").strip()
    percent = bare.endswith("%")
    if percent:
        value, bare = value * 100, bare[:-1]
    text = format(value.normalize(), "f") if value else "0"
    wanted = re.fullmatch(r"(0+)(?:\.(0+))?", bare)
    if wanted:
        whole, _, part = text.partition(".")
        sign, whole = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
        part = part.ljust(len(wanted.group(2) or ""), "0")
        text = sign + whole.zfill(len(wanted.group(1))) + (f".{part}" if part else "")
    return text + ("%" if percent else "")


def merged(book: Book, sheet: Sheet) -> list[tuple[int, int, int, int]]:
    """(first row, first column from 0, last row, last column). They stand behind the rows, so the file is gone through for them."""
    end, after = b"", bytearray()
    seen = False
    with book.archive.open(sheet.member) as file:
        while block := file.read(1 << 20):
            if not seen:
                data = end + block
                at = data.find(b"</sheetData>")
                at = data.find(b":sheetData>") if at < 0 and b"</" in data and b":sheetData>" in data else at
                if at >= 0:
                    seen = True
                    after += data[at:]
                end = data[-64:]
            elif len(after) < TAIL:
                after += block
    found = re.findall(rb'mergeCell [^>]*?ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"', bytes(after))
    return [(int(b), _column(a.decode()), int(d), _column(c.decode())) for a, b, c, d in found]
