"""Content streams (ISO 32000-2, 7.8.2) as tokens, in the one spelling that does not depend on who wrote them.

`.50` and `0.5`, `(A)` and `<41>`, one blank or five mean the same to a reader, and come out the same here.

>>> [value for _, value in tokens(b"/F1 12.0 Tf (A\\\\)) Tj <41 29> Tj % said")]
[b'F1', b'12', b'Tf', b'A)', b'Tj', b'A)', b'Tj']
"""

import re
from collections.abc import Iterator

_SPACE = rb"[\x00\t\n\f\r ]"
_REGULAR = rb"[^\x00\t\n\f\r ()<>\[\]{}/%]"
_NUMBER, _WORD, _NAME, _PLAIN, _DELIMITER, _HEX, _OPEN, _STRAY = range(1, 9)
_TOKEN = re.compile(
    rb"(?:" + _SPACE + rb"|%[^\r\n]*)*+(?:"
    rb"([+-]?(?:\d+\.?\d*|\.\d+)(?=[\x00\t\n\f\r ()<>\[\]{}/%]|$))"
    rb"|(" + _REGULAR + rb"++)"
    rb"|/(" + _REGULAR + rb"*+)"
    rb"|\(([^()\\\r]*+)\)"
    rb"|(<<|>>|[\[\]{}])"
    rb"|<([^<>]*+)>"
    rb"|(\()"
    rb"|([)<>]))"
)
_ESCAPED = re.compile(rb"\\(?:([0-7]{1,3})|(\r\n|\r|\n)|(.))", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_PAREN = re.compile(rb"[()\\]")
_END_OF_IMAGE = re.compile(_SPACE + rb"EI(?=" + _SPACE + rb"|$)")
_NOT_HEX = re.compile(rb"[^0-9A-Fa-f]")


Token = tuple[str, bytes]
"""Kind and value. Kinds: n number, s string, / name, o operator, d delimiter, i data of an inline image."""


def tokens(raw: bytes) -> Iterator[Token]:
    """Never raises: what is no token is an operator nobody knows, and what is not closed ends with the stream."""
    at, image = 0, False
    match = _TOKEN.match
    while found := match(raw, at):
        at, kind = found.end(), found.lastindex or 0
        value: bytes = found[kind]
        if kind == _NUMBER:
            yield "n", number(value)
        elif kind == _WORD:
            yield "o", value
            image = image or value == b"BI"
            if image and value == b"ID":
                end = _END_OF_IMAGE.search(raw, at)
                stop = end.start() if end else len(raw)
                yield "i", raw[at + 1 : stop]
                at, image = stop, False
        elif kind == _NAME:
            yield "/", name(value)
        elif kind == _PLAIN:
            yield "s", value
        elif kind == _OPEN:
            text, at = _literal(raw, at)
            yield "s", text
        elif kind == _HEX:
            digits = _NOT_HEX.sub(b"", value)
            yield "s", bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())
        else:
            yield ("d" if kind == _DELIMITER else "o"), value


def number(text: bytes) -> bytes:
    """The shortest spelling of the same number.

    >>> number(b"+012.500"), number(b"-.0"), number(b"7."), number(b"100")
    (b'12.5', b'0', b'7', b'100')
    """
    if text.isdigit() and text[:1] != b"0":
        return text
    sign = b"-" if text[:1] == b"-" else b""
    whole, _, part = text.lstrip(b"+-").partition(b".")
    whole, part = whole.lstrip(b"0"), part.rstrip(b"0")
    if not whole and not part:
        return b"0"
    return sign + (whole or b"0") + (b"." + part if part else b"")


def name(text: bytes) -> bytes:
    """`#41` is `A` (7.3.5)."""
    if b"#" not in text:
        return text
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda m: bytes.fromhex(m[1].decode()), text)


def _literal(raw: bytes, start: int) -> tuple[bytes, int]:
    """The string whose opening bracket stands before `start`, and where the text goes on."""
    depth, at = 1, start
    while found := _PAREN.search(raw, at):
        at = found.end() + (found[0] == b"\\")
        depth += {b"(": 1, b")": -1}.get(found[0], 0)
        if depth == 0:
            return _ESCAPED.sub(_unescape, raw[start : found.start()].replace(b"\r\n", b"\n")), at
    return raw[start:], len(raw)


def _unescape(found: re.Match[bytes]) -> bytes:
    if found[1]:
        return bytes([int(found[1], 8) & 255])
    if found[2]:
        return b""
    return _LETTERS.get(found[3], found[3])
