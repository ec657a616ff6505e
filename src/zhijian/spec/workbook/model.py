"""Words of the room: a place in a workbook, what is wrong there, and what was read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Record = dict[str, Any]
Severity = Literal["error", "warning"]

MAX_BYTES = 20 << 20
MAX_RECORDS = 1000
MAX_CELLS = 300_000
"""Filled cells: a thousand reports of twenty items have 230,000."""
MAX_FINDINGS = 5000


class WorkbookRefused(Exception):
    """The file as a whole cannot be read. `why` is a stable key; `zh` and `en` say what it is and how to mend it."""

    def __init__(self, why: str, zh: str, en: str) -> None:
        super().__init__(why, zh, en)
        self.why, self.zh, self.en = why, zh, en


@dataclass(frozen=True, slots=True)
class Place:
    """A cell, such as C7 of 报告. `field` is empty where it is about a whole row or column that is no field."""

    sheet: str
    cell: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong at a cell. An error keeps the record from being sent; a warning says how a doubtful cell was read."""

    sheet: str
    cell: str
    field: str
    severity: Severity
    why: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
    value: str | None = None

    @property
    def is_error(self) -> bool:
        return self.severity == "error"


@dataclass(frozen=True, slots=True)
class Row:
    """One record with its cells; the records nested in it are rows of their own, in the order of the record's list."""

    entity: str
    sheet: str
    number: int
    record: Record
    columns: Mapping[str, str]
    """Field → column letter; a field without a column is missing."""
    key: str
    """The field that names the record for people."""
    parts: Mapping[str, tuple["Row", ...]]

    def place(self, field: str = "") -> Place:
        """Where `field` stands; the record's own number where it stands nowhere."""
        letter = self.columns.get(field) or self.columns.get(self.key) or "A"
        return Place(self.sheet, f"{letter}{self.number}", field)


@dataclass(frozen=True, slots=True)
class Read:
    """What a workbook says. `rows` are of the entities asked for, in their order, nested records within them."""

    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]

    @property
    def records(self) -> list[Record]:
        """As the JSON API takes them."""
        return [row.record for row in self.rows]

    @property
    def errors(self) -> list[Finding]:
        return [f for f in self.findings if f.is_error]

    @property
    def is_sound(self) -> bool:
        return not self.errors

    def locate(self, pointer: str, index: int) -> Place:
        """The cell that a JSON pointer into record `index` speaks of, such as /items/0/value."""
        row, steps = self.rows[index], pointer.strip("/").split("/")
        while len(steps) >= 2 and steps[0] in row.parts and steps[1].isdigit() and int(steps[1]) < len(
            row.parts[steps[0]]
        ):  # fmt: skip
            row, steps = row.parts[steps[0]][int(steps[1])], steps[2:]
        field = steps[0].replace("~1", "/").replace("~0", "~") if steps else ""
        return row.place(field)
