"""The report code, 18 characters `PPYY-IIII-SSSS-SSSS-KK`. No other module knows the format.

No official format of the national report number is public; ours is a proposal, and an official one takes the place
of this file. Alphabet of GB 32100-2015. KK are two Reed–Solomon checks over GF(31) with primitive root 3:
Σ vᵢ·3ⁱ ≡ 0 and Σ vᵢ·9ⁱ ≡ 0 (mod 31), i = 1…18, so that every single and every double wrong character is caught and a
single one is located.

>>> code = compose("33", 2026, "08K7", 123456789)
>>> grouped(code)
'3326-08K7-0049-M302-AR'
>>> parse(" 3326 08k7 oo49 m3o2 ar ") == code
True
>>> parse("3326-08K7-0049-M302-A9")
Traceback (most recent call last):
zhijian.codes.model.CodeMalformed: check: '3326-08K7-0049-M302-A9'
"""

from dataclasses import dataclass

from zhijian.codes.model import Code, CodeMalformed
from zhijian.kit.base31 import ALPHABET, VALUE, number, read_as, symbols
from zhijian.spec import specification

LENGTH = 18
SERIALS = 31**8
"""How many serials one institution has in one year, 8.5e11."""
INSTITUTIONS = 31**4
_SKIP = str.maketrans("", "", " -\t\r\n\u3000\u2010\u2011\u2012\u2013\u2014\u2212－")
_POWERS_3 = tuple(pow(3, i, 31) for i in range(1, LENGTH + 1))
_POWERS_9 = tuple(pow(9, i, 31) for i in range(1, LENGTH + 1))
_INVERSE = pow(_POWERS_3[16] * _POWERS_9[17] - _POWERS_9[16] * _POWERS_3[17], -1, 31)
"""Of the determinant of the two checks' equations."""


@dataclass(frozen=True, slots=True)
class Parts:
    province: str
    year: int
    institution: str
    serial: int
    """0 … 31⁸ − 1, as permuted; says nothing of order or volume."""


def compose(province: str, year: int, institution: str, serial: int) -> Code:
    """The code of these parts, with its check characters."""
    body = f"{province}{year % 100:02d}{institution}{symbols(serial, 8)}"
    return Code(body + _checks([VALUE[ch] for ch in body]))


def parse(text: str) -> Code:
    """The canonical code in what a person typed: any case, spaces and hyphens free, O→0 I→1 Z→2 S→5 V→U.

    Raises: CodeMalformed, with the wrong character located when the checks can.
    """
    bare = text.translate(_SKIP)
    flat = read_as(bare)
    if len(flat) != len(bare):  # ß and its kin: one character is never read as two
        raise CodeMalformed(text, "symbol")
    if len(flat) != LENGTH:
        raise CodeMalformed(text, "length")
    for at, ch in enumerate(flat, 1):
        if ch not in VALUE:
            raise CodeMalformed(text, "symbol", at)
    if _syndromes(flat) != (0, 0):
        position, repaired = _locate(flat)
        raise CodeMalformed(text, "check", position, repaired)
    if not _sensible(flat):
        raise CodeMalformed(text, "province")
    return Code(flat)


def parts(code: Code) -> Parts:
    return Parts(code[:2], 2000 + int(code[2:4]), code[4:8], number(code[8:16]))


def grouped(code: str) -> str:
    """As printed: five groups with hyphens."""
    return "-".join((code[:4], code[4:8], code[8:12], code[12:16], code[16:]))


def _checks(values: list[int]) -> str:
    s1 = sum(v * p for v, p in zip(values, _POWERS_3, strict=False))
    s2 = sum(v * p for v, p in zip(values, _POWERS_9, strict=False))
    # a·3¹⁷ + b·3¹⁸ = −s1 and a·9¹⁷ + b·9¹⁸ = −s2, by Cramer's rule; the determinant is never zero.
    (a1, b1), (a2, b2) = _POWERS_3[16:], _POWERS_9[16:]
    a = (-s1 * b2 + s2 * b1) * _INVERSE % 31
    b = (-s2 * a1 + s1 * a2) * _INVERSE % 31
    return ALPHABET[a] + ALPHABET[b]


def _syndromes(flat: str) -> tuple[int, int]:
    values = [VALUE[ch] for ch in flat]
    return (
        sum(v * p for v, p in zip(values, _POWERS_3, strict=True)) % 31,
        sum(v * p for v, p in zip(values, _POWERS_9, strict=True)) % 31,
    )


def _locate(flat: str) -> tuple[int, Code] | tuple[None, None]:
    """The one character that, changed, makes a sensible code; (None, None) when more than one must be wrong."""
    s1, s2 = _syndromes(flat)
    for i, (p3, p9) in enumerate(zip(_POWERS_3, _POWERS_9, strict=True)):
        error = s1 * pow(p3, -1, 31) % 31
        if error and error * p9 % 31 == s2:
            right = ALPHABET[(VALUE[flat[i]] - error) % 31]
            repaired = flat[:i] + right + flat[i + 1 :]
            if _sensible(repaired):
                return i + 1, Code(repaired)
    return None, None


def _sensible(flat: str) -> bool:
    return flat[:2] in specification().codelists["province"] and flat[2:4].isdigit()
