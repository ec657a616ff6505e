"""Which encoding a text is in, and its lines decoded block by block. Broken bytes become U+FFFD and are told with their place."""

import codecs
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

HEAD = 1 << 20
BLOCK = 4 << 20
_LOOKED = 64 << 10
LONGEST = 64 << 20
"""A line longer than this is cut: memory stays bounded even in a file without line ends."""
CODECS = {"big5": "big5hkscs"}
"""What Python calls it, where that knows more characters."""
BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_LEVEL_1 = re.compile("[\u4e00-\u9fff]")
Bad = Callable[[int, int, bytes], None]
"""(line from 1, byte from 0, the line as it stood)"""


def bom(head: bytes) -> tuple[str | None, int]:
    """Encoding that a byte order mark names, and the mark's size."""
    return next(((name, len(mark)) for mark, name in BOMS if head.startswith(mark)), (None, 0))


def detected(sample: bytes) -> str:
    """Of a sample without a mark: utf-8, gb18030, big5, utf-16-le or utf-16-be. ASCII is utf-8.

    >>> detected("编号,名称\\n1,检测".encode("gb18030")), detected("编号\\n甲\\n".encode("utf-16-be"))
    ('gb18030', 'utf-16-be')
    """
    wide = _wide(sample)
    if wide:
        return wide
    broken = _broken(sample, "utf-8")
    if broken < 0.3 and _looks_meant(sample):
        return "utf-8"
    chinese = {name: (_broken(sample, name), -_common(sample, name)) for name in ("gb18030", "big5")}
    # A wrong guess between the two leaves few bytes undecoded; what it makes is rare characters.
    name = min(chinese, key=lambda n: (round(chinese[n][0], 1), chinese[n][1]))
    return name if chinese[name][0] <= broken else "utf-8"


def _looks_meant(sample: bytes) -> bool:
    """Pairs of bytes of GB18030 often happen to be UTF-8 too: Hebrew and Arabic letters that nobody wrote."""
    other = [c for c in _text(sample, "utf-8")[:-1] if c > "\x7f" and c != "\ufffd"]
    return not other or sum(
        1 for c in other if not "\u0180" <= c <= "\u036f" and not "\u0400" <= c <= "\u07ff"
    ) * 2 > len(other)


def _wide(sample: bytes) -> str | None:
    """UTF-16 is told by its line ends and by ASCII with a zero beside it; what is no such text then only has stray zeros."""
    even, odd = sample[0::2], sample[1::2]
    zeros = even.count(0), odd.count(0)
    if len(sample) < 4 or sum(zeros) < max(2, len(sample) // 200):
        return None
    name = "utf-16-le" if zeros[1] > 4 * zeros[0] else "utf-16-be" if zeros[0] > 4 * zeros[1] else None
    return name if name and re.search("[\r\n]", _text(sample, name)) else None


def head_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_LOOKED)


def is_binary(head: bytes) -> bool:
    """A picture, a program, a database under a table's name: full of signs that no text has, in whatever encoding.

    >>> is_binary(b"a,b\\n1,\\0\\n" * 40), is_binary(bytes(range(256)) * 4)
    (False, True)
    """
    name = bom(head)[0] or detected(head)
    text = _text(head, name)
    odd = sum(1 for c in text if (c < " " and c not in "\t\n\r\f\x1a\0") or c in "\x7f\ufffd")
    zeros = 0 if name.startswith("utf-16") else text.count("\0")
    return odd > len(text) // 20 + 8 or zeros > len(text) // 8 + 8


def _text(sample: bytes, name: str) -> str:
    return sample.decode(CODECS.get(name, name), "replace")


def _broken(sample: bytes, name: str) -> float:
    """Share of what does not decode among all that is not ASCII; the last character may be cut."""
    text = _text(sample, name)[:-1]
    other = sum(1 for c in text if c > "\x7f")
    return text.count("\ufffd") / other if other else 0.0


def _common(sample: bytes, name: str) -> float:
    """Share of frequent characters: level 1 of GB 2312, or of Big5."""
    found = _LEVEL_1.findall(_text(sample, name))[:5000]
    if not found:
        return 0.0
    low, high, code = (b"\xb0\xa1", b"\xd7\xf9", "gb2312") if name == "gb18030" else (b"\xa4\x40", b"\xc6\x7e", "big5")
    return sum(1 for c in found if low <= c.encode(code, "ignore") <= high) / len(found)


def texts(file: IO[bytes], name: str, bad: Bad) -> Iterator[str]:
    """The file from where it stands, in pieces of whole lines."""
    at, line = file.tell(), 1
    name = CODECS.get(name, name)
    for block in _blocks(file, 2 if name.startswith("utf-16") else 1, name):
        try:
            yield block.decode(name)
        except UnicodeDecodeError:
            yield from _mended(block, name, line, at, bad)
        at += len(block)
        line += _ends(block)


def _ends(block: bytes) -> int:
    """Lines, in whatever way they end; in UTF-16 a little too many is no harm."""
    return block.count(b"\n") or block.count(b"\r")


def _blocks(file: IO[bytes], unit: int, name: str) -> Iterator[bytes]:
    left = b""
    while piece := file.read(BLOCK):
        left += piece
        cut = _cut(left, unit, name)
        if cut == 0 and len(left) >= LONGEST:
            cut = len(left) - len(left) % unit
        if cut:
            yield left[:cut]
            left = left[cut:]
    if left:
        yield left


def _cut(data: bytes, unit: int, name: str) -> int:
    """After the last line end; in a file whose lines end with CR alone after the last of them but the very last byte."""
    if unit == 1:
        found = data.rfind(b"\n") + 1
        return found or data.rfind(b"\r", 0, len(data) - 1) + 1
    mark = "\n".encode(name)
    end = len(data)
    while (found := data.rfind(mark, 0, end)) >= 0:
        if found % 2 == 0:
            return found + 2
        end = found + 1
    return 0


def _mended(block: bytes, name: str, line: int, at: int, bad: Bad) -> Iterator[str]:
    if name.startswith("utf-16"):
        text = block.decode(name, "replace")
        bad(line + text[: text.find("\ufffd")].count("\n"), at, b"")
        yield text
        return
    pieces = []
    for piece in io.BytesIO(block) if b"\n" in block else block.splitlines(keepends=True):
        try:
            pieces.append(piece.decode(name))
        except UnicodeDecodeError as why:
            bad(line, at + why.start, piece)
            pieces.append(piece.decode(name, "replace"))
        at += len(piece)
        line += 1
    yield "".join(pieces)
