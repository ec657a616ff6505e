"""`zhijian cases dossier | sign-dossier`: a case whole, on the screen or as one signed PDF; and how refusals are said."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from zhijian.cases import flow
from zhijian.cases.flow import paper
from zhijian.cases.flow.model import CaseUnknown, Refused
from zhijian.cli import case_text
from zhijian.cli import document_files as given
from zhijian.cli import evidence_files as files
from zhijian.cli.say import FINDINGS, WRONG_USE, Format, fail, say
from zhijian.codes.document import DocumentRefused
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.kit.settings import Settings
from zhijian.kit.signing import Suite
from zhijian.wiring import open_node


def dossier(
    no: Annotated[str, typer.Argument(metavar="NO", help="案件编号 number")],
    out: Annotated[
        Path | None, typer.Option(help="写成这个新 PDF，证据在内 the new PDF to write, evidence inside")
    ] = None,
    format_: Format = "text",
) -> None:
    """卷宗：每一步、全部证据和摘要；证据有改动时状态为 1。 The dossier; exit status 1 when evidence is not as it was."""
    if out:
        given.is_free(out)
    with transaction() as db:
        found = flow.dossier(db, Scope.everything(), flow.read_number(no))
        same = [one.number for one in found.evidence if one.kept == "same"]
        kept = {n: flow.reading.evidence(db, Scope.everything(), found.no, n) for n in same} if out else {}
    if out:
        try:
            raw = paper.paper(found, {n: one[1] for n, one in kept.items() if one}, datetime.now(UTC))
        except Refused as why:
            refused(why)
        given.write_new(out, raw)
    say(asdict(found), format_, lambda _: case_text.dossier(found) + (f"\n已写入 written {out}" if out else ""))
    if len(same) < len(found.evidence):
        raise typer.Exit(FINDINGS)


def sign(
    file: Annotated[Path, typer.Argument(metavar="DOSSIER", help="卷宗 PDF the dossier")],
    key: Annotated[Path, typer.Option(help="签名私钥，只在这里使用，ES256 the key, which stays here")],
    certificate: Annotated[Path, typer.Option(help="该密钥的证书 the key's certificate, PEM or DER")],
    root: Annotated[Path, typer.Option(help="根证书 the root's certificate, PEM or DER")],
    name: Annotated[str, typer.Option(help="单位名称 the body that signs")],
    out: Annotated[Path, typer.Option(help="写成这个新文件 the new file to write")],
    format_: Format = "text",
) -> None:
    """给卷宗签名，一次。 Sign a dossier, once."""
    from zhijian.codes.document import dossier as pdf

    given.is_free(out)
    raw = files.read("DOSSIER", file, files.PDF)
    party = pdf.Party(name, given.key(key, Suite.ES256), given.one_certificate(certificate),
                      given.certificates("--root", root)[0])  # fmt: skip
    try:
        made = pdf.signed(raw, party, datetime.now(UTC))
    except DocumentRefused as why:
        fail(WRONG_USE, str(why))
    given.write_new(out, made)
    say({"signed": name, "out": str(out)}, format_, lambda d: f"已签署 signed: {d['out']}")


@contextmanager
def transaction() -> Iterator[Db]:
    """A transaction on the node; what is refused is said, and nothing of it is kept."""
    try:
        with open_node(Settings.read(), create=False) as node, node.transaction() as db:
            yield db
    except Refused as why:
        refused(why)


def refused(why: Refused) -> NoReturn:
    """Say why, field by field, and end."""
    zh, en = [why.zh], [why.en]
    for name, said in why.fields.items():
        zh.append(f"  {name}（{case_text.label(name).zh}）：{said[0]}")
        en.append(f"  {name} ({case_text.label(name).en}): {said[1]}")
    status = WRONG_USE if why.why in ("fields-wrong", "act-unknown") or isinstance(why, CaseUnknown) else FINDINGS
    fail(status, "\n".join(zh), "\n".join(en))
