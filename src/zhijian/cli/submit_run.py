"""What `zhijian codes submit` does: a filled workbook, checked, registered, its receipts and its errors as workbooks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer

from zhijian.cli import document_files as given
from zhijian.cli.say import COULD_NOT, FINDINGS, WRONG_USE, fail, say
from zhijian.cli.submit_work import Outcome, aside, read_file, submitted
from zhijian.client import Client, Key, Refused, Unreachable
from zhijian.spec.workbook import Finding, Read, annotated, read, receipts

ENTITY = "report"
_SHOWN = 20
"""Findings that are printed; the annotated workbook has them all."""


@dataclass(slots=True)
class Work:
    """What is known of the workbook so far."""

    raw: bytes
    read: Read
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def findings(self) -> list[Finding]:
        return [*self.read.findings, *(f for outcome in self.outcomes for f in outcome.findings)]


def run(
    workbook: Path,
    server: str,
    key: Path | None,
    kid: str,
    out: Path | None,
    receipts_: Path | None,
    format_: str,
    *,
    check: bool,
) -> None:
    """Ends the command with its status."""
    for path in filter(None, (out, receipts_)):
        given.is_free(path)
    client = None if check else _client(server, key, kid)
    raw = read_file(workbook)
    work = Work(raw, aside(read, raw, [ENTITY]))
    if not work.read.is_sound:
        _end(work, out, format_, WRONG_USE)
    if client is None:
        _end(work, out, format_, 0)
    else:
        _send(client, work, out, receipts_, format_)


def _client(server: str, key: Path | None, kid: str) -> Client:
    if not server or key is None:
        fail(
            WRONG_USE,
            "要写 --server 和 --key；只检查时写 --check",
            "give --server and --key, or --check to send nothing",
        )
    try:
        return Client(server, Key.load(key, kid))
    except (ValueError, OSError) as why:
        fail(WRONG_USE, f"--server/--key：{why}", "see docs/howto/xlsx.md")


def _send(client: Client, work: Work, out: Path | None, receipts_: Path | None, format_: str) -> None:
    why: Refused | Unreachable | None = None
    try:
        for outcomes in submitted(client, work.read):
            work.outcomes += outcomes
            typer.echo(f"已处理 done {len(work.outcomes)}/{len(work.read.rows)}", err=True)
    except (Refused, Unreachable) as stopped:
        why = stopped
    if receipts_ and work.outcomes:
        # Before anything else is said: these codes are registered.
        given.write_new(receipts_, receipts(outcome.receipt for outcome in work.outcomes))
    refused = sum(not outcome.is_registered for outcome in work.outcomes)
    if why is not None:
        _stopped(why, len(work.outcomes), len(work.read.rows))
    status = _status(why) if why else FINDINGS if refused else 0
    _end(work, out, format_, status)


def _stopped(why: Refused | Unreachable, done: int, all_: int) -> None:
    said = why.problem.get("title", why.why) if isinstance(why, Refused) else str(why)
    remedy = why.problem.get("remedy") or {} if isinstance(why, Refused) else {}
    typer.echo(
        f"处理了 {done}/{all_} 份后停下：{said} {remedy.get('zh', '')}\n再次运行同一命令会接着做，不会重复登记；回执请换一个文件名",
        err=True,
    )
    typer.echo(
        "stopped; run the same command again, nothing is registered twice; give --receipts another name", err=True
    )


def _status(why: Refused | Unreachable) -> int:
    return WRONG_USE if isinstance(why, Refused) and why.status in (400, 401, 403, 404) else COULD_NOT


def _end(work: Work, out: Path | None, format_: str, status: int) -> None:
    findings = work.findings
    if out and findings:
        given.write_new(out, aside(annotated, work.raw, findings))
    say(_data(work, findings, out), format_, _text)
    if status:
        raise typer.Exit(status)


def _data(work: Work, findings: Sequence[Finding], out: Path | None) -> dict[str, Any]:
    registered = sum(outcome.is_registered for outcome in work.outcomes)
    return {
        "reports": len(work.read.rows), "registered": registered, "refused": len(work.outcomes) - registered,
        "errors": sum(f.is_error for f in findings), "warnings": sum(not f.is_error for f in findings),
        "annotated": str(out) if out and findings else None,
        "findings": [
            {"sheet": f.sheet, "cell": f.cell, "field": f.field, "severity": f.severity, "why": f.why, "value": f.value,
             "message": {"zh": f.zh, "en": f.en}, "remedy": {"zh": f.remedy_zh, "en": f.remedy_en}} for f in findings
        ],
        "receipts": [outcome.data for outcome in work.outcomes],
    }  # fmt: skip


def _text(d: dict[str, Any]) -> str:
    lines = [f"{r['own_number']}  {r['code'] or '—'}  {r['verifier']}  {r['state']}" for r in d["receipts"]]
    for f in sorted(d["findings"], key=lambda f: f["severity"])[:_SHOWN]:
        mark = "错误 error" if f["severity"] == "error" else "提醒 warning"
        lines.append(
            f"{f['sheet']}!{f['cell']}  {mark}  {f['message']['zh']}；{f['remedy']['zh']}\n    {f['message']['en']}; {f['remedy']['en']}"
        )
    if len(d["findings"]) > _SHOWN:
        lines.append(f"另有 {len(d['findings']) - _SHOWN} 处，见 --out 的工作簿 more, see the workbook of --out")
    if d["annotated"]:
        lines.append(f"已标注 marked: {d['annotated']}")
    done = f"，登记 registered {d['registered']}，被拒 refused {d['refused']}" if d["receipts"] else ""
    return "\n".join(
        [*lines, f"报告 reports {d['reports']}{done}；错误 errors {d['errors']}，提醒 warnings {d['warnings']}"]
    )
