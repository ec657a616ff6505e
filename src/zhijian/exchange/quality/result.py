"""What a self-check comes to, as it is kept, compared and shown: `zhijian-check/1`. Pure.

The JSON is these classes by name (docs/reference/check-json.md). A field is added without a new version of the format; one that
changes its meaning or goes takes `zhijian-check/2`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import msgspec

from zhijian.exchange.model import Dimension, Severity, State, Text

FORMAT = "zhijian-check/1"


class ResultWrong(Exception):
    """A file that is no result of this format; says where it differs."""


@dataclass(frozen=True, slots=True)
class Place:
    """One thing found. Values of personal and clients' columns are masked; the rejected rows have them as they came."""

    row: int | None
    """As a spreadsheet counts (the header is row 1); in Parquet and databases the record's number from 1; None: the
    whole column or table."""
    value: str | None
    other_table: int | None = None
    other_row: int | None = None
    """What it stands against."""


@dataclass(frozen=True, slots=True)
class RuleResult:
    number: int
    check: str
    title: Text
    dimension: Dimension
    severity: Severity
    basis: str
    """Law or standard."""
    origin: str
    """`national`, or who added the check."""
    table: int
    """Its number in `tables`, from 0."""
    on: tuple[str, ...]
    """Element ids; `c7` is the eighth column, of no element."""
    columns: tuple[str, ...]
    """The same as headers of the table."""
    state: State
    applicable: int
    failing: int
    share: float
    """failing / applicable, 0–1."""
    cost: float
    """Points that it takes from the whole score, before caps."""
    why: Text
    remedy: Text
    reason: Text | None
    """Why it did not apply, or was not evaluated."""
    examples: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Count:
    value: str
    rows: int


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """One column. `values` and `shapes` are counted over `looked_at` rows spread evenly, everything else over all."""

    name: str
    element: str | None
    type: str
    """Of the source; VARCHAR in CSV and Excel."""
    read_as: str
    """How it is read: text, date, datetime, integer, decimal, bool."""
    masked: bool
    rows: int
    filled: int
    """Neither blank nor a placeholder."""
    blank: int
    placeholder: int
    """“/”, 无, NULL and the like."""
    readable: int
    """Of the filled, those that are readable as `read_as`."""
    distinct: int
    """Of the filled; exact where all were looked at, else approximate by a few per cent."""
    shortest: int | None
    longest: int | None
    """Characters."""
    least: str | None
    most: str | None
    """By number, day or alphabet; None where masked."""
    looked_at: int
    numeric: float | None
    """Share of the filled ones looked at that read as a number; None: nothing filled."""
    dated: float | None
    """The same for days."""
    values: tuple[Count, ...]
    """Most frequent first."""
    shapes: tuple[Count, ...]
    """A stands for letters, 9 for a digit, 汉 for Chinese characters in a row."""


@dataclass(frozen=True, slots=True)
class RemarkResult:
    why: str
    said: Text
    remedy: Text
    severity: Severity
    row: int | None
    value: str | None


@dataclass(frozen=True, slots=True)
class Near:
    """An entity that a table might have been meant for."""

    entity: str
    zh: str
    en: str
    found: tuple[str, ...]
    missing: tuple[str, ...]
    """Headers, in Chinese: those that fit, and the compulsory ones that are not there."""


@dataclass(frozen=True, slots=True)
class TableResult:
    number: int
    name: str
    kind: Literal["csv", "excel", "parquet", "json", "database"]
    rows: int
    entity: str | None
    """None: not recognised, so that only what holds of every table was checked."""
    entity_name: Text | None
    headers: tuple[str, ...]
    unbound: tuple[str, ...]
    """Headers that are no element."""
    missing: tuple[Text, ...]
    """Compulsory elements without a column."""
    near: tuple[Near, ...]
    """Of a table that was not recognised, the nearest entities first."""
    remarks: tuple[RemarkResult, ...]
    about: Mapping[str, str]
    rejected: int
    """Rows with at least one error."""
    columns: tuple[ColumnProfile, ...]
    """Empty where no profile was asked for."""


@dataclass(frozen=True, slots=True)
class GradeResult:
    score: float
    level: int
    """1 best … 5."""
    name: str
    """一级 … 五级"""
    rules: int


@dataclass(frozen=True, slots=True)
class Input:
    name: str
    size_bytes: int | None
    sha256: str | None
    """None of a database: its rows are not kept."""


@dataclass(frozen=True, slots=True)
class CheckUsed:
    id: str
    origin: str
    rules: int
    """How many rules it made for these tables."""
    sha256: str
    """Over those rules: the same data and the same digest give the same outcome."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    format: str
    on: str
    """Day of the check, ISO."""
    specification: str
    """Its version."""
    program: str
    """Version of zhijian."""
    rules_sha256: str
    """Over all rules with severity and dimension, and the weights, thresholds and caps of the grade."""
    recognised: int
    """How many tables are of an entity; with 0 the grade says nothing of the specification."""
    whole: GradeResult | None
    """None: nothing could be judged."""
    dimensions: Mapping[str, GradeResult]
    inputs: tuple[Input, ...]
    tables: tuple[TableResult, ...]
    remarks: tuple[RemarkResult, ...]
    """On what gave no table: files that could not be opened, empty sheets."""
    checks: tuple[CheckUsed, ...]
    rules: tuple[RuleResult, ...]

    def failed(self, severity: Severity) -> tuple[RuleResult, ...]:
        return tuple(r for r in self.rules if r.state is State.FAILED and r.severity is severity)

    @property
    def counts(self) -> dict[State, int]:
        return {state: sum(r.state is state for r in self.rules) for state in State}

    @property
    def first(self) -> tuple[tuple[RuleResult, ...], ...]:
        """`worst`, what is the same in several tables with the same headers taken together."""
        groups: dict[tuple[object, ...], list[RuleResult]] = {}
        for r in self.worst:
            groups.setdefault((r.check, r.on, r.why, self.tables[r.table].headers), []).append(r)
        return tuple(map(tuple, groups.values()))

    @property
    def unrecognised(self) -> tuple[tuple[TableResult, ...], ...]:
        """Those with the same headers together."""
        groups: dict[tuple[str, ...], list[TableResult]] = {}
        for table in self.tables:
            if table.entity is None:
                groups.setdefault(table.headers, []).append(table)
        return tuple(map(tuple, groups.values()))

    @property
    def worst(self) -> tuple[RuleResult, ...]:
        """What failed: errors before warnings before notes, of each what costs most first."""
        order = list(Severity)
        failed = [r for r in self.rules if r.state is State.FAILED]
        return tuple(sorted(failed, key=lambda r: (order.index(r.severity), -r.cost, -r.share, r.number)))


def as_json(result: CheckResult) -> bytes:
    """UTF-8, keys in the order of the classes, so that two runs differ only where the data does."""
    return msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n"


def from_json(raw: bytes) -> CheckResult:
    """Raises: ResultWrong."""
    try:
        result = msgspec.json.decode(raw, type=CheckResult)
    except (msgspec.MsgspecError, UnicodeDecodeError) as why:
        raise ResultWrong(str(why)) from None
    if result.format != FORMAT:
        raise ResultWrong(f"format: {result.format[:40]}")
    return result


def schema() -> dict[str, object]:
    """JSON Schema (2020-12) of the format."""
    return msgspec.json.schema(CheckResult)
