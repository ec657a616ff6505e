"""The form of a text: encoding, delimiter, where the records begin. Looks at the head, and once through the bytes."""

import csv
import io
import math
import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from zhijian.exchange.source.encoding import BLOCK, CODECS, HEAD, bom, detected
from zhijian.exchange.source.layout import SAMPLE, Layout, laid_out
from zhijian.exchange.source.lines import Broken, Record, Records
from zhijian.exchange.source.remarks import Remarks

DELIMITERS = {",": ("逗号", "comma"), "\t": ("制表符", "tab"), ";": ("分号", "semicolon"), "|": ("竖线", "bar"),
              "，": ("全角逗号", "full-width comma"), "；": ("全角分号", "full-width semicolon")}  # fmt: skip
_SEP = re.compile(r"sep=(.)\r?\n", re.I)
_SHORT = re.compile(r"\d(\.\d+)?E\+\d\d")
"""What Excel makes of a number with more than eleven digits when it saves a sheet as text."""
_WINDOW = 64 << 10


@dataclass(frozen=True, slots=True)
class Form:
    encoding: str
    mark: int
    """Bytes of the byte order mark."""
    sep: bool
    """The first line is Excel's `sep=;`, which it does not count as a row."""
    delimiter: str
    layout: Layout
    lines: int
    """Physical lines before the first record, the `sep=` line among them."""
    first: list[str] | None
    """Cells of the first record; None where there is none in the head."""
    flaw: str | None = None
    """Why DuckDB cannot read it as it is."""

    @property
    def width(self) -> int:
        return len(self.layout.names)


def form_of(path: Path, remarks: Remarks) -> Form:
    with path.open("rb") as file:
        head = file.read(HEAD)
    whole = path.stat().st_size <= len(head)
    name, mark = bom(head)
    encoding, flaw = name or detected(head), None
    if encoding == "utf-8":
        flaw, at = _flaw(path)
        if flaw == "encoding" and name is None:
            encoding = detected(_around(path, at))
    form = _shape(head[mark:], encoding, whole, remarks)
    if encoding != "utf-8":
        flaw = "encoding"
    elif flaw is None and form.width < 2:
        flaw = "one-column"
    elif flaw is None and _blank_records(path, form):
        flaw = "blank-lines"
    return replace(form, mark=mark, flaw=flaw)


def _flaw(path: Path) -> tuple[str | None, int]:
    """Once through the bytes: what DuckDB would read wrongly without saying so, and where the first bad byte is."""
    at, end = 0, b""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            if b"\0" in block:
                return "nul", at
            data = end + block
            # A character cut at the end of the block waits for the rest.
            cut = next((i for i in range(1, min(4, len(data)) + 1) if data[-i] & 0xC0 != 0x80), 1)
            tail = data[len(data) - cut :] if data[-cut] >= 0xC0 else b""
            body = data[: len(data) - len(tail)]
            if not _valid(body):
                return "encoding", at + _first_bad(body)
            at, end = at + len(body), tail
    return ("encoding", at) if end and not _valid(end) else (None, 0)


def _valid(data: bytes) -> bool:
    """Arrow's check of UTF-8, several times as fast as decoding."""
    try:
        ends = pa.py_buffer((0).to_bytes(8, "little") + len(data).to_bytes(8, "little"))
        pa.Array.from_buffers(pa.large_string(), 1, [None, ends, pa.py_buffer(data)]).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _first_bad(data: bytes) -> int:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as why:
        return why.start
    return 0


def _around(path: Path, at: int) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, at - _WINDOW))
        sample = file.read(2 * _WINDOW)
    return sample[sample.find(b"\n") + 1 :]


def _blank_records(path: Path, form: Form) -> bool:
    """Lines without anything, which DuckDB passes over and a spreadsheet counts; at the very end they do no harm."""
    empty = form.delimiter.encode() * (form.width - 1)
    marks = [a + e + a[:1] for a in (b"\n", b"\r") for e in (b"", empty)] + [
        b"\r\n" + e + b"\r\n" for e in (b"", empty)
    ]
    keep = max(map(len, marks))
    with path.open("rb") as file:
        end = b""
        while block := file.read(BLOCK):
            data = end + block
            more = file.peek(1)
            looked = data if more else data.rstrip(b"\r\n")
            if any(m in looked for m in marks):
                return True
            end = data[-keep:]
    return False


def _shape(head: bytes, encoding: str, whole: bool, remarks: Remarks) -> Form:
    text = head.decode(CODECS.get(encoding, encoding), "replace").replace("\0", "\ufffd")
    if not whole:
        text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1] or text
    said = _SEP.match(text)
    body = text[said.end() :] if said else text
    delimiter = said.group(1) if said else delimiter_of(body)
    sample = _sample(body, delimiter)
    rows = [r.cells if isinstance(r.cells, list) else [] for r in sample]
    layout = laid_out(rows, remarks)
    lines = sum(r.lines for r in sample[: layout.first]) + (1 if said else 0)
    first = next((r.cells for r in sample[layout.first :] if isinstance(r.cells, list)), None)
    if said:
        remarks.say("sep-line", value=delimiter)
    _said(encoding, delimiter, rows[layout.first :], layout, remarks)
    return Form(encoding, 0, bool(said), delimiter, layout, lines, first)


def _said(encoding: str, delimiter: str, rows: list[list[str]], layout: Layout, remarks: Remarks) -> None:
    if encoding != "utf-8":
        remarks.say("encoding", value=encoding, name=encoding.upper())
    if delimiter != ",":
        zh, en = DELIMITERS.get(delimiter, (f"“{delimiter}”", repr(delimiter)))
        remarks.say("delimiter", value=delimiter, zh=zh, en=en)
    for i, row in enumerate(rows):
        for name, cell in zip(layout.names, row, strict=False):
            if _SHORT.fullmatch(cell.strip()):
                remarks.say("digits-lost", row=layout.first + 1 + i, value=cell.strip(), name=name)


def _sample(text: str, delimiter: str) -> list[Record]:
    found: list[Record] = []
    for record in Records([text], delimiter):
        found.append(record)
        if len(found) >= SAMPLE:
            break
    return found


def delimiter_of(text: str) -> str:
    """By which the head falls into records of one width; a comma where none does.

    >>> delimiter_of("编号;名称;值\\n1;甲;3,5\\n2;乙;4,5\\n"), delimiter_of("一列\\n二\\n")
    (';', ',')
    """
    head = text[: 256 << 10]
    scores = {d: _score(head, d) for d in DELIMITERS if d in head}
    best = max(scores, key=lambda d: scores[d], default=",")
    return best if scores.get(best, 0) > 0 else ","


def _score(text: str, delimiter: str) -> float:
    rows = [r.cells for r in _sample(text, delimiter)]
    widths = [
        len(r) if isinstance(r, list) else 0
        for r in rows
        if r is not None and not (isinstance(r, Broken) and not r.text)
    ]
    several = Counter(w for w in widths if w > 1)
    if not several:
        return 0.0
    width, count = max(several.items(), key=lambda item: (item[1], item[0]))
    share = count / len(widths)
    # The header is what people write most carefully: a delimiter that it lacks is punctuation.
    heads = 1.5 if widths[0] == width else 1.0
    return share * share * heads * (1 + math.log(width))


def parsed(line: str, delimiter: str) -> list[str] | None:
    """One line that stands for itself; None where its quoting does not close."""
    try:
        return next(csv.reader(io.StringIO(line, newline=""), delimiter=delimiter, strict=True), None)
    except csv.Error:
        return None
