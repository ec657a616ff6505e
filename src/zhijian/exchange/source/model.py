"""A table as it came, ready to be looked at by DuckDB, with the way back to the row a person sees. Pure."""

from collections.abc import Iterator, Mapping
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
    kind: Literal["csv", "excel", "parquet", "json", "database"]
    first: int = 2
    """`_row` of the first record. In CSV and Excel the number that a spreadsheet shows (the header is row 1), in
    JSON the line, in Parquet and databases the record's number from 1."""
    remarks: tuple[Remark, ...] = ()
    about: Mapping[str, str] = field(default_factory=dict)
    """What was found out: encoding, delimiter, header rows, key; `rejects`: the Parquet file of `rejects()`."""
    modified_on: str | None = None
    """Day (ISO, Asia/Shanghai) of the file's last change, where known."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What came of opening: goes through `tables` when iterated."""

    tables: tuple[SourceTable, ...]
    remarks: tuple[Remark, ...] = ()
    """On what gave no table: files that could not be opened, files of other kinds, empty sheets."""

    def __iter__(self) -> Iterator[SourceTable]:
        return iter(self.tables)

    def __len__(self) -> int:
        return len(self.tables)


class SourceUnreadable(Exception):
    """It cannot be opened at all. `why` is a stable key."""

    def __init__(self, why: str, said: Text, remedy: Text, value: str | None = None) -> None:
        super().__init__(f"{said.zh} {said.en}")
        self.why, self.said, self.remedy, self.value = why, said, remedy, value

    def remark(self, about: str) -> Remark:
        """As a remark on `about`, where other files go on."""
        said = Text(f"{about}：{self.said.zh}", f"{about}: {self.said.en}")
        return Remark(self.why, said, self.remedy, Severity.ERROR, None, self.value or about)


def rejects(table: SourceTable) -> str | None:
    """What follows FROM in DuckDB for the lines of `table` that are no rows of it: `_row`, `why` (key of a remark),
    `text` as it stood in the file. None where there are none."""
    path = table.about.get("rejects")
    return None if path is None else "(SELECT * FROM read_parquet('{}'))".format(path.replace("'", "''"))
