"""`zhijian check`: a province's own tables, checked on this machine, with a graded report."""

from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Annotated

import typer

from zhijian.cli.say import Format

app = typer.Typer(no_args_is_help=True)


@app.command()
def check(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="PATH…", help="文件或文件夹：CSV、Excel、Parquet files or folders")] = None,
    database: Annotated[str, typer.Option(metavar="URL", help="改为检查数据库 a database instead, such as mysql://USER@HOST/NAME")] = "",
    tables: Annotated[list[str] | None, typer.Option("--table", help="只检查数据库的这些表，可写几次 only these tables of the database")] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="结果写到这个文件夹，不写为 check-日期 the folder for the report")] = None,
    entity: Annotated[list[str] | None, typer.Option(metavar="TABLE=ENTITY", help="指定某个表是哪个数据集，可写几次 say what a table holds")] = None,
    rules: Annotated[list[Path] | None, typer.Option(metavar="FILE", help="自己的检查规则（YAML），可写几次 checks of your own")] = None,
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="按这一天检查，不写为今天 the day of the check")] = None,
    fail_under: Annotated[str, typer.Option(metavar="LEVEL", help="低于这个等级（1 至 5）才以 1 退出 exit with 1 only below this level")] = "",
    memory: Annotated[int, typer.Option(metavar="MB", help="内存上限 the most memory that the checking takes", min=100)] = 700,
    threads: Annotated[int, typer.Option(help="线程数，0 为自动 threads; 0: by the machine", min=0, max=64)] = 0,
    no_profile: Annotated[bool, typer.Option("--no-profile", help="不做各列概况，快一倍以上 without the profile of every column, faster")] = False,
    compare: Annotated[Path | None, typer.Option(metavar="RUN.json", help="与这一次比较，不写则与同一文件夹的上一次 compare with this run")] = None,
    list_: Annotated[bool, typer.Option("--list", help="列出全部检查 list all checks")] = False,
    explain: Annotated[str, typer.Option(metavar="CHECK", help="说明一项检查 what a check looks at, and why")] = "",
    format_: Format = "text",
) -> None:  # fmt: skip
    """数据质量自查：逐行找出问题、怎样改，给出等级。全部在本机进行。 Check data on this machine: what is wrong, where, and a grade."""
    from zhijian.cli import check_catalog, check_run  # DuckDB takes a moment to load
    from zhijian.kit.clock import SHANGHAI

    given = tuple(rules or ())
    if list_ or explain:
        check_catalog.run(given, explain, format_)
        return
    day = on.date() if on else datetime.now(SHANGHAI).date()
    order = check_run.Order(
        tuple(paths or ()), database, tuple(tables or ()), out or _folder(day, paths or []), tuple(entity or ()), given, day,
        fail_under, memory, threads or None, compare, format_, not no_profile,
    )  # fmt: skip
    check_run.run(order)


def _folder(day: date, paths: list[Path]) -> Path:
    """A folder for the day; another one where the day's holds what is to be checked, as mended rows do."""
    names = (f"check-{day.isoformat()}{'' if n == 1 else f'-{n}'}" for n in count(1))
    return next(f for f in map(Path, names) if not any(f.resolve() in p.resolve().parents for p in paths))
