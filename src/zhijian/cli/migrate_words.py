"""What the commands of `zhijian migrate` have in common: options, where a source comes from, how the room's words are said."""

import getpass
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import duckdb
import sqlalchemy as sa
import structlog
import typer

from zhijian.cli.say import COULD_NOT, WRONG_USE, fail
from zhijian.exchange.mapping import MappingWrong
from zhijian.exchange.migration import Files, MigrationWrong, planning, room
from zhijian.exchange.source import SourceUnreadable, source_engine
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.kit.settings import Settings
from zhijian.wiring import Node

ALL = Scope.everything()
SOURCE = "MIGRATION_SOURCE_URL"
Work = Annotated[
    Path, typer.Option("--work", help="工作目录：计划、已取出的数据 folder of the plan and of what was extracted")
]
From = Annotated[
    list[str] | None,
    typer.Option("--from", help=f"源库地址，或文件、文件夹，可重复；缺省取环境变量 {SOURCE}。Address of the source, or files and folders"),
]  # fmt: skip


def source_of(given: Sequence[str] | None) -> sa.Engine | Files:
    """A database by its address, or files by their paths."""
    texts = list(given or filter(None, [os.environ.get(SOURCE)]))
    if not texts:
        fail(WRONG_USE, f"没有说从哪里迁：用 --from，或环境变量 {SOURCE}", f"no source: --from or {SOURCE}")
    addresses = [t for t in texts if "://" in t]
    if len(addresses) == len(texts) == 1:
        return _source(texts[0])
    if addresses:
        fail(WRONG_USE, "--from：一个数据库，或若干文件和文件夹，不能混用", "one database, or files and folders")
    return Files(tuple(Path(t) for t in texts))


def _source(url: str) -> sa.Engine:
    try:
        return source_engine(url)
    except SourceUnreadable as why:
        fail(WRONG_USE, f"--from：{why.said.zh}；{why.remedy.zh}", f"{why.said.en}; {why.remedy.en}")


def local_target() -> Path | None:
    """Folder of the target's database where it is the embedded one."""
    settings = Settings.read()
    return None if settings.database_url else settings.home


def warned(work: Path, taken: int = 0) -> None:
    """Says where room is short for the run that is planned; `taken`: bytes of it that lie there already. Raises: MigrationWrong where it
    is clearly not enough."""
    plan = planning.read_plan(work)[0]
    size = replace(plan.size, extract=max(0, plan.size.extract - taken))
    for one in room.rooms(size, work, local_target() if plan.run == 1 else None):
        if one.short:
            typer.echo(f"注意：磁盘空间可能不够：{one.zh}\nwarning: room may be short: {one.en}", err=True)


class told:
    """Turns what the room says into the command's words."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: Any, why: BaseException | None, trace: Any) -> None:
        if isinstance(why, MigrationWrong):
            fail(COULD_NOT if why.why == "no-room" else WRONG_USE, why.zh, why.en)
        if isinstance(why, MappingWrong):
            fail(WRONG_USE, f"映射 {why.where}：{why.zh}", why.en)
        if isinstance(why, SourceUnreadable):
            fail(WRONG_USE, f"{why.value or '源'}：{why.said.zh}；{why.remedy.zh}", f"{why.said.en}; {why.remedy.en}")
        if isinstance(why, duckdb.Error):  # its words quote cells
            fail(COULD_NOT, f"转换做不下去（{type(why).__name__}）：多半是映射的 sql 或 where 里 CAST 遇到了脏数据，改用 TRY_CAST；已做的都在",
                 "the mapping cannot be applied: most likely a CAST in its `sql` or `where` met a cell that does not fit; use TRY_CAST")  # fmt: skip
        if isinstance(why, sa.exc.DBAPIError):
            fail(COULD_NOT, f"数据库没有应答，已做的都在：{_said(why)}\n恢复后再运行同一条命令，会从断处接着做",
                 "a database did not answer; what is done is kept: run the same command again to go on")  # fmt: skip
        if isinstance(why, OSError):
            fail(
                COULD_NOT,
                f"写不了文件，已做的都在：{why.strerror}（{why.filename}）",
                "a file could not be written; run the same command again",
            )


def audited(event: str, **fields: Any) -> None:
    """One line on standard error, as the servers write theirs."""
    processors: list[Any] = [
        structlog.processors.TimeStamper(fmt="iso"), structlog.processors.JSONRenderer(ensure_ascii=False)
    ]  # fmt: skip
    structlog.wrap_logger(structlog.PrintLogger(sys.stderr), processors=processors).info(event, by=who(), **fields)


def who() -> str:
    """Whose account runs the command."""
    return getpass.getuser()


def since_of(given: Sequence[str] | None) -> dict[str, tuple[str, str]]:
    found = {}
    for one in given or []:
        parts = one.split(":", 2)
        if len(parts) != 3:
            fail(WRONG_USE, f"--since {one}：应为 表:列:从何时", "TABLE:COLUMN:FROM")
        found[parts[0]] = (parts[1], parts[2])
    return found


@contextmanager
def at_work(node: Node) -> Iterator[Db]:
    """A transaction for the many rows of a migration: one statement may take hours."""
    with node.transaction() as db:
        db.execute(sa.text("SET LOCAL statement_timeout = 0"))
        yield db


def _said(why: sa.exc.DBAPIError) -> str:
    """What the driver said, in one line and without the statement."""
    return " ".join(str(why.orig).split())[:200]
