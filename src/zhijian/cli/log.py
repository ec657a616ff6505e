"""`zhijian log`: check a transparency log from a URL or a folder, without trusting whoever keeps it."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from zhijian.cli import evidence_files as files
from zhijian.cli import log_monitor, log_rebuild, log_witness
from zhijian.cli.log_source import Believed, Quorum, RootsFile, TrustFile, Vkey, WitnessKeys, fetch_of, trust_list_of
from zhijian.cli.say import COULD_NOT, FINDINGS, WRONG_USE, Format, fail, say
from zhijian.codes import offline
from zhijian.codes.log import LogError, LogProof, LogReader, verify_proof
from zhijian.codes.model import CodesError

app = typer.Typer(no_args_is_help=True, help="公开日志 the public log")
app.command("monitor")(log_monitor.monitor)
app.command("rebuild")(log_rebuild.rebuild)
app.command("witness")(log_witness.witness)
app.command("witness-key")(log_witness.witness_key)


@app.command("verify")
def verify_log(
    target: str, vkey: Vkey = None, witness: WitnessKeys = None, quorum: Quorum = None, trust: TrustFile = None,
    roots: RootsFile = None, format_: Format = "text",
) -> None:  # fmt: skip
    """逐条重算：条目、瓦片、根、签名、见证。 Compute the whole log again. TARGET 是网址或文件夹 is an address or a folder."""
    fetch = fetch_of(target)
    try:
        believed = Believed(tuple(vkey or ()), tuple(witness or ()), quorum, trust, roots)
        reader = LogReader.open(fetch, believed.of(fetch, datetime.now(UTC)))
        for step in reader.verify_all(offline.SM3_TREE):
            if sys.stderr.isatty():
                typer.echo(f"\r{step.checked} / {step.size}", nl=False, err=True)
        continued = len([reader.continues(past.size, past.root) for past in reader.history() if past.size])
    except (LogError, CodesError) as why:
        fail(FINDINGS, f"日志不成立 does not hold: {why}")
    except OSError as why:
        fail(COULD_NOT, f"读不到日志 cannot read the log: {why}")
    head, names = reader.checkpoint, [by.verifier.name for by in reader.signed.witnesses]
    data = {"origin": head.origin, "size": head.size, "root": head.root.hex(), "checkpoints_consistent": continued,
            "witnesses": len(names), "witnessed_by": names}  # fmt: skip
    say(
        data,
        format_,
        lambda d: (
            f"{d['origin']}: {d['size']} 条全部核对，根 root {d['root']}，与此前 {d['checkpoints_consistent']} 个检查点一致，"
            f"见证 witnesses {d['witnesses']} {' '.join(d['witnessed_by'])}"
        ),
    )


@app.command("keys")
def log_keys(
    trust: Annotated[Path, typer.Option(help="信任列表 the trust list")],
    roots: Annotated[Path, typer.Option(help="根公钥 the root keys, root-keys.json")],
    format_: Format = "text",
) -> None:
    """信任列表中各日志的公钥。 Keys of the logs in a trust list, for log verify --vkey."""
    logs = trust_list_of(trust, roots).logs
    say([{"origin": log.origin, "vkey": log.vkey, "sm2_vkey": log.sm2_vkey} for log in logs], format_,
        lambda found: "\n".join(f"{log['origin']}  {log['vkey']}" for log in found))  # fmt: skip


@app.command("prove")
def check_proof(
    proof: Path,
    entry: Annotated[str, typer.Option(help="条目的十六进制 the entry in hexadecimal")],
    vkey: Vkey = None, witness: WitnessKeys = None, quorum: Quorum = None, trust: TrustFile = None,
    roots: RootsFile = None, format_: Format = "text",
) -> None:  # fmt: skip
    """核对一份日志证明。 Check a proof of the log (tlog-proof)."""
    raw = files.read("PROOF", proof, files.PROOF)
    try:
        leaf = bytes.fromhex(entry)
    except ValueError:
        fail(WRONG_USE, "--entry 应为十六进制", "--entry is hexadecimal")
    try:
        believed = Believed(tuple(vkey or ()), tuple(witness or ()), quorum, trust, roots)
        checkpoint = LogProof.parse(raw).checkpoint
        found = verify_proof(raw, leaf, believed.of(lambda _: checkpoint, datetime.now(UTC)))
    except (LogError, CodesError) as why:
        fail(FINDINGS, f"证明不成立 does not hold: {why}")
    data = {"index": found.included.index, "size": found.included.size, "witnesses": len(found.signed.witnesses)}
    say(data, format_, lambda d: f"第 {d['index']} 条在 {d['size']} 条的日志中 included")
