"""`zhijian verify TARGET`: a code, a QR's text, or a report's file; with a server, or with files alone."""

from pathlib import Path
from typing import Annotated, Any

import typer

from zhijian.cli.say import COULD_NOT, FINDINGS, WRONG_USE, Format, fail, local, say
from zhijian.cli.server import Server
from zhijian.cli.verify_offline import Given, verify_offline
from zhijian.codes import grouped, offline
from zhijian.codes.model import CodeMalformed, CodesError
from zhijian.kit.digests import Digests
from zhijian.spec import specification

app = typer.Typer()
SERVER = "http://127.0.0.1:8001"


@app.command()
def verify(
    target: Annotated[
        str, typer.Argument(help="报告编码、二维码文字或报告文件 a code, a QR's text or a report's file")
    ],
    verifier: Annotated[str | None, typer.Option(help="报告上的 6 位校验码 the six symbols beside the code")] = None,
    file: Annotated[Path | None, typer.Option(help="同时比对这个文件 compare this file too")] = None,
    server: Annotated[str, typer.Option(help="验证服务地址 the verification server, http://HOST:PORT")] = SERVER,
    offline_: Annotated[
        bool, typer.Option("--offline", help="不连网，只用下面的文件 no network, the files below alone")
    ] = False,
    trust: Annotated[Path | None, typer.Option(help="信任列表 the trust list")] = None,
    roots: Annotated[Path | None, typer.Option(help="根公钥 the root keys, root-keys.json")] = None,
    status: Annotated[Path | None, typer.Option(help="状态列表 the status list")] = None,
    proof: Annotated[Path | None, typer.Option(help="日志证明 the proof of the log")] = None,
    format_: Format = "text",
) -> None:
    """验证报告：是否登记、改动、有效。 Verify a report. 退出码 exit 0 有效 valid，1 有发现 a finding，2 输入有误 wrong use，3 无法完成 could not."""
    for path in (file, Path(target) if target.lower().endswith((".pdf", ".ofd")) else None):
        if path and not path.is_file():
            fail(WRONG_USE, f"没有这个文件 no such file: {path}")
    if offline_:
        digests = [bytes.fromhex(digest) for digest in _digests(file).values()] if file else []
        verify_offline(target, Given(trust, roots, status, proof), digests, format_)
    elif Path(target).is_file():
        _by_file(Path(target), Server(server), format_)
    else:
        _online(target, verifier, file, Server(server), format_)


def _online(target: str, verifier: str | None, file: Path | None, server: Server, format_: str) -> None:
    try:
        scanned = offline.scan(target)
    except CodeMalformed as why:
        hint = f"；是不是 {grouped(why.suggestion)}（第 {why.position} 位）" if why.suggestion else ""
        fail(WRONG_USE, f"编码格式不对 not well-formed: {why.value}{hint}")
    except CodesError as why:
        fail(WRONG_USE, f"不是报告二维码 not a report's QR: {why}")
    if scanned.host:
        # The whole text goes to the server: it judges host, verifier and credential together.
        answer = dict(server.ask("/api/v1/verify", {"qr": target}, wants="answers")["answers"][0])
    else:
        path = f"/api/v1/verify/{scanned.code}" + (f"?v={verifier}" if verifier else "")
        answer = server.ask(path, wants="state")
    if file:
        answer["file_matches"] = _compare(server, scanned.code, file)
        answer["file_compared"] = answer["file_matches"] is not None
    _tell(answer, format_)


def _compare(server: Server, code: str, file: Path) -> bool | None:
    """None when the registered digest is of no algorithm that we have, or no file is registered."""
    for algorithm, value in _digests(file).items():
        question = {"code": code, "digest": {"algorithm": algorithm, "value": value}}
        outcome = server.ask("/api/v1/verify", question, wants="outcome")["outcome"]
        if outcome in ("same", "differs"):
            return bool(outcome == "same")
    return None


def _by_file(file: Path, server: Server, format_: str) -> None:
    """Only the digest is sent."""
    for algorithm, value in _digests(file).items():
        question = {"digest": {"algorithm": algorithm, "value": value}}
        for answer in server.ask("/api/v1/verify", question, wants="answers")["answers"]:
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


def _tell(answer: dict[str, Any], format_: str) -> None:
    say(answer, format_, _answer_text)
    if answer["state"] != "valid" or answer.get("file_matches") is False:
        raise typer.Exit(FINDINGS)
    if answer.get("file_compared") is False:
        raise typer.Exit(COULD_NOT)


_FILE = {
    True: "文件与登记一致 file equal",
    False: "文件字节与登记不一致 the file's bytes differ from the registered ones",
    None: "文件没有比对：登记的摘要用了别的算法，或没有登记文件 file not compared: its registered digest is of another algorithm, or there is none",
}


def _answer_text(a: dict[str, Any]) -> str:
    word = specification().codelists["report_state"][a["state"]].zh
    lines = [f"{word} {a['state']}  {grouped(a['code'])}",
             f"{a['issuer']['name']}  {a['issued_on'] or ''} 签发；查询时间 asked at {local(a['asked_at'])}"]  # fmt: skip
    if a.get("successor"):
        lines.append(f"请改用 use instead: {grouped(a['successor'])}")
    if a.get("log"):
        lines.append(f"日志 log {a['log']['origin']} 第 {a['log']['index']} 条，检查点 {a['log']['size']} 条")
    if "file_compared" in a or a["file_matches"] is not None:
        lines.append(_FILE[a["file_matches"]])
    return "\n".join(lines)


def _digests(file: Path) -> dict[str, str]:
    found = Digests.of(file.read_bytes())
    return {algorithm: found.by(algorithm) for algorithm in ("sm3", "sha256")}
