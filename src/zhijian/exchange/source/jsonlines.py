"""JSON lines: one record a line. Values are kept as text; lists of records become a table of their own."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

import msgspec

from zhijian.exchange.model import Text
from zhijian.exchange.source.layout import unique
from zhijian.exchange.source.model import Column, SourceTable, SourceUnreadable
from zhijian.exchange.source.parquet import is_key
from zhijian.exchange.source.place import Found, Place
from zhijian.exchange.source.remarks import Remarks
from zhijian.exchange.source.staging import Staging, relation_of

_PARSE = msgspec.json.Decoder(float_hook=str).decode  # numbers as they are written: 1.30 is not 1.3


def json_tables(place: Place, found: Found) -> list[SourceTable]:
    """Twice through the file: first for the names, then for the values. Raises: SourceUnreadable."""
    names, parts = _names(found)
    if not names and not parts:
        raise SourceUnreadable("empty", Text("没有一行是 JSON 记录", "no line is a JSON record"),
                               Text("每行应是一个 {…}", "each line should be one {…}"), found.name)  # fmt: skip
    remarks = Remarks()
    keys = [n for n in names if is_key(n)]
    with ExitStack() as stack:
        own = stack.enter_context(Staging(place.new(".parquet"), unique(list(names), remarks)))
        inner = {
            part: stack.enter_context(Staging(place.new(".parquet"), unique([*keys, *fields], Remarks())))
            for part, fields in parts.items()
        }
        for number, line in _lines(found, place):
            record = _record(line)
            if record is None:
                own.reject(number, "broken-line", line.decode("utf-8", "replace"))
                text = line.decode("utf-8", "replace")
                remarks.say("broken-line", row=number, value=text, zh="不是 JSON 记录", en="is no JSON record")
                continue
            own.add(number, [shown(record.get(n)) for n in names], len(line))
            for part, staging in inner.items():
                for one in _records(record.get(part)):
                    cells = [*(shown(record.get(k)) for k in keys), *(shown(one.get(f)) for f in parts[part])]
                    staging.add(staging.size + 1, cells)
    about = {"encoding": "utf-8", "rows": str(own.size), **own.about}
    tables = [SourceTable(found.name, found.origin, relation_of(own.path), _columns(own), "json", 1, remarks.all(), about, found.modified_on)]  # fmt: skip
    for part, staging in inner.items():
        tables.append(SourceTable(f"{found.name} / {part}", found.origin, relation_of(staging.path), _columns(staging),
                                  "json", 1, (), {"rows": str(staging.size), "parent": found.name}, found.modified_on))  # fmt: skip
    return tables


def _columns(staging: Staging) -> tuple[Column, ...]:
    return tuple(Column(n) for n in staging.schema.names[1:])


def _lines(found: Found, place: Place | None = None) -> Iterator[tuple[int, bytes]]:
    with found.path.open("rb") as file:
        done = 0
        for number, line in enumerate(file, start=1):
            done += len(line)
            bare = (line[3:] if number == 1 and line.startswith(b"\xef\xbb\xbf") else line).strip()
            if bare:
                yield number, bare
            if place and number % 50_000 == 0:
                place.progress(found.name, done, found.size)


def _record(line: bytes) -> Mapping[str, Any] | None:
    try:
        found = _PARSE(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _records(value: Any) -> Sequence[Mapping[str, Any]]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def _names(found: Found) -> tuple[dict[str, None], dict[str, dict[str, None]]]:
    names: dict[str, None] = {}
    parts: dict[str, dict[str, None]] = {}
    for _, line in _lines(found):
        for name, value in (_record(line) or {}).items():
            inner = _records(value)
            if inner:
                for one in inner:
                    parts.setdefault(name, {}).update(dict.fromkeys(one))
            else:
                names.setdefault(name)
    return {n: None for n in names if n not in parts}, parts


def shown(value: Any) -> str | None:
    """A value as text: lists joined by `;` as in one cell, what is nested as JSON."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and not any(isinstance(v, dict | list) for v in value):
        return ";".join(shown(v) or "" for v in value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
