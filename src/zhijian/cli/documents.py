"""`zhijian codes stamp | seal | inspect`: a report's file, with files alone and no server."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from zhijian.cli import document_files as given
from zhijian.cli import document_work as work
from zhijian.cli import evidence_files as files
from zhijian.cli import inspected
from zhijian.cli.say import FINDINGS, WRONG_USE, Format, fail, say
from zhijian.cli.trust_accepted import accepted
from zhijian.kit.clock import SHANGHAI
from zhijian.kit.digests import Digests
from zhijian.kit.signing import Suite

File = Annotated[Path, typer.Argument(metavar="FILE", help="报告文件，PDF 或 OFD the report's file, PDF or OFD")]
Report = Annotated[Path, typer.Option(help="登记回执，API 的答复 the API's answer to the submission, JSON")]
Out = Annotated[Path, typer.Option(help="写成这个新文件 the new file to write")]
_TIMES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


def stamp(
    file: File,
    report: Report,
    institution: Annotated[str, typer.Option(help="印上的机构名称 the institution's name, printed")],
    out: Out,
    host: Annotated[str | None, typer.Option(help="印上的网址；不写则取二维码里的 the host to print; default that of the QR")] = None,
    place: Annotated[str | None, typer.Option(help="哪个角，不写则找空白 a corner such as top-right; default any free room")] = None,
    label: Annotated[str, typer.Option(help="另印一行，如“演示数据” a further line, such as that it is a demonstration")] = "",
    format_: Format = "text",
) -> None:  # fmt: skip
    """盖码：在登记的原始文件上加印编码、校验码和二维码。 Stamp a registered original."""
    given.is_free(out)
    receipt, raw = given.receipt(report), files.read("FILE", file, files.PDF, files.OFD)
    if work.algorithm_of(receipt.file_digest, raw) is None:
        found = Digests.of(raw)
        fail(WRONG_USE, f"FILE {file}：不是登记的那份文件。登记的摘要 {receipt.file_digest.hex()}，"
             f"这个文件 SM3 {found.by('sm3')}，SHA-256 {found.by('sha256')}。一个字节也不能变，盖过码、另存过的都不是",
             f"FILE {file}: it is not the registered file; take the original, byte for byte: not stamped, not saved anew")  # fmt: skip
    made = work.stamped(raw, receipt, host or receipt.scanned.host, institution, label, place)
    _written(out, made, receipt.code, "已盖码 stamped", format_)


def seal(
    file: Annotated[Path, typer.Argument(metavar="STAMPED", help="已盖码的文件，PDF 或 OFD the stamped file, PDF or OFD")],
    report: Report,
    key: Annotated[Path, typer.Option(help="机构的私钥，只在这里使用；PDF 用 ES256，OFD 用 SM2 its key, which stays here: ES256 for PDF, SM2 for OFD")],
    root: Annotated[Path, typer.Option(help="根证书 the root's certificate, PEM or DER")],
    proof: Annotated[Path, typer.Option(help="日志证明，签章后不能再加 the proof of the log; none can be added later")],
    out: Out,
    certificate: Annotated[Path | None, typer.Option(help="该密钥的证书，PDF 必须给出 the key's certificate, PEM or DER; of an OFD the seal has it")] = None,
    esl: Annotated[Path | None, typer.Option("--seal", help="电子印章，OFD 必须给出 the electronic seal, for an OFD")] = None,
    open_: Annotated[bool, typer.Option("--more-seals", help="OFD：以后还有别的机构加盖 another institution adds its seal later")] = False,
    page: Annotated[int | None, typer.Option(min=1, help="印章在哪一页 page on which the seal is seen")] = None,
    left: Annotated[float | None, typer.Option(min=0, max=5000, help="距页左，毫米 from the page's left, mm")] = None,
    bottom: Annotated[float | None, typer.Option(min=0, max=5000, help="距页底，毫米 from the page's bottom, mm")] = None,
    format_: Format = "text",
) -> None:  # fmt: skip
    """签章：PDF 按 PAdES，OFD 按 GB/T 38540，用机构自己的密钥；最后一步。 Seal a stamped file with the institution's own key; it comes last."""
    given.is_free(out)
    if len({page is None, left is None, bottom is None}) != 1:
        fail(WRONG_USE, "--page、--left、--bottom 要一起给出，或都不给（印章不显示）",
             "--page, --left and --bottom go together; without them the seal is not seen")  # fmt: skip
    picture = None if page is None or left is None or bottom is None else (page, left, bottom)
    receipt, raw = given.receipt(report), files.read("STAMPED", file, files.PDF, files.OFD)
    suite = Suite.SM2 if work.is_ofd(raw) else Suite.ES256
    own = given.key(key, suite)
    roots, proven = given.certificates("--root", root), given.proof(proof, receipt)
    if suite is Suite.ES256:
        given.not_for_pdf(esl, open_)
        by = work.Sealing(own, given.one_certificate(certificate), roots, proven, picture)
        made = work.aside("seal", work.seal, raw, receipt, by, datetime.now(UTC))
    else:
        ofd = work.OfdSealing(
            own,
            given.seal(esl),
            roots,
            proven,
            picture,
            given.certificates("--certificate", certificate) if certificate else (),
            open_,
        )
        made = work.aside("ofd_seal", work.seal_ofd, raw, receipt, ofd, datetime.now(UTC))
    _written(out, made, receipt.code, "已签章 sealed", format_)


def inspect(
    file: File,
    trust: Annotated[Path, typer.Option(help="信任列表 the trust list")],
    roots: Annotated[Path, typer.Option(help="根公钥 the root keys, root-keys.json")],
    root_certificate: Annotated[Path, typer.Option(help="根证书 the root's certificate, PEM or DER")],
    at: Annotated[datetime | None, typer.Option(help="按这个时间（北京时间）判断证书和密钥，如日志收到文件时；不写即现在 time at which keys must be good, "
                                                "such as when the log saw the file, Beijing time; default now", formats=_TIMES)] = None,
    format_: Format = "text",
) -> None:  # fmt: skip
    """查看文件：签章后改动过没有。 Inspect a file. 退出码 exit 0 未改动 unchanged，1 其他 anything else，2 不能读 unreadable，3 无法完成 could not."""
    now = datetime.now(UTC)
    raw = files.read("FILE", file, files.PDF, files.OFD)
    known = accepted(trust, roots, now)
    certificates = given.certificates("--root-certificate", root_certificate)
    when = _beijing(at) if at else now
    suite = Suite.SM2 if work.is_ofd(raw) else Suite.ES256
    module = "ofd_inspect" if suite is Suite.SM2 else "inspect"
    found = work.aside(module, work.inspect, raw, certificates, known.points.get(suite), known.list, when)
    say(inspected.data(found, when, known.list.version), format_, inspected.text)
    if found.verdict != "unchanged" or (found.kind == "ofd" and found.contradictions):
        raise typer.Exit(FINDINGS)


def _beijing(at: datetime) -> datetime:
    try:
        return at.replace(tzinfo=SHANGHAI).astimezone(UTC)
    except OverflowError:
        fail(WRONG_USE, f"--at {at}：没有这个时间", f"--at {at}: there is no such time")


def _written(out: Path, made: bytes, code: str, done: str, format_: str) -> None:
    given.write_new(out, made)
    found = Digests.of(made)
    data = {"code": code, "file": str(out), "bytes": found.length, "sm3": found.by("sm3"), "sha256": found.by("sha256")}
    say(data, format_, lambda d: f"{done}: {d['file']}，{d['bytes']} 字节 bytes\nSM3 {d['sm3']}\nSHA-256 {d['sha256']}")


def register(app: typer.Typer) -> None:
    for command in (stamp, seal, inspect):
        app.command()(command)
