"""`zhijian migrate sample`: records drawn by a seed, source beside target, for two people to look at."""

from base64 import b64encode
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import typer
from markupsafe import Markup

from zhijian.cli.check_page import environment, style_sheet
from zhijian.cli.document_files import is_free
from zhijian.cli.migrate_words import ALL, Work, at_work, told
from zhijian.cli.say import Format, at_least_one, say
from zhijian.exchange.migration import planning, sampling
from zhijian.kit.settings import Settings
from zhijian.spec import specification
from zhijian.wiring import open_node

COUNT = 20


def sample(
    work: Work,
    seed: Annotated[str, typer.Option(help="双方都知道的种子，如当天的日期 a seed that both sides know")],
    count: Annotated[int, typer.Option(callback=at_least_one, help="抽几条 how many")] = COUNT,
    out: Annotated[Path | None, typer.Option(help="写成这个新网页文件 the new HTML file to write")] = None,
    format_: Format = "text",
) -> None:
    """抽样核对：源行和装入的记录并排，个人信息掩码。 Records drawn by the seed, source beside target, masked."""
    if out is not None:
        is_free(out)
    with told():
        one = planning.run_of(work, specification())
        with open_node(Settings.read(), create=False) as node, at_work(node) as db:
            found = sampling.sampled(db, ALL, one, seed, count)
    data = {"seed": seed, "count": len(found), "records": [asdict(d) for d in found]}
    if out is None:
        say(data, format_, _text)
        return
    with out.open("x", encoding="utf-8") as file:
        file.write(_page(data, one.migration.province, one.migration.run))
    say({**data, "out": str(out)}, format_, lambda d: f"抽出 {d['count']} 条，已写入 drawn, written to {out}")


def _text(data: dict[str, Any]) -> str:
    lines = []
    for n, d in enumerate(data["records"], 1):
        lines.append(f"{n}. {d['label']} 源行 row {d['source_row']}" + (f" 第 {d['n']} 条" if d["n"] else ""))
        for p in d["pairs"]:
            source = "，".join(f"{column}={value}" for column, value in p["source"]) or f"（源表没有：{p['because']}）"
            lines.append(f"   {p['zh']} {p['element']}：{source} → {p['target']}")
    return "\n".join([*lines, f"种子 seed {data['seed']}，抽出 drawn {data['count']}"])


def _page(data: dict[str, Any], province: str, run: int) -> str:
    style = style_sheet()
    return environment().get_template("sample.html.jinja").render(
        **data, province=province, run=run,
        style=Markup(style),  # noqa: S704 - our own style sheet
        style_hash=b64encode(sha256(style.encode()).digest()).decode(),
    )  # fmt: skip
