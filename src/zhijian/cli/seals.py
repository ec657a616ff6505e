"""`zhijian admin seal`: electronic seals (GB/T 38540) for institutions' keys, made by this node's key."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from zhijian.cli import evidence_files as files
from zhijian.cli.document_files import is_free, write_new
from zhijian.cli.say import FINDINGS, WRONG_USE, Format, fail, say
from zhijian.codes.model import CodesError
from zhijian.kit.settings import Settings
from zhijian.wiring import open_node

app = typer.Typer(no_args_is_help=True, help="电子印章 electronic seals")


@app.callback()
def _group() -> None:
    """电子印章：只有信任列表准许的节点密钥能制章。 A seal counts only when a node's key made it."""


@app.command()
def make(
    kid: Annotated[str, typer.Argument(help="使用印章的机构 SM2 密钥编号 kid of the institution's SM2 key that may use it")],
    out: Annotated[Path, typer.Option(help="写成这个新文件 the new file to write, SEAL.esl")],
    picture: Annotated[Path | None, typer.Option(help="印章图案 PNG；不写则按名称绘制 its picture; default drawn from the name")] = None,
    name: Annotated[str | None, typer.Option(help="印章名称；不写即“机构名称检验检测专用章” the seal's name")] = None,
    width: Annotated[int, typer.Option(min=10, max=100, help="宽，毫米 mm")] = 38,
    height: Annotated[int, typer.Option(min=10, max=100, help="高，毫米 mm")] = 38,
    format_: Format = "text",
) -> None:  # fmt: skip
    """给机构密钥制作电子印章。 Make an electronic seal for an institution's key."""
    from zhijian import documents
    from zhijian.codes.document import DocumentRefused
    from zhijian.codes.document.seal_picture import check_png
    from zhijian.codes.document.ses import read_seal

    is_free(out)
    if name is not None and not 0 < len(name.strip()) <= 60:
        fail(
            WRONG_USE, f"--name：应为 1–60 个字，这里是 {len(name)}", f"--name: 1–60 characters, these are {len(name)}"
        )
    try:
        drawn = check_png(files.read("--picture", picture, files.PNG)) if picture is not None else None
    except DocumentRefused as why:
        fail(WRONG_USE, f"--picture {picture}：{why.zh}", f"--picture {picture}: {why.en}")
    at = datetime.now(UTC)
    asked = documents.SealAsked(kid, name.strip() if name else None, drawn, width, height)
    with open_node(Settings.read(), create=False) as node:
        try:
            with node.transaction() as db:
                made = documents.electronic_seal(node, db, asked, at)
        except DocumentRefused as why:
            fail(FINDINGS, f"没有制章：{why.zh}", f"no seal was made: {why.en}")
        except CodesError as why:
            fail(FINDINGS, f"没有制章 no seal was made: {why}")
    write_new(out, made)
    facts = read_seal(made)
    data = {"seal": facts.es_id, "name": facts.name, "kid": kid, "valid_from": facts.valid_from, "valid_to": facts.valid_to,
            "file": str(out), "bytes": len(made)}  # fmt: skip
    say(
        data,
        format_,
        lambda d: f"已制章 made: {d['file']}，{d['name']}，编号 number {d['seal']}，至 until {d['valid_to']:%Y-%m-%d}",
    )
