"""What a `zhijian map` command works on: a mapping, and tables opened in a place of their own that goes with the command."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import duckdb
import typer

from zhijian.cli.say import COULD_NOT, WRONG_USE, fail, printable
from zhijian.exchange.mapping import MappingWrong, SchemaMapping, shipping
from zhijian.exchange.source import SourceTable, SourceUnreadable, opened, opened_database
from zhijian.spec import specification

Paths = Annotated[
    list[Path] | None, typer.Argument(metavar="PATH…", help="文件或文件夹 files or folders: .csv .xlsx .parquet")
]
Database = Annotated[
    str | None, typer.Option(help="数据库地址 address of a database, such as mysql://user:password@host/name")
]
Mapping = Annotated[
    str,
    typer.Argument(metavar="MAPPING", help="映射文件，或随附映射的名字 a mapping's file, or the name of a shipped one"),
]


@dataclass(frozen=True, slots=True)
class Opened:
    con: duckdb.DuckDBPyConnection
    tables: list[SourceTable]


def the_mapping(name: str) -> SchemaMapping:
    try:
        return shipping.mapping_of(name, specification())
    except KeyError:
        fail(
            WRONG_USE,
            f"没有映射 {name}；随附的有：{'、'.join(shipping.shipped())}",
            f"no such mapping; shipped: {', '.join(shipping.shipped())}",
        )
    except MappingWrong as why:
        fail(WRONG_USE, f"{name}：{why.where}：{why.zh}", f"{why.where}: {why.en}")
    except (OSError, UnicodeError) as why:
        fail(COULD_NOT, f"{name}：不能读 cannot be read: {why}")


@contextmanager
def opening(paths: list[Path] | None, database: str | None, most: int | None = None) -> Iterator[Opened]:
    """`most`: rows of a database's table."""
    if bool(paths) == bool(database):
        fail(WRONG_USE, "请给文件，或给 --database，二者之一", "give either files or --database")
    for path in paths or ():
        if not path.exists():
            fail(WRONG_USE, f"没有 {path}", f"no such file: {path}")
    with tempfile.TemporaryDirectory(prefix="zhijian-map-") as folder, duckdb.connect() as con:
        con.execute(f"SET temp_directory = '{folder}'; SET TimeZone = 'Asia/Shanghai'")
        try:
            if database:
                yield Opened(con, list(opened_database(con, database, Path(folder), None, progress, most)))
            else:
                yield Opened(con, list(opened(con, paths or (), Path(folder))))
        except SourceUnreadable as why:
            fail(COULD_NOT, f"{why.said.zh}；{why.remedy.zh}", f"{why.said.en}; {why.remedy.en}")
        except MappingWrong as why:
            fail(WRONG_USE, f"映射：{why.where}：{why.zh}", f"the mapping: {why.where}: {why.en}")
        except duckdb.Error as why:
            fail(COULD_NOT, f"读不了 {str(why).splitlines()[0]}", "could not be read")


def progress(what: str, done: int, of: int) -> None:
    """On the error stream of a terminal only: a pipeline's log stays clean."""
    if sys.stderr.isatty():
        typer.echo(f"\r\033[K[{done + 1}/{of}] {printable(what)}", err=True, nl=done + 1 == of)
