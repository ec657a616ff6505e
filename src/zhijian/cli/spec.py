"""`zhijian spec`: the data specification as documents and schemas."""

import json
from pathlib import Path
from typing import Annotated

import typer

from zhijian.cli.say import WRONG_USE, fail
from zhijian.spec import json_schema, markdown, specification

app = typer.Typer(no_args_is_help=True, help="数据规范 the data specification")


@app.command()
def schema(entity: str) -> None:
    """一个实体的 JSON Schema。 JSON Schema of one entity."""
    _known(entity)
    typer.echo(json.dumps(json_schema(specification(), entity), ensure_ascii=False, indent=1))


@app.command("template")
def template_of(
    entities: Annotated[
        list[str], typer.Argument(metavar="ENTITY…", help="实体，可以几个，如 report、staff one or several")
    ],
    out: Annotated[Path, typer.Option(help="写成这个新文件 the new file to write, .xlsx")],
) -> None:
    """填报用的 Excel 模板。 A template (.xlsx) to fill in."""
    from zhijian.cli import document_files  # with the template's maker, takes half a second to load
    from zhijian.spec.workbook import template

    for entity in entities:
        _known(entity)
    document_files.write_new(out, template(list(dict.fromkeys(entities))))
    typer.echo(f"已写出 written: {out}")


def _known(entity: str) -> None:
    if entity not in specification().entities:
        fail(WRONG_USE, f"没有实体 {entity}；有：{'、'.join(specification().entities)}", f"no such entity {entity}")


@app.command()
def docs(out: Annotated[Path | None, typer.Option(help="写入文件 write to this file")] = None) -> None:
    """整个规范的 Markdown。 The whole specification as Markdown."""
    text = markdown(specification()) + "\n"
    if out:
        out.write_text(text, encoding="utf-8")
    else:
        typer.echo(text)
