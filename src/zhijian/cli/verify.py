"""`zhijian verify TARGET`: a code, a QR's text, or a report's file; with a server, or with files alone."""

import hashlib
import json
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from zhijian.cli.say import COULD_NOT, FINDINGS, WRONG_USE, Format, fail, say
from zhijian.codes import grouped, offline
from zhijian.codes.log import LogError
from zhijian.codes.model import CodeMalformed, CodesError
from zhijian.kit.signing import sm3

app = typer.Typer()
SERVER = "http://127.0.0.1:8001"


@app.command()
def verify(
    target: Annotated[str, typer.Argument(help="报告编码、二维码文字，或报告文件")],
    verifier: Annotated[str | None, typer.Option(help="报告上的 6 位校验码")] = None,
    file: Annotated[Path | None, typer.Option(help="同时比对这个文件", exists=True, dir_okay=False)] = None,
    server: Annotated[str, typer.Option(help="验证服务地址")] = SERVER,
    offline_: Annotated[bool, typer.Option("--offline", help="只用下面的文件，不连网")] = False,
    trust: Annotated[Path | None, typer.Option(help="信任列表", exists=True)] = None,
    roots: Annotated[Path | None, typer.Option(help="根公钥 root-keys.json", exists=True)] = None,
    status: Annotated[Path | None, typer.Option(help="状态列表", exists=True)] = None,
    proof: Annotated[Path | None, typer.Option(help="日志证明", exists=True)] = None,
    format_: Format = "text",
) -> None:
    """验证报告：是否登记、是否改动、现在是否有效。退出码 0 有效，1 有发现，2 用法或输入有误，3 无法完成。"""
    if offline_:
        _offline(target, trust, roots, status, proof, file, format_)
    elif target.lower().endswith((".pdf", ".ofd")) and not Path(target).is_file():
        fail(WRONG_USE, f"没有这个文件 no such file: {target}")
    elif Path(target).is_file():
        _by_file(Path(target), server, format_)
    else:
        _online(target, verifier, file, server, format_)


def _online(target: str, verifier: str | None, file: Path | None, server: str, format_: str) -> None:
    try:
        scanned = offline.scan(target)
    except CodeMalformed as why:
        hint = f"；是不是 {grouped(why.suggestion)}（第 {why.position} 位）" if why.suggestion else ""
        fail(WRONG_USE, f"编码格式不对 not well-formed: {why.value}{hint}")
        return
    except CodesError as why:
        fail(WRONG_USE, f"不是报告二维码 not a report's QR: {why}")
        return
    if scanned.host:
        # The whole text goes to the server: it judges host, verifier and credential together.
        answer = _first(_ask(f"{server}/api/v1/verify", json.dumps({"qr": target}).encode()))
    else:
        answer = _ask(f"{server}/api/v1/verify/{scanned.code}" + (f"?v={verifier}" if verifier else ""))
    if file:
        answer["file_matches"] = any(
            a["code"] == scanned.code
            for kind, digest in _digests(file).items()
            for a in _by_digest(server, kind, digest)
        )
    _tell(answer, format_)


def _first(found: dict[str, Any]) -> dict[str, Any]:
    return dict(found["answers"][0])


def _by_file(file: Path, server: str, format_: str) -> None:
    """Only the digest is sent."""
    for kind, digest in _digests(file).items():
        for answer in _by_digest(server, kind, digest):
            _tell({**answer, "file_matches": True}, format_)
            return
    say(
        {"file": str(file), "found": False},
        format_,
        lambda d: (
            f"没有登记过字节相同的文件 no report is registered with the bytes of {d['file']}。未找到不等于报告有假。"
        ),
    )
    raise typer.Exit(FINDINGS)


def _by_digest(server: str, kind: str, digest: str) -> list[dict[str, Any]]:
    body = json.dumps({"digest": {"algorithm": kind, "value": digest}}).encode()
    found = _ask(f"{server}/api/v1/verify", body)
    return list(found.get("answers", []))


def _ask(url: str, body: bytes | None = None) -> dict[str, Any]:
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"} if body else {})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            return dict(json.load(answer))
    except urllib.error.HTTPError as why:
        problem = json.loads(why.read() or b"{}")
        remedy = "\n".join(dict(problem.get("remedy") or {}).values())
        fail(FINDINGS if why.code in (403, 404) else WRONG_USE, f"{problem.get('title', why.reason)}\n{remedy}")
    except (OSError, ValueError) as why:
        fail(COULD_NOT, f"连不上 {url}: {why}", "cannot reach the server; is `make demo` running?")
    raise AssertionError


def _tell(answer: dict[str, Any], format_: str) -> None:
    say(answer, format_, _answer_text)
    if answer["state"] != "valid" or answer.get("file_matches") is False:
        raise typer.Exit(FINDINGS)


_WORD = {"valid": "在册有效", "corrected": "已更正", "replaced": "已替换", "withdrawn": "已撤回", "reserved": "尚未签发",
         "doubted": "存疑", "inaccurate": "认定不实", "false": "认定虚假"}  # fmt: skip


def _answer_text(a: dict[str, Any]) -> str:
    lines = [f"{_WORD[a['state']]} {a['state']}  {grouped(a['code'])}",
             f"{a['issuer']['name']}  {a['issued_on'] or ''} 签发；查询时间 {a['asked_at']}"]  # fmt: skip
    if a.get("successor"):
        lines.append(f"请改用 use instead: {grouped(a['successor'])}")
    if a.get("log"):
        lines.append(f"日志 log {a['log']['origin']} 第 {a['log']['index']} 条，检查点 {a['log']['size']} 条")
    if a.get("file_matches") is not None:
        lines.append(
            "文件与登记一致 file equal"
            if a["file_matches"]
            else "文件字节与登记不一致 the file's bytes differ from the registered ones"
        )
    return "\n".join(lines)


def _digests(file: Path) -> dict[str, str]:
    raw = file.read_bytes()
    return {"sm3": sm3(raw).hex(), "sha256": hashlib.sha256(raw).hexdigest()}


def _offline(
    target: str,
    trust: Path | None,
    roots: Path | None,
    status: Path | None,
    proof: Path | None,
    file: Path | None,
    format_: str,
) -> None:
    points = offline.roots(json.loads(roots.read_text())) if roots else None
    if trust and not points:
        fail(WRONG_USE, "--trust 需要 --roots：信任列表要由根公钥核对", "--trust needs --roots")
    digests = [bytes.fromhex(d) for d in _digests(file).values()] if file else [None]
    try:
        tried = [
            offline.verify(target, datetime.now(UTC), trust=_bytes(trust), root_keys=points, status=_bytes(status),
                           proof=_bytes(proof), file_digest=d)
            for d in digests
        ]  # fmt: skip
    except CodeMalformed as why:
        fail(WRONG_USE, f"编码格式不对 not well-formed: {why.value}")
        return
    except (CodesError, LogError) as why:
        fail(FINDINGS, f"不被接受 refused: {why}")
        return
    best = next((o for o in tried if o.file_matches), tried[0])
    data = _offline_data(best)
    say(data, format_, _offline_text)
    if best.status != "valid" or best.file_matches is False or best.host_known is False:
        raise typer.Exit(FINDINGS)


def _bytes(path: Path | None) -> bytes | None:
    return path.read_bytes() if path else None


def _offline_data(o: offline.Offline) -> dict[str, Any]:
    return {
        "code": o.scanned.code, "host": o.scanned.host, "host_known": o.host_known, "level": o.level, "key": o.key_name,
        "trust_version": o.trust_version, "trust_issued_at": o.trust_issued_at, "issued_at": o.claims.issued_at if o.claims else None,
        "cma_number": o.claims.cma_number if o.claims else None, "status": o.status, "status_as_of": o.status_as_of,
        "status_stale": o.stale, "log_index": o.logged_at, "file_matches": o.file_matches,
    }  # fmt: skip


def _offline_text(d: dict[str, Any]) -> str:
    lines = [f"{grouped(d['code'])}  离线核到第 {d['level']} 级 verified offline to level {d['level']} of 4"]
    if d["key"]:
        lines.append(
            f"签名 signature: {d['key']}，信任列表第 {d['trust_version']} 版（{d['trust_issued_at']}），签发 {d['issued_at']}"
        )
    if d["host_known"] is False:
        lines.append(
            f"注意 care: 二维码指向 {d['host']}，不在信任列表中 the QR points to a host that the trust list does not name"
        )
    if d["status_stale"]:
        lines.append("状态列表已过期，不能判断现在是否有效 the status list is out of date: fetch a new one")
    elif d["status"] == "unregistered?":
        lines.append(
            "机构已签名，但不知道是否登记过：请附上日志证明（--proof） signed by the institution; whether it was ever registered is not known: give --proof"
        )
    elif d["status"]:
        lines.append(f"状态 status: {d['status']}，截至 as of {d['status_as_of']}")
    else:
        lines.append("没有状态列表，不知道现在是否有效 no status list: whether it is still valid is not known")
    if d["file_matches"] is not None:
        lines.append(
            "文件与登记一致 file equal" if d["file_matches"] else "文件字节与登记不一致 the file's bytes differ"
        )
    return "\n".join(lines)
