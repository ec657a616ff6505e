"""`zhijian registry`: take institutions and their facts into the registry."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from zhijian.cli.notices import import_notices
from zhijian.cli.say import FINDINGS, WRONG_USE, Format, fail, say
from zhijian.cli.scope import app as scope
from zhijian.cli.statement import tell_statement
from zhijian.kit.clock import day
from zhijian.kit.scope import Scope
from zhijian.kit.settings import Settings
from zhijian.registry import enrol
from zhijian.wiring import open_node

app = typer.Typer(no_args_is_help=True, help="机构与能力 institutions and what they may test")
app.command("import-notices")(import_notices)
app.command("statement")(tell_statement)
app.add_typer(scope, name="scope")


@app.command("enrol")
def enrol_file(
    path: Annotated[Path, typer.Argument(exists=True, help='每行一条 JSON one a line: {"entity": …, "record": {…}}')],
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="从哪一日起适用，默认今天 holds from, today by default"),
    ] = None,
    format_: Format = "text",
) -> None:
    """从 JSON 行登记机构及其能力，不合规范的列出。 Enrol institutions from JSON lines; what does not conform is listed."""
    try:
        records = list(_records(path))
    except (ValueError, KeyError, TypeError) as why:
        fail(WRONG_USE, f"{path}: 不是所要的 JSON 行: {why}", 'one JSON object a line: {"entity": …, "record": {…}}')
    at = datetime.now(UTC)
    since = on.date() if on else day(at)
    with open_node(Settings.read(), create=False) as node, node.transaction() as db:
        done = enrol(db, Scope.everything(), records, on=since, source=f"import:{path.name}", at=at)
    data = {
        "enrolled": done.counts,
        "changed": done.changed,
        "refused": [{"entity": r.entity, "pointer": r.pointer, "reason": r.reason} for r in done.refused],
    }
    say(
        data,
        format_,
        lambda d: "\n".join(
            [f"{k}: {v}" for k, v in d["enrolled"].items()] + [f"拒绝 refused: {r}" for r in d["refused"]]
        ),
    )
    if done.refused:
        raise typer.Exit(FINDINGS)


def _records(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    with path.open(encoding="utf-8-sig") as lines:
        for line in lines:
            if line.strip():
                one = json.loads(line)
                yield one["entity"], one["record"]
