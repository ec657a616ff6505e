"""Which column of a table is which element of the specification. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from zhijian.exchange.source.model import Column, SourceTable
from zhijian.spec import Element, Entity, Specification

_NOISE = re.compile(r"[\s_\-－—/／:：*＊()（）\[\]【】.、,，]+")


@dataclass(frozen=True, slots=True)
class BoundColumn:
    id: str
    """Name in rules: the element's, or `c7` of the eighth column where it is none."""
    column: Column
    element: Element | None
    codes: frozenset[str] = frozenset()
    """Of its code list: one that looks like a placeholder (职称级别 无) is a value here."""

    @property
    def text(self) -> bool:
        return self.column.type == "VARCHAR"


@dataclass(frozen=True, slots=True)
class Bound:
    """A table and what it holds. `entity` None: no entity of the specification was recognised."""

    table: SourceTable
    number: int
    """Of the table in this run, from 0."""
    entity: Entity | None
    columns: tuple[BoundColumn, ...]
    parent_key: tuple[str, ...] = ()
    """Of a part (a report's items): elements of its parent that say whose part it is."""

    def column(self, column_id: str) -> BoundColumn | None:
        return next((c for c in self.columns if c.id == column_id), None)

    @property
    def elements(self) -> tuple[Element, ...]:
        return tuple(c.element for c in self.columns if c.element is not None)

    @property
    def missing(self) -> tuple[Element, ...]:
        """Elements that must be there and have no column."""
        have = {e.id for e in self.elements}
        return tuple(e for e in self.entity.elements if e.required and e.id not in have) if self.entity else ()


def plain(header: str) -> str:
    """A header without what people write differently: width, case, blanks, brackets' content, units.

    >>> plain("统一社会信用代码（USCC）*"), plain("ISSUED_ON"), plain("检测结果 (mg/kg)")
    ('统一社会信用代码', 'issuedon', '检测结果')
    """
    text = unicodedata.normalize("NFKC", header).casefold()
    bare = re.sub(r"[(（\[【].*?[)）\]】]", "", text) or text
    return _NOISE.sub("", bare)


def names_of(element: Element) -> frozenset[str]:
    return frozenset(plain(n) for n in (element.id, element.zh, element.en, *element.aliases))


def key_of_parent(spec: Specification, entity: Entity) -> tuple[Element, ...]:
    """Elements by which a row of a part in a table of its own says whose part it is."""
    parents = [p for p in spec.entities.values() if entity.id in p.parts.values()]
    own = {e.id for e in entity.elements}
    return tuple(p.element(k) for p in parents for k in p.key if k not in own)


def bind(spec: Specification, tables: Iterable[SourceTable], named: Mapping[str, str] | None = None) -> list[Bound]:
    """Recognises each table by its headers; `named` says it: table's name → entity.

    A table is an entity's when more than half of the entity's compulsory elements and at least two of all are there; of
    several the one that explains most columns.
    """
    return [_bound(spec, table, number, (named or {}).get(table.name)) for number, table in enumerate(tables)]


def _bound(spec: Specification, table: SourceTable, number: int, named: str | None) -> Bound:
    candidates = [spec.entities[named]] if named else list(spec.entities.values())
    best, best_match, best_score = None, dict[int, Element](), (0.0, 0.0)
    for entity in candidates:
        match = _match(table, (*entity.elements, *key_of_parent(spec, entity)))
        score = _score(entity, match)
        if (score > best_score or named) and (named or _enough(entity, match)):
            best, best_match, best_score = entity, match, score
    columns = tuple(_column(spec, i, column, best_match.get(i)) for i, column in enumerate(table.columns))
    parent = tuple(e.id for e in key_of_parent(spec, best)) if best else ()
    return Bound(table, number, best, columns, parent)


def _column(spec: Specification, nth: int, column: Column, element: Element | None) -> BoundColumn:
    if element is None:
        return BoundColumn(f"c{nth}", column, None)
    return BoundColumn(element.id, column, element, frozenset(spec.codelists[element.codes] if element.codes else ()))


def _match(table: SourceTable, elements: Iterable[Element]) -> dict[int, Element]:
    taken: dict[str, int] = {}
    match: dict[int, Element] = {}
    for element in elements:
        names = names_of(element)
        for i, column in enumerate(table.columns):
            if i not in match and element.id not in taken and plain(column.name) in names:
                match[i], taken[element.id] = element, i
    return match


def _score(entity: Entity, match: Mapping[int, Element]) -> tuple[float, float]:
    """Columns explained, then how whole the entity is."""
    return len(match), len(match) / len(entity.elements)


def _enough(entity: Entity, match: Mapping[int, Element]) -> bool:
    must = {e.id for e in entity.elements if e.required}
    found = {e.id for e in match.values()}
    return len(match) >= 2 and len(must & found) * 2 > len(must)
