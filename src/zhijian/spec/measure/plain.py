"""What is no measured value: a number by itself, and yes or no. Every reader of a source takes them from here."""

import re
from collections.abc import Mapping
from decimal import Decimal

from .reasons import NotReadable, Why
from .text import MOST_CHARS, folded

MOST_POWER = 30
_NUMBER = re.compile(
    r"(?P<digits>[+-]?(?:(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+))(?:[eE](?P<power>[+-]?[0-9]{1,9}))?"
)
_YES = ("true", "t", "yes", "y", "1", "是", "有", "对", "√", "合格")
_NO = ("false", "f", "no", "n", "0", "否", "没有", "错", "×", "不合格")
TRUTH: Mapping[str, bool] = {
    form: words is _YES for words in (_YES, _NO) for word in words for form in (word, word.capitalize(), word.upper())
}
"""Words for yes and no, in small letters, capitals, and with a capital first."""


def read_number(text: str) -> Decimal | NotReadable:
    """A number and nothing else; commas part thousands or it is refused, a power of ten goes to 30 at most.

    >>> read_number("1,234.50"), read_number("－２"), read_number("1,5").why.value, read_number("1_000").why.value
    (Decimal('1234.50'), Decimal('-2'), 'bad_value', 'bad_value')
    >>> read_number("2e3"), read_number("2E9999999").why.value
    (Decimal('2E+3'), 'number_size')
    """
    if len(text) > MOST_CHARS:
        return NotReadable(text, Why.TOO_LONG)
    plain = folded(text).replace("，", ",")
    found = _NUMBER.fullmatch(plain)
    if found is None:
        return NotReadable(plain, Why.BAD_VALUE)
    if abs(int(found["power"] or 0)) > MOST_POWER:
        return NotReadable(plain, Why.NUMBER_SIZE)
    return Decimal(plain.replace(",", ""))
