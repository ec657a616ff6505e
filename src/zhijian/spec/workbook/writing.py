"""Values of records into cells, and any text into a cell as text: nothing that is written becomes a formula."""

from datetime import date
from typing import Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell

from zhijian.spec.load import specification
from zhijian.spec.model import Element
from zhijian.spec.workbook.text import escaped

FORMATS = {"text": "@", "date": "yyyy-mm-dd", "datetime": "@", "bool": "@", "integer": "0", "decimal": "General"}
SEPARATOR = "；"


def write(cell: Cell, element: Element, value: Any) -> None:
    """`value` as the JSON API has it. Raises: ValueError for text with control characters, or a list whose values
    hold the separator."""
    kind = element.type.kind
    if element.many:
        if any(mark in str(one) for one in value for mark in ";；"):
            raise ValueError(f"{element.id}: a value holds the mark between values")
        as_text(cell, SEPARATOR.join(spelt(element, one) for one in value))
    elif element.codes or kind in ("text", "datetime"):
        as_text(cell, spelt(element, str(value)))
    elif kind == "bool":
        as_text(cell, "是" if value else "否")
    elif kind == "date":
        cell.value = date.fromisoformat(value)
        cell.number_format = FORMATS["date"]
    else:
        cell.value = value
        cell.number_format = FORMATS[kind]


def spelt(element: Element, code: str) -> str:
    """A code as the list shows it; other text as it is."""
    entry = specification().codelists[element.codes].get(code) if element.codes else None
    return code if entry is None else choice(entry.code, entry.zh)


def choice(code: str, name: str) -> str:
    return name if code == name else f"{code} {name}"


def as_text(cell: Cell, text: str) -> None:
    """Raises: ValueError for control characters, which no sheet holds."""
    if ILLEGAL_CHARACTERS_RE.search(text):
        raise ValueError(f"{cell.coordinate}: control characters")
    # openpyxl would take “=1+1” for a formula and “#N/A” for an error.
    cell._value = escaped(text)
    cell.data_type = "s"
    cell.number_format = "@"
