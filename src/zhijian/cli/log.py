"""`zhijian log`: check a transparency log from a URL or a folder, without trusting whoever keeps it."""

import sys
import urllib.error
from pathlib import Path
from typing import Annotated

import typer

from zhijian.cli import log_witness
from zhijian.cli.log_source import fetch_of, trust_list_of, trust_of
from zhijian.cli.say import COULD_NOT, FINDINGS, WRONG_USE, Format, fail, say
from zhijian.codes import offline
from zhijian.codes.log import LogError, LogReader, verify_proof

app = typer.Typer(no_args_is_help=True, help="公开日志")
app.command("witness")(log_witness.witness)
app.command("witness-key")(log_witness.witness_key)
Vkey = Annotated[list[str], typer.Option("--vkey", help="日志公钥（名称+散列+Base64）；可重复")]


@app.command("verify")
def verify_log(target: str, vkey: Vkey, format_: Format = "text") -> None:
    """逐条重算：条目、瓦片、根、签名。TARGET 是网址或文件夹。"""
    trust = trust_of(vkey)
    try:
        reader = LogReader.open(fetch_of(target), trust)
        for step in reader.verify_all(offline.SM3_TREE):
            if sys.stderr.isatty():
                typer.echo(f"\r{step.checked} / {step.size}", nl=False, err=True)
        continued = len([reader.continues(past.size, past.root) for past in reader.history() if past.size])
    except LogError as why:
        fail(FINDINGS, f"日志不成立 does not hold: {why}")
        return
    except (OSError, urllib.error.URLError) as why:
        fail(COULD_NOT, f"读不到日志 cannot read the log: {why}")
        return
    head = reader.checkpoint
    data = {"origin": head.origin, "size": head.size, "root": head.root.hex(), "checkpoints_consistent": continued,
            "witnesses": len(reader.signed.witnesses)}  # fmt: skip
    say(
        data,
        format_,
        lambda d: (
            f"{d['origin']}: {d['size']} 条全部核对，根 root {d['root']}，与此前 {d['checkpoints_consistent']} 个检查点一致"
        ),
    )


@app.command("keys")
def log_keys(
    trust: Annotated[Path, typer.Option(help="信任列表", exists=True)],
    roots: Annotated[Path, typer.Option(help="根公钥 root-keys.json", exists=True)],
    format_: Format = "text",
) -> None:
    """信任列表中各日志的公钥，供 log verify --vkey 使用。"""
    logs = trust_list_of(trust, roots).logs
    say([{"origin": log.origin, "vkey": log.vkey, "sm2_vkey": log.sm2_vkey} for log in logs], format_,
        lambda found: "\n".join(f"{log['origin']}  {log['vkey']}" for log in found))  # fmt: skip


@app.command("prove")
def check_proof(
    proof: Path, entry: Annotated[str, typer.Option(help="条目的十六进制")], vkey: Vkey, format_: Format = "text"
) -> None:
    """核对一份 tlog-proof。"""
    trust = trust_of(vkey)
    try:
        found = verify_proof(proof.read_bytes(), bytes.fromhex(entry), trust)
    except ValueError:
        fail(WRONG_USE, "--entry 应为十六进制", "--entry is hexadecimal")
        return
    except LogError as why:
        fail(FINDINGS, f"证明不成立 does not hold: {why}")
        return
    data = {"index": found.included.index, "size": found.included.size}
    say(data, format_, lambda d: f"第 {d['index']} 条在 {d['size']} 条的日志中 included")
