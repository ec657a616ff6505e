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

MAX_NAME = 60
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
    from zhijian.codes.document.ses import read_seal

    is_free(out)
    if name is not None and not 0 < len(name.strip()) <= MAX_NAME:
        fail(
            WRONG_USE,
            f"--name：应为 1–{MAX_NAME} 个字，这里是 {len(name)}",
            f"--name: 1–{MAX_NAME} characters, these are {len(name)}",
        )
    drawn = _picture(picture) if picture is not None else None
    made = _made(kid, name.strip() if name else None, drawn, width, height)
    write_new(out, made)
    facts = read_seal(made)
    data = {"seal": facts.es_id, "name": facts.name, "kid": kid, "valid_from": facts.valid_from, "valid_to": facts.valid_to,
            "file": str(out), "bytes": len(made)}  # fmt: skip
    say(
        data,
        format_,
        lambda d: f"已制章 made: {d['file']}，{d['name']}，编号 number {d['seal']}，至 until {d['valid_to']:%Y-%m-%d}",
    )


def _picture(path: Path) -> bytes:
    from zhijian.codes.document import DocumentRefused
    from zhijian.codes.document.seal_picture import check_png

    try:
        return check_png(files.read("--picture", path, files.PNG))
    except DocumentRefused as why:
        fail(WRONG_USE, f"--picture {path}：{why.zh}", f"--picture {path}: {why.en}")


def _made(kid: str, name: str | None, picture: bytes | None, width: int, height: int) -> bytes:
    from zhijian import documents
    from zhijian.codes.document import DocumentRefused

    with open_node(Settings.read(), create=False) as node:
        try:
            with node.transaction() as db:
                asked = documents.SealAsked(kid, name, picture, width, height)
                return documents.electronic_seal(node, db, asked, datetime.now(UTC))
        except DocumentRefused as why:
            fail(FINDINGS, f"没有制章：{why.zh}", f"no seal was made: {why.en}")
        except CodesError as why:
            fail(FINDINGS, f"没有制章 no seal was made: {why}")
