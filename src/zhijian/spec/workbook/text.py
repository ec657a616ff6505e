"""Text of a cell: what is cut off, what is forgiven, and what is wrong with it by its element."""

import re
import unicodedata
from collections.abc import Iterator

from zhijian.spec.model import Element
from zhijian.spec.values import CHECKS, hidden
from zhijian.spec.workbook import say
from zhijian.spec.workbook.say import Said

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_BREAKS = re.compile(r"\s*[\r\n\t\v\f\u2028\u2029]+\s*")
_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20} | dict.fromkeys(
    (0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212), 0x2D
)  # fmt: skip
_ENDS = "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060"


def cleaned(text: str) -> tuple[str, bool]:
    """`text` without what nobody sees at its ends, lines joined by a blank; whether there were several lines.

    >>> cleaned("  结论一\\n结论二\\u200b ")
    ('结论一 结论二', True)
    """
    before = None
    while before != text:
        before, text = text, text.strip().strip(_ENDS)
    joined = _BREAKS.sub(" ", text)
    return joined, joined != text


def escaped(text: str) -> str:
    """As a workbook writes text in which programs would see an escape.

    >>> escaped("a_x0041_"), unescaped(escaped("a_x0041_")), unescaped("a_x000D_")
    ('a_x005F_x0041_', 'a_x0041_', 'a\\r')
    """
    return re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text)


def unescaped(text: str) -> str:
    """As programs show it."""
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text


def checked_spelling(element: Element, text: str) -> str:
    """A number or code typed in full width, with long dashes or in the other case: as its check takes it, else as it is."""
    if element.check is None:
        return text
    check, half = CHECKS[element.check], text.translate(_HALF)
    tight = half.replace(" ", "")
    for candidate in (text, half, tight, tight.upper(), tight.lower()):
        wrong = check(candidate)
        if wrong is None or wrong.warning:
            return candidate
    return text


def text_wrongs(element: Element, text: str) -> Iterator[Said]:
    kind = element.type
    unseen = hidden(text) or next((ch for ch in text if unicodedata.category(ch) == "Cc"), None)
    if unseen:
        yield say.invisible(element, text, f"U+{ord(unseen):04X}")
    if len(text) > kind.length or (kind.exact and len(text) != kind.length):
        yield say.wrong_length(element, text, kind.length, exact=kind.exact)
    elif element.check and (wrong := CHECKS[element.check](text)):
        yield say.check_failed(element, text, wrong)
