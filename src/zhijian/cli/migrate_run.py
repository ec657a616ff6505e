"""`zhijian migrate run`: the way itself, and its rehearsal."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

import sqlalchemy as sa
import typer

from zhijian.cli.migrate_books import books, books_text
from zhijian.cli.migrate_words import ALL, From, Work, at_work, source_of, told, warned
from zhijian.cli.say import FINDINGS, Format, local, say
from zhijian.exchange.migration import Files, MigrationRun, MigrationWrong, planning, rehearsing, runs_store, store
from zhijian.kit.settings import Settings
from zhijian.spec import specification
from zhijian.wiring import Node, open_node

Again = Annotated[
    bool, typer.Option("--extract-again", help="丢掉已取出的，重新取 read the source again from the beginning")
]
Dry = Annotated[
    bool, typer.Option("--dry-run", help="试运行：全走一遍，什么都不装入 all the way, and nothing is loaded")
]


def run(work: Work, source: From = None, dry_run: Dry = False, extract_again: Again = False, format_: Format = "text") -> None:  # fmt: skip
    """取出、转换、检查、装入；中断后再运行会接着做。 Extract, map, judge, load; run it again to go on."""
    with told():
        one, origin = planning.run_of(work, specification()), source_of(source)
        with one.alone():
            _extract(one, origin, again=extract_again)
            with open_node(Settings.read()) as node:
                node.prepare(datetime.now(UTC))
                if dry_run:
                    data = _rehearsed(node, one, origin)
                else:
                    _carry(node, one, origin)
                    data = books(node, one)
    say(data, format_, _dry_text if dry_run else books_text)
    if not data["agrees"] or data["quarantine_open"]:
        raise typer.Exit(FINDINGS)


def _extract(one: MigrationRun, origin: sa.Engine | Files, *, again: bool) -> None:
    if again:
        one.forget()
    if one.taken_at is not None:
        typer.echo(f"接着用 {local(one.taken_at)} 取出的数据；要重新取，加 --extract-again。Going on from what was extracted then", err=True)  # fmt: skip
        return
    if one.has_begun:
        raise MigrationWrong(
            "extract-lost", f"第 {one.migration.run} 次已开始装入，取出的数据却不全了：恢复 {one.work} 里的 extract；"
            "找不回来，用另一个工作目录计划下一次（--run，不带 --since）",
            "records are loaded, but what was extracted is not there any more: restore it, or plan the next run, whole, in another folder",
        )  # fmt: skip
    warned(one.work, one.taken_bytes)
    for table, rows in one.extract(origin):
        typer.echo(f"取出 extracted {table}: {rows:,}", err=True)
    _compared(one)


def _compared(one: MigrationRun) -> None:
    """A source that is worked with has moved on since it was counted; a file that was exchanged may be another one altogether."""
    planned = planning.read_plan(one.work)[0].rows
    for table, rows in one.rows().items():
        if table not in one.since and rows != planned[table]:
            typer.echo(f"注意：{table} 计划时 {planned[table]:,} 行，取出 {rows:,} 行：源变了，请核对。"
                       f"note: {planned[table]:,} rows when it was planned, {rows:,} now: look whether that is right", err=True)  # fmt: skip


def _rehearsed(node: Node, one: MigrationRun, origin: sa.Engine | Files) -> dict[str, Any]:
    with at_work(node) as db:
        runs_store.may_load(db, ALL, one)
        store.made_room(db, ALL, one.migration)
    with node.engine.connect() as db:
        db.execute(sa.text("SET LOCAL statement_timeout = 0"))
        try:
            found = rehearsing.rehearsed(db, ALL, one, planning.shown(origin), datetime.now(UTC), _step)
        finally:
            db.rollback()
    lines = [asdict(line) for line in found]
    return {
        "dry_run": True, "agrees": all(line.made == line.loaded + line.quarantined for line in found),
        "extracted_at": one.taken_at, "source": planning.shown(origin), "rejected_lines": one.rejected(),
        "quarantine_open": sum(line.quarantined for line in found), "lines": lines,
    }  # fmt: skip


def _carry(node: Node, one: MigrationRun, origin: sa.Engine | Files) -> None:
    with at_work(node) as db:
        runs_store.may_load(db, ALL, one)
    one.begins()
    with at_work(node) as db:
        store.begun(db, ALL, one.migration, one.spec, planning.shown(origin), datetime.now(UTC))
        done = store.steps_done(db, ALL, one.migration)
    steps = one.steps(done)
    for n, (step, ready) in enumerate(one.carried(steps), 1):
        with at_work(node) as db:
            came = store.loaded(db, ALL, one.migration, one.spec, step.part, step.chunk, ready, datetime.now(UTC))
        _step(n, len(steps), step, came)
    with at_work(node) as db:
        store.ended(db, ALL, one.migration, one.rows(), datetime.now(UTC))
    one.ends()


def _step(n: int, of: int, step: Any, came: Any) -> None:
    typer.echo(f"{n}/{of} {step.label} #{step.chunk}: 装入 loaded {came.loaded:,}，隔离 quarantined {came.quarantined:,}", err=True)  # fmt: skip


def _dry_text(data: dict[str, Any]) -> str:
    said = ["试运行：什么都没有装入。 Dry run: nothing was loaded.",
            f"依据 {local(data['extracted_at'])} 从 {data['source']} 取出的数据 resting on what was extracted then"]  # fmt: skip
    for one in data["lines"]:
        same = f"（其中 {one['unchanged']:,} 条没变 unchanged）" if one["unchanged"] else ""
        said.append(f"{one['label']}：源 {one['rows']:,} 行，不迁 {one['left_out']:,}，记录 {one['made']:,} = "
                    f"将装入 {one['loaded']:,}{same} + 将隔离 {one['quarantined']:,}")  # fmt: skip
        said += [f"  隔离 {r['count']:,}：{r['element']} {r['zh']} {r['en']}" for r in one["reasons"]]
        said += [f"  未迁入的单元格 lost {count:,}：{element}" for element, count in one["losses"].items()]
    said += [f"{table}：不成行的行 lines that are no rows {sum(why.values()):,}" for table, why in data["rejected_lines"].items()]  # fmt: skip
    return "\n".join([*said, f"将隔离 would wait {data['quarantine_open']:,}。装入 to load: zhijian migrate run"])
