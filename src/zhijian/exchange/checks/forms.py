"""Which columns and tables a check writes its rule for, and the shapes that several rules have."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound, BoundColumn, plain
from zhijian.exchange.checks.model import Context
from zhijian.exchange.model import Text
from zhijian.spec import Element

HEADERS = {
    "unit": {"单位", "计量单位", "结果单位", "检测单位", "unit"},
    "limit": {"限值", "限量值", "标准值", "标准限值", "limit"},
}
"""Under which headers measured values stand in tables that are no entity's."""


def first(bound: Bound, context: Context) -> bool:
    """Is it the first table of its entity? A rule over an entity goes over all its tables at once."""
    same = [b for b in context.bounds if b.entity is not None and b.entity == bound.entity]
    return bool(same) and same[0] is bound


def table(bound: Bound) -> str:
    """Its name in a rule over rows: this table alone, of an entity or not."""
    return f"t{bound.number}"


def fills(bound: Bound) -> str:
    """In a rule over rows: how many rows each of its columns is filled in (`quality.fills`)."""
    return f"fill_t{bound.number}"


KINDS = 12
"""Words that a column of kinds may have."""


def kinds(c: BoundColumn) -> bool:
    """May it divide the rows into kinds, as codes do?"""
    e = c.element
    return c.text if e is None else bool(e.codes and not e.many) or e.type.kind == "bool"


def label(column: BoundColumn) -> Text:
    e = column.element
    return Text(e.zh, e.en) if e else Text(column.column.name, column.column.name)


def texts(bound: Bound) -> Iterator[BoundColumn]:
    """Columns whose source gives text, of elements or not."""
    return (c for c in bound.columns if c.text)


def prose(column: BoundColumn) -> bool:
    """May it hold words? Not a code, an identifier, a number or a date."""
    e = column.element
    return e is None or (e.type.kind == "text" and not e.codes and not e.check and not e.refers and not e.type.exact)


def free(bound: Bound) -> Iterator[BoundColumn]:
    """Text columns whose form no other check describes."""
    for c in texts(bound):
        e = c.element
        if e is None or (e.type.kind == "text" and not e.codes and not e.check):
            yield c


def elements(bound: Bound, *kinds: str) -> Iterator[Element]:
    """Elements of these kinds that stand in it as text, one value a cell."""
    for c in texts(bound):
        if c.element and c.element.type.kind in kinds and not c.element.many:
            yield c.element


def checked(bound: Bound, check: str) -> Iterator[Element]:
    """Elements whose form the specification's check of this name describes."""
    return (e for e in bound.elements if e.check == check and not e.many)


def called(bound: Bound, what: str) -> Iterator[BoundColumn]:
    """Columns of measured values: the element of that name, or a header that says so where the column is no element."""
    for c in texts(bound):
        if c.id == what or (c.element is None and plain(c.column.name) in HEADERS[what]):
            yield c


def readable(e: Element) -> str:
    """What is written can be read by the element's type; blank does not apply."""
    return f"CASE WHEN text({e.id}) IS NOT NULL THEN {e.id} IS NOT NULL END"
