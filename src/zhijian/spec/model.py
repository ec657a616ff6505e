"""What a record is: elements, entities, code lists, and the whole specification. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from zhijian.spec.notation import Notation

FIRST = "0.1.0"
"""The first version; what names none has been there since."""
Sensitivity = Literal["public", "client", "personal"]


@dataclass(frozen=True, slots=True)
class Element:
    """One field of a record, with all that is derived from it."""

    id: str
    zh: str
    en: str
    notation: str
    type: Notation
    required: bool
    many: bool
    codes: str | None
    """Name of the code list its values come from."""
    check: str | None
    """Name of the check its text must pass, see `values`."""
    refers: str | None
    """Entity whose key it repeats."""
    sensitivity: Sensitivity
    mask: str | None
    minimum: int | None
    unit: str | None
    basis: str | None
    """Law or standard that asks for it."""
    lines: bool = False
    """Text that a person writes in several lines."""
    example: str | None = None
    """As people write it, for sheets and forms."""
    definition_zh: str = ""
    definition_en: str = ""
    source: str = ""
    """Code of the one party whose word counts (一数一源, code list `source`)."""
    since: str = FIRST
    until: str | None = None
    """Last version that has it; then it goes."""
    aliases: tuple[str, ...] = ()
    """Other names under which it stands in the tables of provinces and laboratories."""


@dataclass(frozen=True, slots=True)
class Entity:
    id: str
    zh: str
    en: str
    definition_zh: str
    definition_en: str
    basis: str
    key: tuple[str, ...]
    elements: tuple[Element, ...]
    parts: Mapping[str, str]
    """Field of the record → entity of the records nested in it."""
    sheet: str = ""
    """Name of its sheet in a workbook; empty where that is its Chinese name."""
    theme: str = ""
    """Code of the code list `theme`."""
    source: str = ""
    """Who hands in its records; elements may name another whose word counts."""
    since: str = FIRST

    def element(self, element_id: str) -> Element:
        return next(e for e in self.elements if e.id == element_id)


@dataclass(frozen=True, slots=True)
class CodeEntry:
    code: str
    zh: str
    en: str
    valid_from: date | None = None
    """First day on which it may be used; None for always."""
    valid_to: date | None = None
    """Last day, that day included; None while it may be used."""

    def in_force(self, on: date) -> bool:
        """
        >>> CodeEntry("a", "甲", "A", valid_to=date(2026, 5, 18)).in_force(date(2026, 5, 18))
        True
        """
        return (self.valid_from or date.min) <= on <= (self.valid_to or date.max)


@dataclass(frozen=True, slots=True)
class Specification:
    version: str
    entities: Mapping[str, Entity]
    codelists: Mapping[str, Mapping[str, CodeEntry]]
