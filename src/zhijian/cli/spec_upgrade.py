"""`zhijian spec upgrade`: a file of records from one version of the specification to a later one, line by line.

Nothing is written where a record cannot be read (exit 2).
"""

import csv
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from zhijian.cli.say import COULD_NOT, FINDINGS, WRONG_USE, fail
from zhijian.spec import SpecificationWrong
from zhijian.spec.versions import release, upgrade

SHOWN = 20
"""Losses and inventions that are listed; the rest are counted."""
Numbered = tuple[int, dict[str, Any]]


class Wrong(Exception):
    """A line that is no record. `args`: zh, en."""


def upgrade_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=".jsonl（一行一条 JSON）或 or .csv（UTF-8）")],
    entity: Annotated[str, typer.Option(help="实体，如 report the entity")],
    old: Annotated[str, typer.Option("--from", help="记录的版本 the records' version")],
    new: Annotated[str, typer.Option("--to", help="要到的版本 the version to reach")],
    out: Annotated[Path, typer.Option(help="写成这个新文件 the new file to write")],
) -> None:
    """把记录升级到新版本，列出丢失和补入的内容。退出码 0 没有，1 有。 To a later version. Exit 1 if anything was lost or invented."""
    from zhijian.cli import document_files  # takes half a second to load

    reading = {".jsonl": _jsonl, ".csv": _csv}.get(file.suffix.lower())
    if reading is None:
        fail(WRONG_USE, f"{file}：应为 .jsonl 或 .csv", f"{file}: should be .jsonl or .csv")
    document_files.is_free(out)
    partial = out.with_name(f"{out.name}.part")
    try:
        made = _Upgrading(file, reading, entity, old, new)
        with partial.open(
            "w", encoding="utf-8-sig" if file.suffix.lower() == ".csv" else "utf-8", newline=""
        ) as target:
            made.write_csv(target) if file.suffix.lower() == ".csv" else made.write_jsonl(target)
        partial.rename(out)
    except (SpecificationWrong, Wrong) as wrong:
        fail(WRONG_USE, *wrong.args)
    except UnicodeDecodeError as wrong:
        fail(WRONG_USE, f"{file}：不是 UTF-8，位置 {wrong.start}", f"{file}: not UTF-8 at byte {wrong.start}")
    except OSError as why:
        fail(COULD_NOT, f"{why.filename or file}：{why.strerror}", f"{why.filename or file}: {why.strerror}")
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
    typer.echo("\n".join(made.said))
    if made.told:
        raise typer.Exit(FINDINGS)


class _Upgrading:
    def __init__(self, file: Path, reading: Any, entity: str, old: str, new: str) -> None:
        self._file, self._reading, self._entity, self._old, self._new = file, reading, entity, old, new
        self.records, self.told = 0, 0
        self._lines: list[str] = []
        if entity not in release(old).entities:
            raise SpecificationWrong(f"{old} 版没有实体 {entity}", f"version {old} has no entity {entity}")

    def write_jsonl(self, target: Any) -> None:
        for _, record in self._upgraded():
            target.write(json.dumps(record, ensure_ascii=False) + "\n")

    def write_csv(self, target: Any) -> None:
        """Two passes: which columns there are is known when the last record has been seen."""
        columns = dict.fromkeys(name for _, record in self._upgraded() for name in record)
        self.records, self.told, self._lines = 0, 0, []
        out = csv.DictWriter(target, list(columns))
        out.writeheader()
        for _, record in self._upgraded():
            out.writerow(record)

    def _upgraded(self) -> Iterator[Numbered]:
        for number, record in self._reading(self._file):
            made = upgrade(record, self._entity, self._old, self._new)
            self.records += 1
            self.told += len(made.told)
            for told in made.told[: max(0, SHOWN - len(self._lines))]:
                word = "丢失 lost" if told.kind == "lost" else "补入 invented"
                value = json.dumps(told.value, ensure_ascii=False)[:80]
                self._lines.append(f"第 {number} 行 line：{word} {told.where} {value}（{told.zh} {told.en}）")
            yield number, made.record

    @property
    def said(self) -> list[str]:
        more = [f"……另有 and {self.told - len(self._lines)} 处 more"] if self.told > len(self._lines) else []
        return [
            *self._lines,
            *more,
            f"已升级 upgraded {self.records} 条 records，丢失或补入 lost or invented {self.told} 处 places",
        ]


def _jsonl(file: Path) -> Iterator[Numbered]:
    with file.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except (ValueError, RecursionError) as wrong:
                raise Wrong(f"{file} 第 {number} 行：不是 JSON", f"{file} line {number}: not JSON") from wrong
            if not isinstance(record, dict):
                raise Wrong(
                    f"{file} 第 {number} 行：应为一个 JSON 对象", f"{file} line {number}: should be a JSON object"
                )
            yield number, record


def _csv(file: Path) -> Iterator[Numbered]:
    """Identifiers of the old version in the first row; an empty cell is no value."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.reader(lines, strict=True)
        try:
            head = next(rows, [])
            if twice := {name for name in head if head.count(name) > 1}:
                raise Wrong(
                    f"{file} 第 1 行：列 {'、'.join(sorted(twice))} 重复", f"{file} line 1: a column is there twice"
                )
            for row in rows:
                if len(row) != len(head):
                    raise Wrong(f"{file} 第 {rows.line_num} 行：有 {len(row)} 列，表头有 {len(head)} 列",
                                f"{file} line {rows.line_num}: {len(row)} cells, the heading has {len(head)}")  # fmt: skip
                yield rows.line_num, {name: cell for name, cell in zip(head, row, strict=True) if cell != ""}
        except csv.Error as wrong:
            raise Wrong(
                f"{file} 第 {rows.line_num} 行：引号不成对或分隔不对", f"{file} line {rows.line_num}: {wrong}"
            ) from wrong
