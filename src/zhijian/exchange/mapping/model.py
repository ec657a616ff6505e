"""A mapping: how tables of a source become records of the specification. Pure; `reading` makes it out of YAML."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from zhijian.exchange.model import Text

SEPARATORS = "[、，,;；\\n]"
"""Between several values in one cell."""


class MappingWrong(Exception):
    """The mapping cannot be used as it is. Says where in the file, and how to mend it."""

    def __init__(self, where: str, zh: str, en: str) -> None:
        super().__init__(f"{where}：{zh} · {en}")
        self.where, self.zh, self.en = where, zh, en


@dataclass(frozen=True, slots=True)
class Join:
    """Another table's row beside each row. At most one: of several with the same key the first counts."""

    table: str
    alias: str
    on: Mapping[str, str]
    """Column here → column there."""
    where: str = ""
    """Which of its rows, as SQL over its columns."""


@dataclass(frozen=True, slots=True)
class Each:
    """Several records out of one row: columns side by side (`n`), or several values in a cell (`split`)."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Name → column with {n} in it."""
    n: tuple[int, ...] = ()
    when: str = ""
    """Name of those in `columns` that must be filled for a record to be."""
    split: str = ""
    """Column whose cell holds several; its name then means one of them."""
    by: str = SEPARATORS


@dataclass(frozen=True, slots=True)
class Find:
    """A name turned into what it stands for. Found nowhere, or as more than one: lost and listed."""

    table: str
    by: str
    """Column there that the value is held against."""
    take: str
    """Column there whose value is wanted."""
    on: Mapping[str, str] = field(default_factory=dict)
    """Column here → column there: what else must agree."""


@dataclass(frozen=True, slots=True)
class Derived:
    """A table made out of others, once, for joins and look-ups. Records come out of the source's own tables only, so that every row
    of those is accounted for."""

    name: str
    table: str
    joins: tuple[Join, ...] = ()
    add: Mapping[str, str] = field(default_factory=dict)
    """Column → SQL over the table's columns and those joined."""
    where: str = ""
    first_of: tuple[str, ...] = ()
    """Of rows equal in these one stays:"""
    latest: str = ""
    """the one with the greatest of this, of equal ones the first."""
    twins: bool = False
    """Those that do not stay, in place of those that do: where nearly all stay, the shorter table."""


@dataclass(frozen=True, slots=True)
class Field:
    """Where an element's value comes from. Exactly one of `columns`, `sql`, `value`."""

    element: str
    columns: tuple[str, ...] = ()
    sql: str = ""
    value: str | None = None
    """The same in every record: invented, so that it says why."""
    reads: str = ""
    """Name of the function that reads the columns' text, see `functions`; empty: by the element's type."""
    codes: Mapping[str, str] = field(default_factory=dict)
    """Translation; what is not in it is lost and listed."""
    glue: str = ""
    """Between several columns put together."""
    options: Mapping[str, str] = field(default_factory=dict)
    default: str | None = None
    """Where nothing came: invented as well."""
    because: Text | None = None
    confidence: float | None = None
    """0–1, where it was proposed and nobody has confirmed it."""
    keep: tuple[str, ...] = ()
    """Words for nothing that are values here, such as 无 among results."""
    find: "Find | None" = None
    """What stands in the cell is looked up, each of several by itself."""


@dataclass(frozen=True, slots=True)
class Records:
    """Records of one entity out of one table."""

    entity: str
    table: str
    fields: tuple[Field, ...]
    where: str = ""
    joins: tuple[Join, ...] = ()
    each: Each | None = None
    distinct: tuple[str, ...] = ()
    """Of several rows that are equal in these columns the first counts; the others are left out, and listed."""

    @property
    def label(self) -> str:
        return f"{self.table} → {self.entity}"


@dataclass(frozen=True, slots=True)
class Source:
    """A table that the mapping expects: a file by pattern, or a table of a database by name."""

    name: str
    pattern: str
    unused: Mapping[str, Text] = field(default_factory=dict)
    """Columns that are left out on purpose, and why."""


@dataclass(frozen=True, slots=True)
class SchemaMapping:
    id: str
    title: Text
    specification: str
    """Version that it maps to."""
    sources: tuple[Source, ...]
    records: tuple[Records, ...]
    notes: tuple[Text, ...] = ()
    derived: tuple[Derived, ...] = ()

    def source(self, name: str) -> Source:
        return next(s for s in self.sources if s.name == name)
