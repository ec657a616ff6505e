"""CSV and its kin: read by DuckDB where it stands when it is UTF-8 and sound, line by line into staging where it is not."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from zhijian.exchange.model import Text
from zhijian.exchange.source.encoding import texts
from zhijian.exchange.source.form import Form, form_of, parsed
from zhijian.exchange.source.layout import is_foot
from zhijian.exchange.source.lines import Broken, Record, Records
from zhijian.exchange.source.model import Column, SourceTable, SourceUnreadable
from zhijian.exchange.source.place import Found, Place, for_duckdb, literal
from zhijian.exchange.source.remarks import Remarks, clipped
from zhijian.exchange.source.staging import REJECTS, Staging, relation_of

_BIG = 200 << 20
_TAIL = 64 << 10
_FEET = 8
_HUGE = 1_000_000
"""Characters of a cell that nobody meant to write."""


def text_table(place: Place, found: Found) -> SourceTable:
    """Raises: SourceUnreadable."""
    remarks = Remarks()
    if found.size == 0 or _is_blank(found):
        raise SourceUnreadable("empty", Text("文件是空的", "the file is empty"),
                               Text("请重新导出，或从文件夹中拿走", "export it again, or take it away"), found.name)  # fmt: skip
    form = form_of(found.path, remarks)
    read = _straight(place, found, form, remarks) if form.flaw is None else None
    read = read or _line_by_line(place, found, form, remarks)
    if form.layout.header and not read.size:
        remarks.say("header-only")
    about = {"encoding": form.encoding, "delimiter": form.delimiter, "header_rows": str(len(form.layout.header)),
             "rows": str(read.size), "reading": read.way, **read.about}  # fmt: skip
    columns = tuple(Column(n) for n in form.layout.names)
    return SourceTable(found.name, found.origin, read.relation, columns, "csv", form.layout.first + 1, remarks.all(),
                       about, found.modified_on)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Read:
    relation: str
    size: int
    way: str
    about: dict[str, str]


def _is_blank(found: Found) -> bool:
    with found.path.open("rb") as file:
        return found.size < 4096 and not file.read().strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0")


def _straight(place: Place, found: Found, form: Form, remarks: Remarks) -> _Read | None:
    """Written anew as Parquet, which later passes read many times quicker. None, with a remark, where DuckDB stumbles."""
    columns = ", ".join(f"{literal(n)}: 'VARCHAR'" for n in form.layout.names)
    read = (
        f"read_csv({for_duckdb(found.path, place)}, auto_detect=false, header=false, skip={form.lines}, columns={{{columns}}}, "
        f"delim={literal(form.delimiter)}, quote='\"', escape='\"', strict_mode=true, max_line_size={_HUGE})"
    )
    start = form.layout.first + 1
    staged = place.new(".parquet")
    place.progress(found.name, 0, found.size)
    try:
        (size,) = place.con.execute(
            f"COPY (FROM {read}) TO {literal(str(staged))} (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {_group(found)})"
        ).fetchone() or (0,)
        first = place.con.execute(f"SELECT * FROM {read} LIMIT 1").fetchone()
    except (duckdb.Error, UnicodeDecodeError) as why:  # the latter from a message that DuckDB cut within a character
        staged.unlink()
        _said_slow(found, remarks, str(why).splitlines()[0])
        return None
    wanted = None if form.first is None else [c or "" for c in form.first[: form.width]]
    if (None if first is None else [c or "" for c in first]) != wanted:
        staged.unlink()
        _said_slow(found, remarks, "first record")
        return None
    feet = _feet(found, form, min(size, _FEET))
    # Numbered when it is read: a numbering on the way would keep all cores but one from parsing.
    relation = f"(SELECT * EXCLUDE (file_row_number), file_row_number + {start} AS _row FROM read_parquet({literal(str(staged))}, file_row_number=true))"
    place.progress(found.name, found.size, found.size)
    if not feet:
        return _Read(relation, size, "straight", {})
    last = start + size - 1 - len(feet)
    bad = [(last + 1 + i, "totals-line", text) for i, text in enumerate(feet)]
    path = place.new(".rejects.parquet")
    columns_of = [pa.array(c, f.type) for c, f in zip(zip(*bad, strict=True), REJECTS, strict=True)]
    pq.write_table(pa.Table.from_arrays(columns_of, schema=REJECTS), path)
    for row, _, text in bad:
        _said_foot(row, text, remarks)
    return _Read(f"(SELECT * FROM {relation} WHERE _row <= {last})", size - len(feet), "straight", {"rejects": str(path)})  # fmt: skip


def _group(found: Found) -> int:
    """Rows of a group of Parquet, of some 32 MB: it is held in memory until it is written."""
    with found.path.open("rb") as file:
        head = file.read(1 << 18)
    return max(2_048, min(122_880, (32 << 20) * (head.count(b"\n") + 1) // max(1, len(head))))


def _said_slow(found: Found, remarks: Remarks, why: str) -> None:
    big = f"（文件大于 {_BIG >> 20} MB，会慢一些）" if found.size > _BIG else ""
    remarks.say("read-by-line", big=big, reason=clipped(why, 120))


def _feet(found: Found, form: Form, most: int) -> list[str]:
    """Lines at the end that are totals or what people write beneath."""
    with found.path.open("rb") as file:
        file.seek(max(0, found.size - _TAIL))
        tail = file.read().decode("utf-8", "replace").rstrip("\r\n")
    lines = tail.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    feet: list[str] = []
    while lines and len(feet) < most:
        cells = parsed(lines[-1], form.delimiter)
        if cells is None or len(cells) != form.width or not is_foot(cells):
            break
        feet.insert(0, lines.pop())
    return feet


def _said_foot(row: int, text: str, remarks: Remarks) -> None:
    remarks.say("totals-line", row=row, value=text.strip())


def _line_by_line(place: Place, found: Found, form: Form, remarks: Remarks) -> _Read:
    with found.path.open("rb") as file, Staging(place.new(".parquet"), form.layout.names) as staging:
        file.seek(form.mark)
        records = Records(_texts(place, found, file, form, remarks), form.delimiter)
        _staged(records, form, staging, remarks)
    return _Read(relation_of(staging.path), staging.size, "staged", staging.about)


def _texts(place: Place, found: Found, file: IO[bytes], form: Form, remarks: Remarks) -> Iterator[str]:
    def bad(line: int, at: int, text: bytes) -> None:
        other = "gb18030" if form.encoding == "utf-8" else "utf-8"
        said = text.decode(other, "replace").strip()
        remarks.say("broken-bytes", value=said, line=line, at=at, name=form.encoding, guess=clipped(said, 40))

    line, begun = 1, False
    for text in texts(file, form.encoding, bad):
        place.progress(found.name, file.tell(), found.size)
        whole = text
        if "\0" in whole:
            _said_nul(whole, line, remarks)
            whole = whole.replace("\0", "\ufffd")
        line += whole.count("\n")
        if not begun and form.sep:
            whole = whole[whole.find("\n") + 1 :]
        begun = True
        yield whole


def _said_nul(text: str, line: int, remarks: Remarks) -> None:
    for i, one in enumerate(text.split("\n")):
        if "\0" in one:
            remarks.say("nul-bytes", value=one.replace("\0", "\ufffd"), line=line + i)


def _staged(records: Records, form: Form, staging: Staging, remarks: Remarks) -> None:
    row = blank = pending = 0
    waiting: deque[tuple[int, list[str], Record]] = deque()
    if form.layout.first == 0:
        records.width = form.width
    for record in records:
        row += 1
        if row <= form.layout.first:
            records.width = form.width if row == form.layout.first else None
            continue
        cells = record.cells
        if cells is None:
            pending += 1
            continue
        blank, pending = blank + pending, 0
        if isinstance(cells, Broken):
            staging.reject(row, "broken-line", record.text.rstrip("\r\n"))
            _said_broken(row, cells, form.width, remarks)
            continue
        if record.chars > _HUGE:
            _said_huge(row, cells, form, remarks)
        waiting.append((row, cells, record))
        if len(waiting) > _FEET:
            staging.add(waiting[0][0], waiting[0][1], waiting[0][2].chars)
            waiting.popleft()
    feet = deque[tuple[int, Record]]()
    while waiting and is_foot(waiting[-1][1]):
        at, _, record = waiting.pop()
        feet.appendleft((at, record))
    for at, kept, record in waiting:
        staging.add(at, kept, record.chars)
    for at, record in feet:
        staging.reject(at, "totals-line", record.text.rstrip("\r\n"))
        _said_foot(at, record.text, remarks)
    if blank:
        remarks.say("blank-lines", count=blank)


def _said_huge(row: int, cells: list[str], form: Form, remarks: Remarks) -> None:
    for name, cell in zip(form.layout.names, cells, strict=True):
        if len(cell) > _HUGE:
            remarks.say("huge-cell", row=row, value=cell, name=name, count=len(cell))


_WHY = {"too-many": ("多于", "more than"), "too-few": ("少于", "fewer than")}


def _said_broken(row: int, broken: Broken, width: int, remarks: Remarks) -> None:
    if broken.why == "quote":
        zh, en = "的引号不成对", "has a quote that is not closed, or text behind a closing one"
    else:
        more = _WHY[broken.why]
        zh = f"有 {broken.cells} 格，{more[0]}表头的 {width} 格"
        en = f"has {broken.cells} cells, {more[1]} the header's {width}"
    remarks.say("broken-line", row=row, value=broken.text.strip(), zh=zh, en=en)
