"""`zhijian map suggest`."""

from pathlib import Path
from typing import Annotated

import typer

from zhijian.cli.map_sources import Database, Paths, opening, progress
from zhijian.cli.say import COULD_NOT, FINDINGS, WRONG_USE, fail
from zhijian.exchange.mapping import suggesting
from zhijian.spec import specification

MOST_ROWS = 50_000


def suggest(
    paths: Paths = None,
    database: Database = None,
    out: Annotated[Path | None, typer.Option(help="写成这个新文件 the new file to write, .yaml")] = None,
    force: Annotated[bool, typer.Option("--force", help="文件已有也写 write although the file is there")] = False,
) -> None:
    """看列名和值，提出一份映射，每条带把握和依据；1 表示什么都没认出。 Proposes a mapping; 1: nothing was recognised."""
    if out is not None and out.exists() and not force:
        fail(WRONG_USE, f"{out} 已有；换个名字，或加 --force", f"{out} is there; choose another name, or --force")
    with opening(paths, database, MOST_ROWS) as source:
        spec = specification()
        made = suggesting.proposed(source.con, source.tables, spec, progress)
        name = out.stem if out is not None else "proposed"
        text = suggesting.as_yaml(made, spec, name, source.tables[0] if source.tables else None)
    if out is None:
        typer.echo(text, nl=False)
    else:
        try:
            out.write_text(text, encoding="utf-8")
        except OSError as why:
            fail(COULD_NOT, f"写不了 {out}：{why.strerror}", f"{out} could not be written")
        sure = sum(len(p.sure) for p in made.parts)
        open_ = sum(len(p.guesses) for p in made.parts) - sure
        typer.echo(
            f"已写出 written: {out}（{len(made.parts)} 类记录 kinds of records，{sure} 个字段 fields，{open_} 个待定 open）"
        )
    if not made.parts:
        raise typer.Exit(FINDINGS)
