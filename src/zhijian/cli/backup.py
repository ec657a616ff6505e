"""`zhijian admin backup | restore | recover`: a node's rows, log and keys in a folder, and a node made from one."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from zhijian import backup as backups
from zhijian.cli.log_source import fetch_of
from zhijian.cli.operator import operator
from zhijian.cli.say import COULD_NOT, FINDINGS, WRONG_USE, Format, fail, local, say
from zhijian.codes.log import LogError
from zhijian.codes.model import CodesError
from zhijian.identity import noted
from zhijian.kit.dump import DumpRefused
from zhijian.kit.settings import Settings
from zhijian.wiring import Node, open_node


def backup(
    folder: Annotated[Path, typer.Argument(help="新的文件夹 a new folder")],
    with_keys: Annotated[bool, typer.Option("--with-keys", help="连同密钥；须另行加密保管 secrets too: keep the folder encrypted")] = False,
    format_: Format = "text",
) -> None:  # fmt: skip
    """备份节点：全部数据与日志，运行中即可。 Back a node up while it works."""
    with open_node(Settings.read(), create=False) as node:
        try:
            made = backups.backup(node, folder, datetime.now(UTC), _progress, with_keys=with_keys)
            _noted(node, "node.backed-up", folder.name, {"with_keys": with_keys})
        except DumpRefused as why:
            fail(WRONG_USE, str(why))
    rows = sum(t["rows"] for t in made["tables"])
    keys = "" if made["keys"] else "；不含密钥，请另存 keys/ without the secrets: keep keys/ elsewhere"
    say({"folder": str(folder), "rows": rows, "logs": sorted(made["logs"]), "made_at": made["made_at"], "keys": made["keys"]},
        format_, lambda d: f"\n已备份 backed up: {folder}，{rows} 行 rows{keys}")  # fmt: skip


def restore(folder: Annotated[Path, typer.Argument(help="备份 a backup")], format_: Format = "text") -> None:
    """从备份恢复到空的节点；之后须运行 recover。 Restore into an empty node; `recover` must follow."""
    settings = Settings.read()
    try:
        backups.read_manifest(folder)
        backups.bring_keys(folder, settings.home)
        with open_node(settings) as node:
            made = backups.restore(node, folder, datetime.now(UTC), _progress)
            _noted(node, "node.restored", folder.name, {"made_at": made["made_at"]})
    except (DumpRefused, LogError) as why:
        fail(COULD_NOT, f"\n没有恢复 not restored: {why}")
    since = local(datetime.fromisoformat(made["made_at"]))
    say({"restored": str(folder), "made_at": made["made_at"]}, format_,
        lambda _: f"\n已恢复到 restored as of {since}。节点暂不赋码 it does not issue yet: 运行 run `zhijian admin recover`")  # fmt: skip


def recover(
    mirror: Annotated[
        list[str] | None,
        typer.Option(help="本节点日志的副本：地址或文件夹，可多次 a copy of our log, URL or folder, may be repeated"),
    ] = None,
    nobody_has_more: Annotated[
        bool,
        typer.Option("--nobody-has-more", help="没有副本；已确认无人见过更新的检查点 nobody saw a newer checkpoint"),
    ] = False,
    format_: Format = "text",
) -> None:
    """恢复之后：取回仍可取回的日志，跳过可能已用的编码，解除标记。 After a restore: take back, skip, go on."""
    settings = Settings.read()
    with open_node(settings, create=False) as node:
        marked = node.restored()
        if marked is None:
            fail(WRONG_USE, "这个节点没有待恢复的标记", "this node is not marked as restored")
        if not mirror and not nobody_has_more:
            fail(WRONG_USE, "请用 --mirror 给出日志文件的副本（镜像、公众地址的缓存）；确实没有时用 --nobody-has-more",
                 "name copies of the log's files with --mirror (a mirror, a cache of the public address); if nobody saw anything "
                 "newer, --nobody-has-more")  # fmt: skip
        try:
            done = backups.recover(node, [_copy(node, place) for place in mirror or ()], datetime.now(UTC))
            _noted(node, "node.recovered", settings.home.name, {"leaves": done["leaves"], "copies": len(mirror or ())})
        except (LogError, CodesError) as why:
            fail(FINDINGS, f"标记保留 the mark stays: {why}")
    say(done, format_, _said)


def _noted(node: Node, act: str, thing: str, detail: dict[str, Any]) -> None:
    with node.transaction() as db:
        noted(db, operator(), act, thing, datetime.now(UTC), detail=detail)


def _said(done: dict[str, Any]) -> str:
    lost = (
        f"；其中 {done['leaves']} 条日志的报告须由机构重新登记 their reports must be registered again"
        if done["leaves"]
        else ""
    )
    return (
        f"取回日志条目 leaves taken back: {done['leaves']}{lost}\n关闭租约 leases closed: {done['leases']}，"
        f"跳过编码 counters moved: {done['counters']}\n节点可以继续赋码 the node may issue again"
    )


def _copy(node: Node, place: str) -> Any:
    fetch = fetch_of(place)
    origin = fetch("checkpoint").split(b"\n", 1)[0].decode(errors="replace")
    return node.log_copy(origin, fetch)


def _progress(what: str, done: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{what} {done}")
        sys.stderr.flush()


def register(app: typer.Typer) -> None:
    for command in (backup, restore, recover):
        app.command()(command)
