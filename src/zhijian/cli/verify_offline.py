"""`zhijian verify --offline`: with files alone, and always as of when."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer

from zhijian.cli import evidence_files as files
from zhijian.cli.say import FINDINGS, WRONG_USE, fail, local, say
from zhijian.cli.trust_accepted import accepted
from zhijian.codes import grouped, offline
from zhijian.codes.log import LogError
from zhijian.codes.model import CodeMalformed, CodesError
from zhijian.kit.signing import PublicKey, Suite


@dataclass(frozen=True, slots=True)
class Given:
    """What the options name."""

    trust: Path | None
    roots: Path | None
    status: Path | None
    proof: Path | None


def verify_offline(target: str, given: Given, digests: list[bytes], format_: str) -> None:
    """`digests` are those of the file to compare; none when there is no file."""
    at = datetime.now(UTC)
    trust, points, newest = _trust(given, at)
    status = files.read("--status", given.status, files.STATUS) if given.status else None
    proof = files.read("--proof", given.proof, files.PROOF) if given.proof else None
    compared: list[bytes | None] = [*digests] or [None]
    try:
        tried = [
            offline.verify(target, at, trust=trust, root_keys=points, status=status, proof=proof, file_digest=digest,
                           newest_trust=newest)
            for digest in compared
        ]  # fmt: skip
    except CodeMalformed as why:
        fail(WRONG_USE, f"编码格式不对 not well-formed: {why.value}")
    except (CodesError, LogError) as why:
        fail(FINDINGS, f"不被接受 refused: {why}")
    best = next((o for o in tried if o.file_matches), tried[0])
    say(_data(best), format_, _text)
    if best.status != "valid" or best.file_matches is False or best.host_known is False:
        raise typer.Exit(FINDINGS)


def _trust(given: Given, at: datetime) -> tuple[bytes | None, dict[Suite, PublicKey] | None, int]:
    """The trust list, once it was accepted and its version remembered; the root keys; the highest version seen."""
    if given.trust is None:
        for option, path in (("--status", given.status), ("--proof", given.proof)):
            if path:
                fail(WRONG_USE, f"{option} 需要 --trust 和 --roots：没有信任列表，就不知道该信谁的签名",
                     f"{option} needs --trust and --roots: without a trust list nobody's signature is known")  # fmt: skip
        return None, None, 0
    if given.roots is None:
        fail(WRONG_USE, "--trust 需要 --roots：信任列表要由根公钥核对", "--trust needs --roots")
    found = accepted(given.trust, given.roots, at)
    return found.raw, found.points, found.newest


def _data(o: offline.Offline) -> dict[str, Any]:
    return {
        "code": o.scanned.code, "host": o.scanned.host, "host_known": o.host_known, "level": o.level, "key": o.key_name,
        "trust_version": o.trust_version, "trust_issued_at": o.trust_issued_at, "issued_at": o.claims.issued_at if o.claims else None,
        "cma_number": o.claims.cma_number if o.claims else None, "status": o.status, "status_as_of": o.status_as_of,
        "status_stale": o.stale, "log_index": o.logged_at, "file_matches": o.file_matches,
    }  # fmt: skip


def _text(d: dict[str, Any]) -> str:
    lines = [f"{grouped(d['code'])}  离线核到第 {d['level']} 级 verified offline to level {d['level']} of 4"]
    if d["key"]:
        lines.append(f"签名 signature: {d['key']}，信任列表第 {d['trust_version']} 版（{local(d['trust_issued_at'])}），"
                     f"签发 issued {local(d['issued_at'])}")  # fmt: skip
    if d["host_known"] is False:
        lines.append(
            f"注意 care: 二维码指向 {d['host']}，不在信任列表中 the QR points to a host that the trust list does not name"
        )
    lines.append(_status_line(d))
    if d["file_matches"] is not None:
        lines.append(
            "文件与登记一致 file equal" if d["file_matches"] else "文件字节与登记不一致 the file's bytes differ"
        )
    return "\n".join(lines)


def _status_line(d: dict[str, Any]) -> str:
    if d["status_stale"]:
        return "状态列表已过期，不能判断现在是否有效 the status list is out of date: fetch a new one"
    if d["status"] == "unregistered?":
        return "机构已签名，但不知道是否登记过：请附上日志证明（--proof） signed by the institution; whether it was ever registered is not known: give --proof"
    if d["status"]:
        return f"状态 status: {d['status']}，截至 as of {local(d['status_as_of'])}"
    return "没有状态列表，不知道现在是否有效 no status list: whether it is still valid is not known"
