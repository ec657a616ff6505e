"""The field's notation of types (DB5101/T 1-2018 and its kin), read into one small value.

`C18` exactly eighteen characters, `C..200` at most two hundred, `N..6` an integer of at most six digits,
`N..10,2` a decimal with two places, `date`, `datetime`, `bool`.

>>> read("C..200"), read("N..10,2")
(Notation(kind='text', length=200, exact=False, places=0), Notation(kind='decimal', length=10, exact=False, places=2))
"""

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "integer", "decimal", "date", "datetime", "bool"]
_FORM = re.compile(r"(?P<letter>[CN])(?P<upto>\.\.)?(?P<length>[1-9][0-9]*)(?:,(?P<places>0|[1-9][0-9]*))?")


class NotationWrong(ValueError):
    """The text is no type in this notation."""


@dataclass(frozen=True, slots=True)
class Notation:
    kind: Kind
    length: int = 0
    """Characters of text, or digits of a number before and after the point."""
    exact: bool = False
    places: int = 0


def read(text: str) -> Notation:
    """Raises: NotationWrong."""
    if text in ("date", "datetime", "bool"):
        return Notation(text)  # type: ignore[arg-type]
    form = _FORM.fullmatch(text)
    if not form:
        raise NotationWrong(f"{text!r} is not C18, C..200, N..6, N..10,2, date, datetime or bool")
    length, exact = int(form["length"]), form["upto"] is None
    if form["letter"] == "C":
        if form["places"]:
            raise NotationWrong(f"{text!r}: text has no decimal places")
        return Notation("text", length, exact)
    places = int(form["places"] or 0)
    if places > length:
        raise NotationWrong(f"{text!r}: more places than digits")
    return Notation("decimal" if places else "integer", length, exact, places)
