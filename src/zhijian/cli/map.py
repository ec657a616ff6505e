"""`zhijian map`: a province's own schema brought to the data specification, declared in YAML."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from zhijian.cli.map_review import review
from zhijian.cli.map_sources import Database, Mapping, Paths, opening, progress, the_mapping
from zhijian.cli.map_suggest import suggest
from zhijian.cli.map_words import applied_words, checked_words, returned_words
from zhijian.cli.say import COULD_NOT, FINDINGS, WRONG_USE, Format, fail, say
from zhijian.exchange.mapping import applied, checked, gathering, round_trip, shipping, writing
from zhijian.kit.clock import SHANGHAI
from zhijian.spec import specification

app = typer.Typer(
    no_args_is_help=True, help="映射：本省的表改成数据规范 mappings: own tables to the data specification"
)


app.command()(suggest)
app.command()(review)


@app.command("list")
def list_mappings(format_: Format = "text") -> None:
    """随附的映射。 Mappings that come with the package."""
    found = {name: shipping.mapping_of(name, specification()).title for name in shipping.shipped()}
    data = [{"mapping": name, "zh": title.zh, "en": title.en} for name, title in found.items()]
    say(data, format_, lambda rows: "\n".join(f"{r['mapping']}  {r['zh']} {r['en']}" for r in rows))


@app.command()
def check(
    mapping: Mapping,
    paths: Paths = None,
    database: Database = None,
    back: Annotated[
        bool, typer.Option("--round-trip", help="再从记录还原源数据，逐行比 build the source again and compare")
    ] = False,
    format_: Format = "text",
) -> None:
    """映射对着真数据查：用了哪些列、丢了什么、编了什么、哪些不合规范；1 表示有要看的。 What is unused, absent, invented, lost; 1: something is."""
    chosen = the_mapping(mapping)
    with opening(paths, database) as source:
        found = gathering.gathered(chosen, source.tables)
        on = datetime.now(UTC).astimezone(SHANGHAI).date()
        made = checked(source.con, chosen, found, specification(), on, progress)
        trip = round_trip(source.con, chosen, found.tables, specification()) if back and not made.missing else None
    data = made.plain() | ({"round_trip": asdict(trip)} if trip else {})
    say(data, format_, lambda _: "\n".join([checked_words(made), *([returned_words(trip)] if trip else [])]))
    if not made.clean or (trip is not None and not trip.proven):
        raise typer.Exit(FINDINGS)


@app.command()
def apply(
    mapping: Mapping,
    paths: Paths = None,
    database: Database = None,
    out: Annotated[Path, typer.Option(help="写到这个文件夹 the folder to write to")] = Path("mapped"),
    kind: Annotated[str, typer.Option("--as", help="parquet、csv、jsonl 或 or xlsx")] = "parquet",
    force: Annotated[
        bool, typer.Option("--force", help="文件夹已有内容也写 write although the folder is not empty")
    ] = False,
    format_: Format = "text",
) -> None:
    """执行映射：每个实体一个文件，另有 loss.csv（逐行）和 summary.json；1 表示有丢失。 Carries it out; 1: something was lost."""
    chosen = the_mapping(mapping)
    if kind not in writing.KINDS:
        fail(WRONG_USE, f"--as {kind}：可用 {'、'.join(writing.KINDS)}", f"one of {', '.join(writing.KINDS)}")
    if out.exists() and (not out.is_dir() or any(out.iterdir())) and not force:
        fail(
            WRONG_USE,
            f"{out} 里已有内容；换一个文件夹，或加 --force",
            f"{out} is not empty; choose another, or --force",
        )
    with opening(paths, database) as source:
        found = gathering.gathered(chosen, source.tables)
        mapped = applied(source.con, chosen, found.tables, specification(), progress)
        try:
            out.mkdir(parents=True, exist_ok=True)
            summary = writing.write_out(source.con, chosen, found, mapped, out, kind)
        except writing.TooManyRows as why:
            fail(
                COULD_NOT,
                f"{why} 超过一张表的 1,048,575 行；请用 --as parquet",
                "more rows than a sheet holds; use --as parquet",
            )
        except OSError as why:
            fail(COULD_NOT, f"写不了 {out}：{why.strerror}", f"{out} could not be written")
    say({**summary, "out": str(out)}, format_, applied_words)
    if any(kinds.keys() - {"inferred"} for kinds in summary["losses"].values()):
        raise typer.Exit(FINDINGS)
