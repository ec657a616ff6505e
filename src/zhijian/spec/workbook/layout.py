"""Which sheets and columns a workbook of some entities has: derived from the specification, nothing is named here.

An element that refers to the institution is left out where the institution itself hands the records in: who is logged in or
signs says whose they are. A regulator or a provider says of each record whom it concerns. A nested entity has a sheet of its
own, whose first columns repeat the key of the record it belongs to.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zhijian.spec.load import specification
from zhijian.spec.model import Element, Entity

OWNER = "institution"
HELP, CODES, PROBLEMS = "说明", "代码", "问题清单"
OURS = frozenset({HELP, CODES, PROBLEMS})
"""Sheets that hold no records."""
_MARKS = re.compile(r"[\s*]+|\((?:必填|required)\)")


@dataclass(frozen=True, slots=True)
class Column:
    element: Element
    is_link: bool = False
    """Repeats the key of the record that the row belongs to."""

    @property
    def id(self) -> str:
        return self.element.id


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    entity: Entity
    columns: tuple[Column, ...]
    part: str = ""
    """Field of the parent that holds these records; empty for records that stand alone."""

    @property
    def fields(self) -> tuple[Column, ...]:
        return tuple(c for c in self.columns if not c.is_link)

    @property
    def links(self) -> tuple[str, ...]:
        return tuple(c.id for c in self.columns if c.is_link)

    @property
    def key(self) -> tuple[str, ...]:
        """Elements that tell the rows of one institution, or of one parent, apart."""
        shown = {c.id for c in self.fields}
        return tuple(k for k in self.entity.key if k in shown)

    @property
    def required(self) -> frozenset[str]:
        """Columns that may not be left empty."""
        return frozenset(c.id for c in self.columns if c.is_link or (c.element.required and c.id != self.numbered))

    @property
    def numbered(self) -> str:
        """Of a nested entity, the number that may be left empty: the order of the rows gives it. Else empty."""
        one = self.key[0] if self.part and len(self.key) == 1 else ""
        return one if one and self.entity.element(one).type.kind == "integer" else ""


@dataclass(frozen=True, slots=True)
class Family:
    """An entity's sheet and those of the entities nested in it."""

    sheet: Sheet
    parts: tuple[Sheet, ...]

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        return self.sheet, *self.parts


def families(entities: Sequence[str]) -> tuple[Family, ...]:
    """Raises: KeyError for an entity that the specification does not have."""
    spec = specification()
    made = []
    for name in entities:
        entity = spec.entities[name]
        sheet = Sheet(_title(entity), entity, tuple(Column(e) for e in _shown(entity)))
        links = tuple(Column(entity.element(k), is_link=True) for k in sheet.key)
        parts = tuple(
            Sheet(_title(nested), nested, links + tuple(Column(e) for e in _shown(nested)), part)
            for part, nested in ((p, spec.entities[n]) for p, n in entity.parts.items())
        )
        made.append(Family(sheet, parts))
    return tuple(made)


def left_out(entity: Entity) -> frozenset[str]:
    """Elements that the sheet does not ask for, since the sender is known."""
    return frozenset(e.id for e in entity.elements if e.refers == OWNER and entity.source == OWNER)


def _shown(entity: Entity) -> Iterable[Element]:
    known = left_out(entity)
    return (e for e in entity.elements if e.id not in known)


def _title(entity: Entity) -> str:
    return entity.sheet or entity.zh


def label(text: str) -> str:
    """A heading or a code's name as it is compared: width, case, blanks and the mark of what is required do not matter.

    >>> label(" 机构报告编号 ＊") == label("机构报告编号*")
    True
    """
    return _MARKS.sub("", unicodedata.normalize("NFKC", text)).casefold()


def own_key(text: str) -> str:
    """Two numbers that people take for the same are the same; the registry compares them so."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()
