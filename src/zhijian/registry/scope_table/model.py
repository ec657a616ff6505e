"""A line of a capability table, with the cell each of its values stands in; what reading a table comes to. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from zhijian.registry.model import Span, normal_parameter, normal_standard, standard_without_year
from zhijian.spec.workbook import Finding, Place

Record = dict[str, Any]
LEVELS = 5
"""At most, of the official form."""
_CLAUSE = re.compile(
    r"(?:^|\s)(\([^()]*\)|第[一二三四五六七八九十百\d]+(?:法|篇|部分|章|条|节).*|方法\s?[A-Z\d一二三四五六七八九十]+|附录\s?[A-Z].*|\d+(?:\.\d+)+)$"
)


@dataclass(frozen=True, slots=True)
class Level:
    """From category down to parameter; `no` is the number at this level as it stands."""

    name: str
    no: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One standard of one parameter. Days are ISO; None where neither table nor caller says."""

    number: str | None
    site_no: str
    sequence: str
    levels: tuple[Level, ...]
    standard: str
    """Number with year, the key of the scope; its clause is at the end of `standard_name`, see `clause`."""
    standard_name: str | None = None
    restriction: str | None = None
    note: str | None = None
    batch: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    sheet: str = field(default="", compare=False)
    cells: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    """Field → A1 address; levels are `level/1/no`, `level/1/name` …"""

    @property
    def clause(self) -> str | None:
        """Part of the standard to which the line is bound.

        >>> Line(None, "S1", "1", (Level("铅"),), "GB 5009.12-2023", "食品中铅的测定 第一法").clause
        '第一法'
        """
        found = _CLAUSE.search(self.standard_name or "")
        return found[1] if found else None

    @property
    def path(self) -> tuple[str, ...]:
        """Names of the levels; width, case and blanks do not make another."""
        return tuple(normal_parameter(level.name) for level in self.levels)

    @property
    def code(self) -> str:
        return normal_standard(self.standard)

    @property
    def code_without_year(self) -> str:
        return standard_without_year(self.standard)

    def valid_on(self, on: date) -> bool:
        """Days that nobody gave do not bound it."""
        first, last = (date.fromisoformat(d) if d else None for d in (self.valid_from, self.valid_to))
        return Span(first or date.min, last).covers(on)

    @property
    def capability(self) -> Record:
        """The record `capability` of the specification, without what is not known."""
        middle = "/".join(level.name for level in self.levels[1:-1])
        said = {
            "number": self.number, "site_no": self.site_no, "sequence": self.sequence,
            "category": self.levels[0].name, "object": middle or None, "parameter": self.levels[-1].name,
            "standard": self.standard, "standard_name": self.standard_name, "restriction": self.restriction,
            "note": self.note, "batch": self.batch, "valid_from": self.valid_from, "valid_to": self.valid_to,
        }  # fmt: skip
        return {name: value for name, value in said.items() if value is not None}

    @property
    def level_records(self) -> list[Record]:
        """Records `capability_level`, from the category down."""
        key = {"number": self.number, "site_no": self.site_no, "sequence": self.sequence}
        return [
            {k: v for k, v in {**key, "level": n, "level_no": level.no, "name": level.name}.items() if v is not None}
            for n, level in enumerate(self.levels, 1)
        ]

    def place(self, name: str) -> Place | None:
        """Where a field of `capability`, or `level/2/name`, stands; None where the table has no cell for it."""
        named = {"category": "level/1/name", "object": "level/2/name", "parameter": f"level/{len(self.levels)}/name"}
        cell = self.cells.get(named.get(name, name))
        return Place(self.sheet, cell, name) if cell else None


@dataclass(frozen=True, slots=True)
class Aside:
    """Text of the table that is no line: titles, remarks, headings said again."""

    sheet: str
    cell: str
    text: str


@dataclass(frozen=True, slots=True)
class ScopeTable:
    """What a workbook says. Each filled row is in `lines`, `findings` or `asides`, a heading row in the lines below it."""

    lines: tuple[Line, ...]
    findings: tuple[Finding, ...]
    asides: tuple[Aside, ...]
    refused: int
    """Lines that are not taken, each for an error among `findings`."""

    @property
    def capabilities(self) -> list[Record]:
        return [line.capability for line in self.lines]

    @property
    def levels(self) -> list[Record]:
        return [level for line in self.lines for level in line.level_records]

    @property
    def errors(self) -> list[Finding]:
        return [f for f in self.findings if f.is_error]


def from_records(capabilities: Iterable[Record], levels: Iterable[Record] = ()) -> tuple[Line, ...]:
    """Lines out of records of the specification. A row without levels has category, object and parameter for them."""
    below: dict[tuple[Any, ...], dict[int, Level]] = defaultdict(dict)
    for one in levels:
        below[_key(one)][int(one["level"])] = Level(str(one["name"]), one.get("level_no"))
    return tuple(_line(one, below.get(_key(one), {})) for one in capabilities)


def _key(record: Record) -> tuple[Any, ...]:
    return record.get("number"), record["site_no"], record["sequence"]


def _line(record: Record, below: Mapping[int, Level]) -> Line:
    levels = tuple(level for _, level in sorted(below.items())) or tuple(_named(record))

    def said(name: str) -> str | None:
        return None if record.get(name) is None else str(record[name])

    return Line(said("number"), record["site_no"], record["sequence"], levels, record["standard"], said("standard_name"),
                said("restriction"), said("note"), said("batch"), said("valid_from"), said("valid_to"))  # fmt: skip


def _named(record: Record) -> Iterator[Level]:
    for name in ("category", "object", "parameter"):
        if record.get(name):
            yield Level(str(record[name]))
