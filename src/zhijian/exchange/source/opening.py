"""Opens whatever is given: files, folders, archives. One that cannot be opened does not stop the others."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import duckdb

from zhijian.exchange.model import Text
from zhijian.exchange.source import unpack
from zhijian.exchange.source.delimited import text_table
from zhijian.exchange.source.encoding import head_of, is_binary
from zhijian.exchange.source.excel import excel_tables
from zhijian.exchange.source.jsonlines import json_tables
from zhijian.exchange.source.model import Opened, SourceTable, SourceUnreadable
from zhijian.exchange.source.parquet import parquet_tables
from zhijian.exchange.source.place import Found, Place, Progress
from zhijian.exchange.source.remarks import Remarks

TEXT = frozenset({".csv", ".tsv", ".txt", ".tab"})
SHEETS = frozenset({".xlsx", ".xlsm", ".xls", ".et"})
READABLE = TEXT | SHEETS | {".parquet", ".jsonl", ".ndjson"}
_NO_TABLE = frozenset(
    {".xltx", ".xlsb", ".ods", ".json", ".doc", ".docx", ".pdf", ".rar", ".7z", ".mdb", ".accdb", ".dbf"}
)


def opened(
    con: duckdb.DuckDBPyConnection, paths: Iterable[Path], work: Path, progress: Progress = lambda what, done, of: None
) -> Opened:
    """Every table of every file; folders are gone through in order of name. `work`: a folder for what must be written anew.

    Raises: SourceUnreadable, when there is no table at all.
    """
    place, remarks = Place(con, work, progress), Remarks()
    tables: list[SourceTable] = []
    failed: list[SourceUnreadable] = []
    for found in _files(paths, remarks, failed):
        _taken(lambda found=found: _tables(place, found, remarks), found.name, tables, failed, remarks)  # type: ignore[misc]
    if failed and not tables:
        raise failed[0]
    return Opened(tuple(tables), remarks.all())


def _taken(
    read: Callable[[], Iterator[SourceTable]],
    name: str,
    tables: list[SourceTable],
    failed: list[SourceUnreadable],
    remarks: Remarks,
) -> None:
    try:
        tables.extend(read())
    except SourceUnreadable as why:
        failed.append(why)
        remarks.extend([why.remark(name)])
    except OSError as why:
        failed.append(SourceUnreadable("unreadable", Text(f"读不出来：{why.strerror}", f"cannot be read: {why.strerror}"),
                                       Text("请检查文件是否存在、权限和磁盘空间", "see to the file, its permissions and the disk"), name))  # fmt: skip
        remarks.extend([failed[-1].remark(name)])


def _files(paths: Iterable[Path], remarks: Remarks, failed: list[SourceUnreadable]) -> Iterator[Found]:
    for path in paths:
        if path.is_dir():
            for inner in sorted(p for p in path.rglob("*") if p.is_file()):
                if _kind(inner) in READABLE | {".zip"}:
                    yield Found(inner, str(inner.relative_to(path)), str(inner))
                elif not inner.name.startswith("."):
                    remarks.say("skipped", value=str(inner))
        elif path.is_file():
            yield Found(path, path.name, str(path))
        elif path.exists():
            # A pipe would be waited for, a device never ends; both are gone through more than once.
            failed.append(SourceUnreadable("not-a-file", Text(f"{path} 不是文件，也不是文件夹", f"{path} is neither a file nor a folder"),
                                           Text("请先存成文件再检查", "save it as a file first"), str(path)))  # fmt: skip
            remarks.extend([failed[-1].remark(path.name)])
        else:
            failed.append(SourceUnreadable("missing", Text(f"找不到 {path}", f"{path} is not there"),
                                           Text("请检查路径", "see to the path"), str(path)))  # fmt: skip
            remarks.extend([failed[-1].remark(path.name)])


def _kind(path: Path) -> str:
    """Suffix; of `a.csv.gz` the inner one. Office's lock files `~$a.xlsx` are none."""
    if path.name.startswith(("~$", ".")):
        return ""
    return Path(path.stem).suffix.lower() if path.suffix.lower() == ".gz" else path.suffix.lower()


def _tables(place: Place, found: Found, remarks: Remarks) -> Iterator[SourceTable]:
    """What the bytes say goes before what the name says. Raises: SourceUnreadable."""
    with found.path.open("rb") as file:
        start = file.read(8)
    kind = _kind(found.path)
    if start.startswith(b"\x1f\x8b"):
        yield from _tables(place, unpack.gunzipped(place, found), remarks)
    elif start.startswith(b"PK\x03\x04") and kind == ".zip":
        for member in unpack.unzipped(place, found, READABLE, remarks):
            own: list[SourceTable] = []
            _taken(lambda member=member: _tables(place, member, remarks), member.name, own, [], remarks)  # type: ignore[misc]
            yield from own
    elif start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        yield from excel_tables(place, found, remarks)
    elif start.startswith(b"SQLite f"):
        raise SourceUnreadable("database-file", Text("这是 SQLite 数据库文件", "this is a database of SQLite"),
                               Text(f"请改用 --database 'sqlite:///{found.origin}'", f"give it as --database 'sqlite:///{found.origin}'"),
                               found.name)  # fmt: skip
    elif start.startswith(b"PAR1"):
        yield from parquet_tables(place, found)
    elif kind in (".jsonl", ".ndjson"):
        yield from json_tables(place, found)
    else:
        yield _as_text(place, found, start, kind, remarks)


def _as_text(place: Place, found: Found, start: bytes, kind: str, remarks: Remarks) -> SourceTable:
    bare = start.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if (
        bare.startswith((b"<htm", b"<!doc", b"<tab", b"<?xml", b"%pdf", b"{\\rtf", b"rar!"))
        or kind in _NO_TABLE
        or kind == ".parquet"
        or is_binary(head_of(found.path))
    ):
        raise SourceUnreadable("not-a-table", Text("这不是表格文件（是网页、PDF 或别的格式改了名字）",
                                    "this is no table (a web page, PDF or another format under a false name)"),
                               Text("请用 Excel 或 WPS 打开后另存为 .xlsx 或 UTF-8 的 .csv",
                                    "open it and save it as .xlsx or as .csv in UTF-8"), found.name)  # fmt: skip
    if kind in SHEETS and start:
        remarks.say("wrong-suffix", value=found.name)
    return text_table(place, found)
