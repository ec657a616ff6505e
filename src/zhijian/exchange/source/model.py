"""A table as it came, ready to be looked at by DuckDB, with the way back to the row a person sees. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from zhijian.exchange.model import Severity, Text


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    """As in the header, unique within the table."""
    type: str = "VARCHAR"
    """Of DuckDB. Text sources have VARCHAR throughout; Parquet and databases have their own."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something met on opening the table: an encoding, a delimiter, a broken line, a merged header."""

    why: str
    """Stable key, such as `encoding` or `broken-line`."""
    said: Text
    remedy: Text
    severity: Severity
    row: int | None = None
    """As in `SourceTable.first`; None where it concerns the whole table."""
    value: str | None = None


@dataclass(frozen=True, slots=True)
class SourceTable:
    """One table. `relation` is what follows FROM in DuckDB; it yields `_row` (BIGINT, see `first`) and `columns`."""

    name: str
    """Shown: the file's name, with the sheet's after " / "; of a database the table's."""
    origin: str
    """Path, or address without its password."""
    relation: str
    columns: tuple[Column, ...]
    kind: Literal["csv", "excel", "parquet", "database"]
    first: int = 2
    """`_row` of the first record. In CSV and Excel the number that a spreadsheet shows (the header is row 1), in
    Parquet and databases the record's number from 1."""
    remarks: tuple[Remark, ...] = ()
    about: Mapping[str, str] = field(default_factory=dict)
    """What was found out: encoding, delimiter, header rows, size."""
    modified_on: str | None = None
    """Day (ISO, Asia/Shanghai) of the file's last change, where known."""
