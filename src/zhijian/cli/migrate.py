"""`zhijian migrate`: a province's data moved whole into the platform, resumably, reconciled, signed by both sides."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from zhijian.cli import migrate_protocol, migrate_quarantine, migrate_run, migrate_sample
from zhijian.cli.migrate_books import books, books_text, unseen_text
from zhijian.cli.migrate_words import (
    ALL,
    From,
    Work,
    at_work,
    audited,
    local_target,
    since_of,
    source_of,
    told,
    warned,
    who,
)
from zhijian.cli.say import FINDINGS, Format, a_day, at_least_one, say
from zhijian.exchange.migration import act_store, gone_store, planning
from zhijian.kit.clock import day
from zhijian.kit.settings import Settings
from zhijian.spec import specification
from zhijian.wiring import open_node

app = typer.Typer(no_args_is_help=True, help="整体迁移 wholesale migration")
app.add_typer(migrate_quarantine.app, name="quarantine")
app.command()(migrate_run.run)
app.command()(migrate_sample.sample)
app.command()(migrate_protocol.protocol)
app.command()(migrate_protocol.sign)


@app.command()
def plan(
    mapping: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="映射文件 the mapping, see docs/howto/mapping.md")
    ],
    work: Work,
    province: Annotated[str, typer.Option(help="省份代码两位 province, two digits")],
    on: Annotated[str, typer.Option(help="按哪一天判断，缺省今天 judged by which day; today")] = "",
    source: From = None,
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
            work,
            text,
            specification(),
            source_of(source),
            province,
            a_day("--on", on) if on else day(datetime.now(UTC)),
            run=run,
            since=since_of(since),
            target=local_target(),
        )
        warned(work)
    say(_planned(made, work, text), format_, _plan_text)


@app.command()
def reconcile(work: Work, format_: Format = "text") -> None:
    """对账：源表行数、去向、目标库的条数和摘要。 Counts and digests of both sides."""
    with told():
        one = planning.run_of(work, specification())
        with open_node(Settings.read(), create=False) as node:
            data = books(node, one)
    say(data, format_, books_text)
    if not data["agrees"]:
        raise typer.Exit(FINDINGS)


@app.command()
def gone(work: Work, format_: Format = "text") -> None:
    """目标库有、源库已没有的记录；只列出，不删除。 What the source has no more: listed, never deleted."""
    with told():
        one = planning.run_of(work, specification())
        with open_node(Settings.read(), create=False) as node, at_work(node) as db:
            found = gone_store.gone_of(db, ALL, one)
            act_store.noted(db, ALL, one.migration, "gone", who(), len(found), "", datetime.now(UTC))
    audited("migration_gone_listed", records=len(found))
    data = {"unseen": gone_store.unseen(one), "gone": [
        {"label": g.label, "entity": g.entity, "source_row": g.source_row, "key": list(g.key)} for g in found
    ]}  # fmt: skip
    say(data, format_, _gone_text)
    if found:
        raise typer.Exit(FINDINGS)


def _gone_text(data: dict[str, Any]) -> str:
    lines = [f"{g['label']} 第 {g['source_row']} 行：{' / '.join(g['key'])}" for g in data["gone"]]
    return "\n".join([*lines, *unseen_text(data), f"源库已没有 gone {len(data['gone']):,}"])


def _planned(made: planning.Plan, work: Path, text: str) -> dict[str, Any]:
    unseen = gone_store.unseen(planning.run_of(work, specification()))
    return {"work": str(work), "run": made.run, "rows": dict(made.rows), "bytes": made.size.extract,
            "order": planning.in_order(text, specification()), "unseen": unseen}  # fmt: skip


def _plan_text(data: dict[str, Any]) -> str:
    rows = "\n".join(f"  {table}: {count:,} 行" for table, count in data["rows"].items())
    order = "\n".join(f"  {n}. {label}" for n, label in enumerate(data["order"], 1))
    said = [f"第 {data['run']} 次迁移的计划已写入 {data['work']}", f"源表 source tables\n{rows}", f"装入次序 order\n{order}",
            f"取数预计占用 extract about {data['bytes'] / (1 << 20):,.0f} MB", *unseen_text(data)]  # fmt: skip
    return "\n".join(said)
