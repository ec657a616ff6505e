"""Characters as people and programs write them, made one: what every reader of this room sees instead of the cell."""

import re
import unicodedata

MOST_CHARS = 2000
"""A longer cell holds no measured value; it is refused before anything else looks at it."""
SEPARATORS = ";，、"
"""Between values. The half-width comma may also part thousands, so it is decided apart from these."""

_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+", strict=True))
_TO_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_SUPERSCRIPT_RUN = re.compile("([⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+)(?P<digit>(?=[0-9０-９]))?")
_TAG_SUP = re.compile(r"<sup>\s*([-+−]?\d{1,4})\s*</sup>", re.I)
_TAG_SUP_NUMBER = re.compile(_TAG_SUP.pattern + r"(?=\d)", re.I)
_TAG = re.compile(r"</?(?:sup|sub|br|p|span|div|font|b|i|a)\b[^<>]{0,200}>", re.I)
_FOREIGN = re.compile("[^\x00-\x7f①-⑳，㎡㎥℃\u4e00-\u9fff≤≥×·μ±、‰Ω]+")
"""What NFKC may touch. It would make 1 of ①, and a thousands comma of the Chinese one."""
_ALIKE = {
    **dict.fromkeys("≦⩽", "≤"),
    **dict.fromkeys("≧⩾", "≥"),
    **dict.fromkeys("〜∼～﹏", "~"),
    **dict.fromkeys("‐‑‒–—―−─﹣", "-"),
    **dict.fromkeys("∙•・⋅‧●", "·"),
    **dict.fromkeys("✕✖╳", "×"),
    "µ": "μ", "㎡": "m^2", "㎥": "m^3", "∕": "/", "⁄": "/", "﹐": "，", "︰": ":", "∶": ":",
}  # fmt: skip
_ALIKE_TABLE = str.maketrans(_ALIKE)
_AT_MOST, _AT_LEAST = re.compile("=*[<≤]=+|=+[<≤]"), re.compile("=*[>≥]=+|=+[>≥]")
_SIGNS = (("°C", "℃"), ("°c", "℃"), ("º", "°"))
_TIMES = re.compile(r"(?<=\d)[*xX](?=10(?:\^|\d|$))|(?<=\d)×(?=10\b)")
_GAP = re.compile(r"(?<=[\d.])\s+(?=[\d.])")


def folded(text: str, again: int = 3) -> str:
    """One line without blanks but between digits, where leaving them out would join two numbers.

    Powers are written `^5`, times `×`, brackets and signs half-width; circled numbers and the Chinese comma stay.

    >>> folded("≤ 1.3*10⁵ ＣＦＵ／ｇ"), folded("2.5×10<sup>4</sup>"), folded("１．５ ㎎／㎏"), folded("1 000")
    ('≤1.3×10^5CFU/g', '2.5×10^4', '1.5mg/kg', '1 000')
    """
    changed = 0
    if "<" in text:
        text = _TAG.sub("", _TAG_SUP.sub(r"^\1", _TAG_SUP_NUMBER.sub(r"^\1¦", text)))
    if not text.isascii():
        text = _SUPERSCRIPT_RUN.sub(_power, text.translate(_ALIKE_TABLE))
        text, changed = _FOREIGN.subn(_nfkc, text)
        if changed:
            text = text.translate(_ALIKE_TABLE)
    if not text.isprintable():
        text = "".join(ch for ch in text if ch.isspace() or unicodedata.category(ch)[0] != "C")
    if " " in text or not text.isprintable():
        text = "".join(_GAP.sub("\x00", text).split()).replace("\x00", " ")
    if "=" in text:
        text = _AT_LEAST.sub("≥", _AT_MOST.sub("≤", text))
    for written, sign in _SIGNS:
        if written in text:
            text = text.replace(written, sign)
    if changed and again:
        # What stood apart may now be one: Å and an accent.
        return folded(text, again - 1)
    return _TIMES.sub("×", text) if "10" in text else text


def _power(found: re.Match[str]) -> str:
    # A digit behind a power is no part of it: the bar keeps them apart.
    power = "".join(_SUPERSCRIPTS[ch] for ch in found[1]).replace("+", "")
    return f"^{power}¦" if found["digit"] is not None else f"^{power}"


def _nfkc(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", found[0])


def raised(power: int) -> str:
    """
    >>> raised(-12)
    '⁻¹²'
    """
    return str(power).translate(_TO_SUPERSCRIPT)


def printed(text: str) -> str:
    """Folded text as it is kept and shown: powers raised, Chinese brackets.

    >>> printed("1.3×10^5(单位:CFU/g)")
    '1.3×10⁵（单位：CFU/g）'
    """
    text = re.sub(r"\^(-?\d+)¦?", lambda found: raised(int(found[1])), text)
    if re.search("[\u4e00-\u9fff]", text):
        text = text.replace("(", "（").replace(")", "）").replace(":", "：").replace(";", "；")
    return text


def as_it_stands(text: str) -> str:
    """What cannot be read is kept: only blanks and line breaks at its ends and in a row go."""
    return " ".join(text.split())
