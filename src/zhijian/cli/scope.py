"""`zhijian registry scope`: capability tables read, compared, and the official form; files alone, no node is needed."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from zhijian.cli import document_files as given
from zhijian.cli.check_progress import Progress
from zhijian.cli.say import FINDINGS, WRONG_USE, Format, a_day, fail, say
from zhijian.cli.submit_work import aside, read_file
from zhijian.kit.clock import day
from zhijian.registry.scope_table import KINDS, Change, Given, Line, ScopeTable, compared, read, template
from zhijian.spec import CHECKS, specification
from zhijian.spec.workbook import Finding, annotated

app = typer.Typer(no_args_is_help=True, help="能力附表 capability tables")
_SHOWN = 20
"""Findings and changes that are printed; the marked workbook and JSON have them all."""
Workbook = Annotated[Path, typer.Argument(help="能力附表 a capability table, .xlsx")]


@app.command("read")
def read_table(
    path: Workbook,
    certificate: Annotated[
        str, typer.Option(help="证书编号，表上没有时用 certificate, where the table does not say")
    ] = "",
    site: Annotated[str, typer.Option(help="场所编号，表上没有时用 site, where the table does not say")] = "",
    site_name: Annotated[
        list[str] | None, typer.Option(help="场所栏或工作表的名称=编号 name of a site or sheet=its number, 总部=S1")
    ] = None,
    valid_from: Annotated[
        str, typer.Option("--from", help="批准日期，表上没有时用 first day, where the table does not say")
    ] = "",
    batch: Annotated[str, typer.Option(help="批次 batch: 首次 扩项 地址变更 标准变更 复查")] = "",
    on: Annotated[
        str, typer.Option(help="按哪一日看标准是否已被代替，默认今天 day for which editions are judged, today")
    ] = "",
    marked: Annotated[Path | None, typer.Option(help="标出错处的工作簿写到 the marked workbook")] = None,
    format_: Format = "text",
) -> None:
    """读能力附表：能力逐行列出，读不了的标出单元格和改法。 Read a capability table; what cannot be read is told by its cell."""
    known = _given(certificate, site, site_name or [], valid_from, batch, on)
    if marked:
        given.is_free(marked, "--marked")
    raw = _raw(path)
    with Progress() as progress:
        progress(f"读 reading {path.name}", 0, 0)
        found = aside(read, raw, known)
        if marked and found.findings:
            progress(f"标注 marking {marked.name}", 0, 0)
            given.write_new(marked, aside(annotated, raw, found.findings), "--marked")
    data = _read_data(found, marked if found.findings else None)
    say(data, format_, _read_text)
    if found.errors:
        raise typer.Exit(FINDINGS)


@app.command("compare")
def compare_tables(
    before: Workbook,
    after: Workbook,
    format_: Format = "text",
) -> None:
    """两版能力附表相比：扩项、取消、标准变更……逐行列出。 What a later version changed."""
    with Progress() as progress:
        tables = []
        for n, path in enumerate((before, after)):
            progress(f"读 reading {path.name}", n, 2)
            tables.append(aside(read, _raw(path), None))
    difference = compared(tables[0].lines, tables[1].lines)
    unread = [
        {"file": str(path), "refused": one.refused}
        for path, one in zip((before, after), tables, strict=True)
        if one.refused
    ]
    data = {
        "counts": dict(difference.counts), "unchanged": difference.unchanged, "unread": unread,
        "changes": [_change_data(change) for change in difference.changes],
    }  # fmt: skip
    say(data, format_, _compare_text)
    if difference.changes or unread:
        raise typer.Exit(FINDINGS)


@app.command("template")
def write_template(
    out: Annotated[Path, typer.Argument(help="空表写到 where the empty form goes, .xlsx")],
    certificate: Annotated[str, typer.Option(help="证书编号 certificate")] = "",
    site: Annotated[str, typer.Option(help="场所编号 site")] = "S1",
) -> None:
    """空的能力附表，带下拉列表。 The empty form with its lists."""
    given.write_new(out, template(certificate, site), "OUT")
    typer.echo(f"{out}：从第 8 行填起 fill in from row 8")


def _given(certificate: str, site: str, names: list[str], first: str, batch: str, on: str) -> Given:
    if certificate and CHECKS["cma_number"](certificate):
        fail(
            WRONG_USE,
            f"--certificate {certificate}：应为 12 位证书编号",
            f"--certificate {certificate}: twelve digits, such as 161705070076",
        )
    if len(site) > 10:
        fail(WRONG_USE, f"--site {site}：场所编号最多 10 个字符", f"--site {site}: ten characters at most")
    if batch and batch not in specification().codelists["capability_batch"]:
        fail(
            WRONG_USE,
            f"--batch {batch}：批次写 首次、扩项、地址变更、标准变更 或 复查",
            f"--batch {batch}: one of the list capability_batch",
        )
    judged_on = a_day("--on", on) if on else day(datetime.now(UTC))
    valid_from = a_day("--from", first).isoformat() if first else None
    return Given(certificate or None, site or None, valid_from, batch or None, _sites(names), judged_on)


def _raw(path: Path) -> bytes:
    if not path.is_file():
        fail(WRONG_USE, f"{path}：没有这个文件", f"{path}: there is no such file")
    return read_file(path)


def _sites(names: list[str]) -> dict[str, str]:
    made = {}
    for one in names:
        name, mark, number = one.rpartition("=")
        if not (name and mark and number):
            fail(
                WRONG_USE,
                f"--site-name {one}：应写成 名称=场所编号，如 总部=S1",
                f"--site-name {one}: write name=number, such as 总部=S1",
            )
        made[name] = number
    return made


def _read_data(found: ScopeTable, marked: Path | None) -> dict[str, Any]:
    return {
        "lines": len(found.lines), "refused": found.refused, "errors": len(found.errors),
        "warnings": len(found.findings) - len(found.errors), "marked": str(marked) if marked else None,
        "findings": [_finding_data(f) for f in found.findings],
        "asides": [{"sheet": a.sheet, "cell": a.cell, "text": a.text} for a in found.asides],
        "capabilities": [line.capability | {"cells": {"sheet": line.sheet, **line.cells}, "clause": line.clause} for line in found.lines],
        "capability_levels": found.levels,
    }  # fmt: skip


def _finding_data(f: Finding) -> dict[str, Any]:
    return {
        "sheet": f.sheet, "cell": f.cell, "field": f.field, "severity": f.severity, "why": f.why, "value": f.value,
        "message": {"zh": f.zh, "en": f.en}, "remedy": {"zh": f.remedy_zh, "en": f.remedy_en},
    }  # fmt: skip


def _read_text(d: dict[str, Any]) -> str:
    lines = []
    for f in sorted(d["findings"], key=lambda f: f["severity"])[:_SHOWN]:
        mark = "错误 error" if f["severity"] == "error" else "提醒 warning"
        lines.append(f"{f['sheet']}!{f['cell']}  {mark}  {f['message']['zh']}；{f['remedy']['zh']}")
        lines.append(f"    {f['message']['en']}; {f['remedy']['en']}")
    if len(d["findings"]) > _SHOWN:
        lines.append(
            f"另有 {len(d['findings']) - _SHOWN} 处，见 --marked 的工作簿或 --format json more, see --marked or --format json"
        )
    if d["marked"]:
        lines.append(f"已标注 marked: {d['marked']}")
    lines.append(
        f"能力 lines {d['lines']}，未读入 refused {d['refused']}；错误 errors {d['errors']}，提醒 warnings {d['warnings']}"
    )
    return "\n".join(lines)


def _change_data(change: Change) -> dict[str, Any]:
    return {
        "kinds": change.kinds, "fields": change.fields,
        "before": _line_data(change.before), "after": _line_data(change.after),
    }  # fmt: skip


def _line_data(line: Line | None) -> dict[str, Any] | None:
    if line is None:
        return None
    place = line.place("standard")
    return line.capability | {
        "levels": [level.name for level in line.levels],
        "sheet": line.sheet,
        "cell": place.cell if place else None,
    }


def _compare_text(d: dict[str, Any]) -> str:
    lines = [_change_text(change) for change in d["changes"] if change["kinds"] != ("other",)][:_SHOWN]
    more = len(d["changes"]) - len(lines)
    if more:
        lines.append(f"另有 {more} 处，见 --format json more, see --format json")
    lines += [
        f"{one['file']}：有 {one['refused']} 行没有读入，未比较；见 zhijian registry scope read refused lines were not compared"
        for one in d["unread"]
    ]
    counts = "，".join(f"{KINDS[kind][0]} {KINDS[kind][1]} {count}" for kind, count in d["counts"].items())
    return "\n".join([*lines, f"{counts or '没有变化 no change'}；不变 unchanged {d['unchanged']}"])


def _change_text(change: dict[str, Any]) -> str:
    was, now = change["before"], change["after"]
    one = now or was
    kinds = "、".join(KINDS[kind][0] for kind in change["kinds"])
    said = [f"{one['site_no']}  {kinds}  {' › '.join(one['levels'])}  {one['standard']}"]
    if was and now:
        for label, name in (("标准", "standard"), ("限制", "restriction"), ("场所", "site_no"), ("层级", "levels")):
            if was.get(name) != now.get(name):
                old, new = (" › ".join(x) if isinstance(x, list) else x or "无" for x in (was.get(name), now.get(name)))
                said.append(f"{label} {old} → {new}")
    return "；".join(said)
