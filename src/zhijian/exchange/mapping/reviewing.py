"""A mapping under review: its text, what has been changed and not yet saved, one step back at a time. Knows files, no HTTP."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from zhijian.exchange.bound import key_of_parent
from zhijian.exchange.mapping import editing
from zhijian.exchange.mapping.functions import FUNCTIONS
from zhijian.exchange.mapping.gathering import FILE, LINE, Gathered, gathered
from zhijian.exchange.mapping.model import Field, MappingWrong, SchemaMapping
from zhijian.exchange.mapping.previewing import Sample, previewed
from zhijian.exchange.mapping.profiling import Profile, profiles
from zhijian.exchange.mapping.reading import read_mapping
from zhijian.exchange.mapping.uses import placed, used
from zhijian.exchange.source.model import SourceTable
from zhijian.spec import Element, Specification

__all__ = ["READS", "Field", "Review", "Sample", "Value"]
Value = editing.Value
READS = tuple(FUNCTIONS)
"""Names of the functions that read a column's text."""
_MOST_STEPS = 200


@dataclass(slots=True)
class Review:
    con: duckdb.DuckDBPyConnection
    tables: list[SourceTable]
    spec: Specification
    text: str
    path: Path
    """Where it is saved; a shipped mapping is saved beside, never over the package's own."""
    saved: str = ""
    mapping: SchemaMapping = field(init=False)
    found: Gathered = field(init=False)
    _before: list[str] = field(default_factory=list)
    _profiles: dict[str, dict[str, Profile]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.saved = self.saved or self.text
        self._read()

    @property
    def unsaved(self) -> bool:
        return self.text != self.saved

    @property
    def can_undo(self) -> bool:
        return bool(self._before)

    def elements(self, part: int) -> list[Element]:
        entity = self.spec.entities[self.mapping.records[part].entity]
        return [*entity.elements, *key_of_parent(self.spec, entity)]

    def field(self, part: int, element: str) -> Field | None:
        return next((f for f in self.mapping.records[part].fields if f.element == element), None)

    def columns(self, table: str) -> dict[str, Profile]:
        """Profiles of a table's columns, made once."""
        if table not in self._profiles and table in self.found.tables:
            self._profiles[table] = profiles(self.con, self.found.tables[table])
        return self._profiles.get(table, {})

    def state_of(self, table: str, column: str) -> str:
        """`used`, `set-aside` or `open`."""
        if column in used(self.mapping)[table]:
            return "used"
        return "set-aside" if column in self.mapping.source(table).unused else "open"

    def names(self, part: int) -> list[str]:
        """Every name that a field of these records may use."""
        records = self.mapping.records[part]
        own = [c.name for c in self.found.tables[records.table].columns if c.name not in (FILE, LINE)]
        joined = [f"{j.alias}.{c.name}" for j in records.joins for c in self.found.tables[j.table].columns
                  if j.table in self.found.tables and c.name not in (FILE, LINE)]  # fmt: skip
        each = [*records.each.columns, "n"] if records.each else []
        return [*each, *own, *joined]

    def profile(self, part: int, name: str) -> Profile | None:
        """Of the column that a name of the mapping points to; of several side by side the first."""
        places = placed(self.mapping.records[part], name)
        return self.columns(places[0][0]).get(places[0][1]) if places else None

    def preview(self, part: int, element: str) -> list[Sample]:
        return previewed(self.con, self.mapping, self.found, self.spec, part, element)

    def comment(self, part: int, element: str) -> str:
        return editing.comment_of(self.text, part, element)

    def change(self, edit: Callable[[str], str]) -> None:
        """Carries an edit out, if the mapping can still be read afterwards. Raises: MappingWrong; then nothing has changed."""
        old, new = self.text, edit(self.text)
        if new == old:
            return
        self.text = new
        try:
            self._read()
        except MappingWrong:
            self.text = old
            raise
        self._before = [*self._before, old][-_MOST_STEPS:]

    def undo(self) -> None:
        if self._before:
            self.text = self._before.pop()
            self._read()

    def save(self) -> None:
        """What was there is kept beside it as .bak. Raises: OSError."""
        if self.path.exists():
            shutil.copy2(self.path, self.path.with_name(self.path.name + ".bak"))
        beside = self.path.with_name(self.path.name + ".new")
        beside.write_text(self.text, encoding="utf-8")
        beside.replace(self.path)
        self.saved = self.text

    def set_field(self, part: int, element: str, value: editing.Value) -> None:
        self.change(lambda text: editing.set_field(text, part, element, value))

    def as_written(self, part: int, element: str) -> dict[str, editing.Value]:
        return editing.as_written(self.text, part, element)

    def confirm(self, part: int, element: str) -> None:
        self.change(lambda text: editing.without_key(text, part, element, "confidence"))

    def drop_field(self, part: int, element: str) -> None:
        self.change(lambda text: editing.drop_field(text, part, element))

    def set_aside(self, table: str, column: str, reason: str) -> None:
        self.change(lambda text: editing.set_aside(text, table, column, reason))

    def take_back(self, table: str, column: str) -> None:
        self.change(lambda text: editing.take_back(text, table, column))

    def _read(self) -> None:
        self.mapping = read_mapping(self.text, self.spec)
        self.found = gathered(self.mapping, self.tables)
