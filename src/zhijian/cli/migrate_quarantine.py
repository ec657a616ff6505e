"""`zhijian migrate quarantine`: what was not loaded, and its way back."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from zhijian.cli import migrate_sheet
from zhijian.cli.document_files import is_free
from zhijian.cli.migrate_words import ALL, Work, at_work, audited, told, who
from zhijian.cli.say import WRONG_USE, Format, fail, say
from zhijian.exchange.migration import act_store, planning, quarantine_store
from zhijian.exchange.migration.quarantine_store import Waiting
from zhijian.kit import mask
from zhijian.kit.settings import Settings
from zhijian.spec import Element, Specification, specification
from zhijian.wiring import open_node

app = typer.Typer(no_args_is_help=True, help="隔离区 records in quarantine")
Run = Annotated[int | None, typer.Option(help="第几次的隔离区，缺省最近一次 of which run; the latest")]


@app.command("list")
def listed(work: Work, run: Run = None, format_: Format = "text") -> None:
    """按原因汇总。 What waits, by reason."""
    with told():
        one = planning.run_of(work, specification(), run)
        with open_node(Settings.read(), create=False) as node, at_work(node) as db:
            found = quarantine_store.waiting(db, ALL, one.migration)
    counts: dict[tuple[str, str], int] = {}
    for w in found:
        counts[w.entity, w.reasons[0]["zh"]] = counts.get((w.entity, w.reasons[0]["zh"]), 0) + 1
    data = {
        "open": len(found),
        "reasons": [{"entity": e, "zh": zh, "count": n} for (e, zh), n in sorted(counts.items())],
    }
    say(data, format_, lambda d: "\n".join([*(f"{r['entity']}：{r['zh']}，{r['count']:,} 条" for r in d["reasons"]),
                                            f"隔离区待处理 open {d['open']:,}"]))  # fmt: skip


@app.command()
def export(
    work: Work,
    entity: Annotated[str, typer.Option(help="哪个数据集 which entity")],
    out: Annotated[Path, typer.Option(help="写成这个新文件，.csv 或 .xlsx the new file to write")],
    run: Run = None,
    reveal: Annotated[bool, typer.Option("--reveal", help="个人信息不掩码 personal data unmasked")] = False,
    reason: Annotated[str, typer.Option(help="为什么要看，记入日志 why; goes into the log")] = "",
) -> None:
    """导出待处理的记录，改好后用 mend 读回。 Records that wait, as a table to be mended."""
    if reveal != bool(reason.strip()):
        fail(WRONG_USE, "--reveal 和 --reason 要一起给出：为什么要看", "--reveal and --reason go together")
    is_free(out)
    spec = specification()
    _known(spec, entity)
    with told():
        one = planning.run_of(work, spec, run)
        with open_node(Settings.read(), create=False) as node, at_work(node) as db:
            found = [w for w in quarantine_store.waiting(db, ALL, one.migration) if w.entity == entity]
            if reveal:
                act_store.noted(db, ALL, one.migration, "reveal", who(), len(found), reason, datetime.now(UTC))
    if reveal:  # before anything is seen
        audited("quarantine_revealed", entity=entity, records=len(found), reason=reason)
    elements = one.elements_of(entity)
    migrate_sheet.written(out, elements, ([*_own(w, reveal=reveal), *(shown(e, w.record.get(e.id), masked=not reveal) for e in elements)]
                                          for w in found), len(found))  # fmt: skip
    typer.echo(f"{len(found):,} 条已写入 records written to {out}")


def _own(w: Waiting, *, reveal: bool) -> list[Any]:
    why = "；".join(
        f"{r['element']} {r['zh']}" + (f"（源值 {r['value']}）" if r["value"] and reveal else "") for r in w.reasons
    )
    remedy = "；".join(dict.fromkeys(r["remedy_zh"] for r in w.reasons))
    return [w.id, why, remedy, w.source_table, w.source_row]


@app.command()
def mend(
    work: Work,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="改好的 CSV 或 .xlsx the mended table")],
    run: Run = None,
) -> None:
    """读回改好的文件：逐条再检查，合格的装入。 Read a mended file back: each record is judged again."""
    spec, given = specification(), migrate_sheet.read(file)
    _back(work, run, spec, "mend", file.name, lambda one, found: {
        w.id: migrate_sheet.changed(one.elements_of(w.entity), w.record, given[w.id], shown) for w in found if w.id in given
    }, set(given))  # fmt: skip


@app.command()
def retry(work: Work, run: Run = None) -> None:
    """原样再试一次：所属记录补上之后，孤儿记录可以装入。 Once more as they are: what waited for its parent may go in now."""
    _back(work, run, specification(), "retry", "", lambda one, found: {w.id: w.record for w in found}, set())


@app.command("give-up")
def give_up(
    work: Work,
    ids: Annotated[list[int], typer.Argument(help="编号 numbers")],
    note: Annotated[str, typer.Option(help="为什么不迁了 why")],
    run: Run = None,
) -> None:
    """不再迁入，写明原因。 Not to be loaded; say why."""
    with told():
        one, at = planning.run_of(work, specification(), run), datetime.now(UTC)
        with open_node(Settings.read(), create=False) as node, at_work(node) as db:
            count = quarantine_store.given_up(db, ALL, one.migration, ids, note, at)
            act_store.noted(db, ALL, one.migration, "give-up", who(), count, note.strip(), at)
    audited("quarantine_given_up", records=count, note=note)
    typer.echo(f"已放弃 given up {count:,}")


def _back(work: Path, run: int | None, spec: Specification, act: Literal["mend", "retry"], note: str, records_of: Any, given: set[int]) -> None:  # fmt: skip
    with told():
        one, at = planning.run_of(work, spec, run), datetime.now(UTC)
        with one.alone(), open_node(Settings.read(), create=False) as node, at_work(node) as db:
            found = quarantine_store.waiting(db, ALL, one.migration)
            loaded, refused = quarantine_store.taken_back(
                db, ALL, one.migration, spec, records_of(one, found), one.on, at, one.lasting
            )
            act_store.noted(db, ALL, one.migration, act, who(), loaded, note, at)
    audited(f"quarantine_{act}", records=loaded, refused=refused, file=note)
    typer.echo(f"装入 loaded {loaded:,}，仍不合格 still refused {refused:,}")
    if strange := given - {w.id for w in found}:
        listed = ", ".join(map(str, sorted(strange)[:10]))
        typer.echo(f"有 {len(strange):,} 个编号不在待处理之列（已装入、已放弃，或不是这一次的），没有动："
                   f"numbers that do not wait, left alone: {listed}", err=True)  # fmt: skip


def shown(e: Element, value: Any, *, masked: bool) -> str:
    """A cell of the exported file.

    >>> from zhijian.spec import specification
    >>> shown(specification().entities["institution"].element("legal_representative"), "王小明", masked=True)
    '王＊＊'
    """
    text = "；".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
    if masked and text and e.mask:
        return str(getattr(mask, e.mask)(text))
    return text


def _known(spec: Specification, entity: str) -> None:
    if entity not in spec.entities:
        fail(WRONG_USE, f"--entity {entity}：没有这个数据集；可用 {'、'.join(spec.entities)}", "no such entity")
