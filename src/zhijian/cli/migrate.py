"""`zhijian migrate`: a province's data moved whole into the platform, resumably, reconciled, signed by both sides."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import sqlalchemy as sa
import typer

from zhijian.cli import migrate_protocol, migrate_quarantine
from zhijian.cli.say import COULD_NOT, FINDINGS, WRONG_USE, Format, at_least_one, fail, say
from zhijian.exchange.mapping import MappingWrong
from zhijian.exchange.migration import (
    MigrationRun,
    MigrationWrong,
    begun,
    ended,
    gone_store,
    loaded,
    planning,
    reconciling,
    steps_done,
)
from zhijian.kit.clock import day
from zhijian.kit.scope import Scope
from zhijian.kit.settings import Settings
from zhijian.spec import specification
from zhijian.wiring import Node, open_node

app = typer.Typer(no_args_is_help=True, help="整体迁移 wholesale migration")
app.add_typer(migrate_quarantine.app, name="quarantine")
app.command()(migrate_protocol.sign)
Work = Annotated[
    Path, typer.Option("--work", help="工作目录：计划、已取出的数据 folder of the plan and of what was extracted")
]
From = Annotated[str, typer.Option("--from", envvar="MIGRATION_SOURCE_URL", help="源库地址 address of the source, such as mysql+pymysql://…")]  # fmt: skip
ALL = Scope.everything()


@app.command()
def plan(
    mapping: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="映射文件 the mapping, see docs/howto/mapping.md")
    ],
    source: From,
    work: Work,
    province: Annotated[str, typer.Option(help="省份代码两位 province, two digits")],
    on: Annotated[str, typer.Option(help="按哪一天判断，缺省今天 judged by which day; today")] = "",
    run: Annotated[
        int, typer.Option(callback=at_least_one, help="第几次；1 为全量 which run; 1 brings everything")
    ] = 1,
    since: Annotated[
        list[str] | None, typer.Option(help="增量：表:更新时间列:从何时 later runs: TABLE:COLUMN:FROM")
    ] = None,
    format_: Format = "text",
) -> None:
    """核对源库和映射，写下计划。 Look at source and mapping, write the plan down."""
    with told():
        text = mapping.read_text("utf-8")
        made = planning.planned(
            work, text, specification(), _engine(source), province, _day(on), run=run, since=_since(since)
        )
        order = planning.in_order(text, specification())
    say({"work": str(work), "run": made.run, "rows": dict(made.rows), "order": order}, format_, _plan_text)


@app.command()
def run(source: From, work: Work, format_: Format = "text") -> None:
    """取出、转换、检查、装入；中断后再运行会接着做。 Extract, map, judge, load; run it again to go on."""
    with told():
        one = planning.run_of(work, specification())
        with one.alone(), open_node(Settings.read()) as node:
            for table, rows in one.extract(_engine(source)):
                typer.echo(f"取出 extracted {table}: {rows:,}", err=True)
            node.prepare(datetime.now(UTC))
            _carry(node, one, source)
            data = _reconciled(node, one)
    say(data, format_, _reconciled_text)
    if not data["agrees"] or data["quarantine_open"]:
        raise typer.Exit(FINDINGS)


@app.command()
def reconcile(work: Work, format_: Format = "text") -> None:
    """对账：源表行数、去向、目标库的条数和摘要。 Counts and digests of both sides."""
    with told():
        one = planning.run_of(work, specification())
        with open_node(Settings.read(), create=False) as node:
            data = _reconciled(node, one)
    say(data, format_, _reconciled_text)
    if not data["agrees"]:
        raise typer.Exit(FINDINGS)


@app.command()
def gone(work: Work, format_: Format = "text") -> None:
    """目标库有、源库已没有的记录；只列出，不删除。 What the source has no more: listed, never deleted."""
    with told():
        one = planning.run_of(work, specification())
        with open_node(Settings.read(), create=False) as node, node.transaction() as db:
            found = [g for part in range(len(one.mapping.records)) if (rows := one.source_rows(part)) is not None
                     for g in gone_store.gone(db, ALL, one.migration, one.spec, part, rows)]  # fmt: skip
    data = [{"label": g.label, "entity": g.entity, "source_row": g.source_row, "key": list(g.key)} for g in found]
    say(data, format_, lambda d: "\n".join([*(f"{g['label']} 第 {g['source_row']} 行：{' / '.join(g['key'])}" for g in d),
                                            f"源库已没有 gone {len(d):,}"]))  # fmt: skip
    if found:
        raise typer.Exit(FINDINGS)


@app.command()
def protocol(
    work: Work,
    out: Annotated[Path, typer.Option(help="写成这个新 PDF the new PDF to write")],
    seed: Annotated[str, typer.Option(help="抽样核对用的种子 seed of the sample looked at")] = "",
) -> None:
    """对账确认书，供双方签署。 The reconciliation as PDF, for both sides to sign."""
    with told():
        one = planning.run_of(work, specification())
        origin = planning.read_plan(work)[0].origin
        with open_node(Settings.read(), create=False) as node:
            data = _reconciled(node, one)
    m = one.migration
    about = {"province": m.province, "run": str(m.run), "mapping": m.mapping.id, "mapping_digest": m.mapping_digest,
             "specification": one.spec.version, "source": origin, "seed": seed or "-"}  # fmt: skip
    migrate_protocol.written(out, migrate_protocol.composed(data, about, datetime.now(UTC)))
    typer.echo(f"已写入 written {out}")
    if not data["agrees"]:
        raise typer.Exit(FINDINGS)


def _carry(node: Node, one: MigrationRun, source: str) -> None:
    with node.transaction() as db:
        begun(
            db,
            ALL,
            one.migration,
            one.spec,
            _engine(source).url.render_as_string(hide_password=True),
            datetime.now(UTC),
        )
        done = steps_done(db, ALL, one.migration)
    steps = one.steps(done)
    for n, step in enumerate(steps, 1):
        ready = one.carry(step)
        with node.transaction() as db:
            came = loaded(db, ALL, one.migration, one.spec, step.part, step.chunk, ready, datetime.now(UTC))
        typer.echo(f"{n}/{len(steps)} {step.label} #{step.chunk}: 装入 loaded {came.loaded:,}，隔离 quarantined {came.quarantined:,}", err=True)  # fmt: skip
    with node.transaction() as db:
        ended(db, ALL, one.migration, one.rows(), datetime.now(UTC))


def _reconciled(node: Node, one: MigrationRun) -> dict[str, Any]:
    with node.transaction() as db:
        found = reconciling.reconciled(db, ALL, one.migration, one.spec, one.rows())
    names = ("label", "entity", "source_rows", *reconciling.SUMS, "target_rows", "target_digest", "agrees")
    lines = [{name: getattr(line, name) for name in names} for line in found.lines]
    return {"agrees": found.agrees, "quarantine_open": found.quarantine_open, "lines": lines}


def _reconciled_text(data: dict[str, Any]) -> str:
    lines = [
        f"{'✓' if one['agrees'] else '✗'} {one['label']}：源 {one['source_rows']:,} 行，不迁 {one['left_out']:,}，记录 {one['made']:,} = "
        f"装入 {one['loaded']:,} + 隔离 {one['quarantined']:,}；目标 {one['target_rows']:,} 条；未迁入的单元格 {one['lost']:,}"
        for one in data["lines"]
    ]
    word = "一致 agrees" if data["agrees"] else "不一致 does not agree"
    return "\n".join([*lines, f"对账：{word}；隔离区待处理 quarantine {data['quarantine_open']:,}"])


def _plan_text(data: dict[str, Any]) -> str:
    rows = "\n".join(f"  {table}: {count:,} 行" for table, count in data["rows"].items())
    order = "\n".join(f"  {n}. {label}" for n, label in enumerate(data["order"], 1))
    return f"第 {data['run']} 次迁移的计划已写入 {data['work']}\n源表 source tables\n{rows}\n装入次序 order\n{order}"


class told:
    """Turns what the room says into the command's words."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: Any, why: BaseException | None, trace: Any) -> None:
        if isinstance(why, MigrationWrong):
            fail(WRONG_USE, why.zh, why.en)
        if isinstance(why, MappingWrong):
            fail(WRONG_USE, f"映射 {why.where}：{why.zh}", why.en)
        if isinstance(why, sa.exc.DBAPIError):
            fail(COULD_NOT, f"数据库没有应答，已做的都在：{_said(why)}\n恢复后再运行同一条命令，会从断处接着做",
                 "a database did not answer; what is done is kept: run the same command again to go on")  # fmt: skip
        if isinstance(why, OSError):
            fail(
                COULD_NOT,
                f"写不了文件，已做的都在：{why.strerror}（{why.filename}）",
                "a file could not be written; run the same command again",
            )


def _said(why: sa.exc.DBAPIError) -> str:
    """What the driver said, in one line and without the statement."""
    return " ".join(str(why.orig).split())[:200]


def _engine(url: str) -> sa.Engine:
    try:
        return sa.create_engine(url)
    except (sa.exc.ArgumentError, ModuleNotFoundError) as why:
        fail(
            WRONG_USE,
            f"--from：地址写法不对或缺驱动（{type(why).__name__}）",
            "the address is wrong or its driver is not installed",
        )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else day(datetime.now(UTC))
    except ValueError:
        fail(WRONG_USE, f"--on {text}：应为 2026-11-03 这样的日期", "a day such as 2026-11-03")


def _since(given: list[str] | None) -> dict[str, tuple[str, str]]:
    found = {}
    for one in given or []:
        parts = one.split(":", 2)
        if len(parts) != 3:
            fail(WRONG_USE, f"--since {one}：应为 表:列:从何时", "TABLE:COLUMN:FROM")
        found[parts[0]] = (parts[1], parts[2])
    return found
