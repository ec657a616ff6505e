"""`zhijian log monitor`: watch a log for ever, from outside, and keep the evidence when it does not hold."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from zhijian.cli.log_source import Believed, Quorum, RootsFile, TrustFile, Vkey, WitnessKeys, fetch_of
from zhijian.cli.say import COULD_NOT, FINDINGS, WRONG_USE, Format, fail
from zhijian.codes.log import LogError, Monitor, Round
from zhijian.codes.model import CodesError

WHAT_TO_DO = {
    "unreachable": ("先检查网络和网址；别处也读不到，就请运行方说明。读不到期间发生的事，恢复后会一并核对。",
                    "Check network and address; ask the operator when others cannot read it either. What happens meanwhile is checked later."),
    "refused": ("检查点没有该日志的签名，或不合格式。核对公钥；公钥无误时，请运行方说明，并保留证据。",
                "The checkpoint is not signed by this log, or malformed. Check the keys; if they are right, ask the operator and keep the evidence."),
    "quorum": ("见证不足：这个检查点不能相信。请运行方说明，并问见证方看到了什么。",
               "Too few witnesses: do not believe this checkpoint. Ask the operator, and ask the witnesses what they saw."),
    "rollback": ("日志比以前短：被回退，或您读到旧副本。先排除缓存；仍然如此，就把证据交给见证方和监管部门。",
                 "The log is shorter than before: rolled back, or an old copy is served. Rule out caches; else hand the evidence to witnesses and regulator."),
    "fork": ("日志分叉：同一把密钥签了两种历史。不要再相信这个日志，把证据文件夹原样交给见证方和监管部门。",
             "The log is forked: one key signed two histories. Do not believe it any more; hand the evidence to witnesses and regulator as it is."),
    "damaged": ("条目或瓦片与签名的根不符：被改动，或损坏。请运行方从可信副本恢复；恢复前不要相信其中的证明。",
                "Entries or tiles do not make the signed root: altered or damaged. The operator must restore them; believe no proof until then."),
}  # fmt: skip


def monitor(
    target: Annotated[str, typer.Argument(help="日志的网址或文件夹 a log's address or folder")],
    state: Annotated[Path, typer.Option(help="监测的文件夹，一个日志一个 what it remembers, and evidence; one a log", file_okay=False)],
    once: Annotated[bool, typer.Option("--once", help="核对一轮即结束 one round")] = False,
    every: Annotated[float | None, typer.Option(help="每隔多少秒核对一轮 a round every so many seconds", min=1)] = None,
    vkey: Vkey = None, witness: WitnessKeys = None, quorum: Quorum = None, trust: TrustFile = None,
    roots: RootsFile = None, format_: Format = "text",
) -> None:  # fmt: skip
    """监测日志：每轮核对是否只增不改、条目与瓦片、见证数。退出码 1 有发现（--once）。 Watch a log from outside."""
    if once == (every is not None):
        fail(WRONG_USE, "请给出 --once 或 --every 秒数", "give --once, or --every and seconds")
    believed = Believed(tuple(vkey or ()), tuple(witness or ()), quorum, trust, roots)
    try:
        with Monitor(state) as watching:
            while True:
                found = _round(watching, target, believed)
                _say(found, format_)
                if every is None:
                    break
                time.sleep(every)
    except LogError as why:
        fail(COULD_NOT, f"不能监测 cannot monitor: {why}")
    if found.finding:
        raise typer.Exit(FINDINGS)


def _round(watching: Monitor, target: str, believed: Believed) -> Round:
    fetch, at = fetch_of(target), datetime.now(UTC)
    try:
        trust = believed.of(fetch, at)
    except (OSError, CodesError) as why:
        # By a trust list, the checkpoint itself says which log it is: unreachable, or of no log that is trusted.
        return watching.untrusted(str(why)[:300], isinstance(why, OSError), at)
    return watching.round(fetch, trust, at)


def _say(found: Round, format_: str) -> None:
    if format_ == "json":
        typer.echo(json.dumps(_data(found), ensure_ascii=False))
        return
    if found.finding is None:
        seen = f"见证 witnesses {len(found.witnesses)}"
        typer.echo(f"{found.at:%Y-%m-%dT%H:%M:%SZ} {found.origin}: {found.size} 条，新 new {found.fresh}，复核 again {found.again}，"
                   f"{seen}，一致 holds")  # fmt: skip
        return
    finding = found.finding
    typer.echo(f"{found.at:%Y-%m-%dT%H:%M:%SZ} 有发现 finding: {finding.kind}，{finding.detail}\n"
               f"  此前 before {finding.kept}，现在 now {finding.seen}，证据 evidence {finding.evidence}", err=True)  # fmt: skip
    for line in WHAT_TO_DO[finding.kind]:
        typer.echo(f"  {line}", err=True)


def _data(found: Round) -> dict[str, Any]:
    finding = found.finding
    told = None
    if finding:
        zh, en = WHAT_TO_DO[finding.kind]
        told = {"kind": finding.kind, "detail": finding.detail, "kept": finding.kept, "seen": finding.seen,
                "evidence": str(finding.evidence), "remedy": {"zh": zh, "en": en}}  # fmt: skip
    return {"at": found.at.isoformat(), "origin": found.origin, "size": found.size, "root": found.root.hex(), "new": found.fresh,
            "again": found.again, "witnesses": list(found.witnesses), "finding": told}  # fmt: skip
