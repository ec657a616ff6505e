"""`zhijian spec`: the data specification as documents and schemas."""

import json
from pathlib import Path
from typing import Annotated

import typer

from zhijian.cli.say import COULD_NOT, FINDINGS, WRONG_USE, Format, fail, say
from zhijian.cli.spec_upgrade import upgrade_file
from zhijian.spec import Specification, SpecificationWrong, json_schema, markdown, specification

app = typer.Typer(no_args_is_help=True, help="数据规范 the data specification")
app.command("upgrade")(upgrade_file)


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
def docs(
    out: Annotated[Path | None, typer.Option(help="写入文件 write to this file")] = None,
    changes: Annotated[bool, typer.Option("--changes", help="改为各版本的变更 the change log instead")] = False,
) -> None:
    """整个规范的 Markdown。 The whole specification as Markdown."""
    from zhijian.spec.versions import change_log

    _put(change_log(specification()) if changes else markdown(specification()), out)


@app.command()
def export(
    format_: Annotated[
        str,
        typer.Option(
            "--format", help="json、odcs（Open Data Contract Standard, YAML）、sql（PostgreSQL）或 or parquet"
        ),
    ] = "json",
    out: Annotated[
        Path | None, typer.Option(help="写入文件；parquet 为目录 write to this file; a folder for parquet")
    ] = None,
) -> None:
    """整个规范的一个文件；parquet 为每个实体一个空文件。 The whole as one file; for parquet an empty one an entity."""
    if format_ == "parquet":
        _parquet(out)
    elif format_ in _WHOLE:
        _put(_WHOLE[format_]().rstrip("\n"), out)
    else:
        known = [*_WHOLE, "parquet"]
        fail(
            WRONG_USE,
            f"--format {format_}：应为 {'、'.join(known)}",
            f"--format {format_}: should be {', '.join(known)}",
        )


def _as_json() -> str:
    from zhijian.spec.versions import as_data

    return json.dumps(as_data(specification()), ensure_ascii=False, indent=1)


def _as_odcs() -> str:
    from zhijian.kit import yaml_text
    from zhijian.spec.versions import as_contract

    return yaml_text.write(as_contract(specification()))


def _as_sql() -> str:
    from zhijian.spec.catalogue import as_sql

    return as_sql(specification())


_WHOLE = {"json": _as_json, "odcs": _as_odcs, "sql": _as_sql}


def _parquet(out: Path | None) -> None:
    from zhijian.spec.catalogue import form

    if out is None:
        fail(WRONG_USE, "--format parquet：请用 --out 写出目录", "--format parquet: name a folder with --out")
    try:
        out.mkdir(parents=True, exist_ok=True)
        for entity in specification().entities:
            made = form(specification(), entity, "parquet")
            (out / made.name).write_bytes(made.content)
    except OSError as why:
        fail(COULD_NOT, f"--out {out}：写不进去", f"--out {out}: cannot be written ({why.strerror})")
    typer.echo(f"已写出 written: {out}（{len(specification().entities)} 个文件 files）")


@app.command()
def diff(
    old: Annotated[
        str, typer.Argument(metavar="OLD", help="版本号如 0.1.0，或 spec export 写出的文件 version or exported file")
    ],
    new: Annotated[str, typer.Argument(metavar="[NEW]", help="不写为本程序的版本 this program's, if left out")] = "",
    format_: Format = "text",
) -> None:
    """两个版本的差别。退出码 0 兼容，1 有不兼容的变更或版本号太低。 What differs. Exit 0 compatible, 1 breaking or version too low."""
    from zhijian.spec.versions import Effect, compare, text

    found = compare(_version(old), _version(new) if new else specification())
    listed = [{"effect": c.effect, "where": c.where, "what": c.what, "old": c.old, "new": c.new} for c in found.listed]
    data = {"old": found.old, "new": found.new, "least_version": found.least_version, "changes": listed}
    say(data, format_, lambda _: text(found))
    if found.of(Effect.BREAKING) or not found.version_suffices:
        raise typer.Exit(FINDINGS)


def _version(named: str) -> Specification:
    """A released version by its number, or an exported file."""
    from zhijian.spec.versions import from_data, release, releases

    try:
        if named in (*releases(), specification().version):
            return release(named)
        return from_data(json.loads(Path(named).read_bytes()))
    except OSError as error:
        known = "、".join((*releases(), specification().version))
        fail(
            WRONG_USE,
            f"{named}：既不是版本号（有 {known}），也不能作为文件读取：{error.strerror}",
            f"{named}: neither a version (there are {known}) nor a file that can be read: {error.strerror}",
        )
    except (ValueError, RecursionError, SpecificationWrong) as error:
        fail(
            WRONG_USE,
            f"{named}：不是 zhijian spec export 写出的文件：{error}",
            f"{named}: should be a file that zhijian spec export wrote: {error}",
        )


def _put(text: str, out: Path | None) -> None:
    if not out:
        typer.echo(text)
        return
    try:
        out.write_text(text + "\n", encoding="utf-8")
    except OSError as why:
        fail(COULD_NOT, f"--out {out}：写不进去", f"--out {out}: cannot be written ({why.strerror})")
