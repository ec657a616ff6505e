"""How every command speaks: text for people, JSON for machines, and four exit statuses."""

import json
from collections.abc import Callable
from typing import Annotated, Any

import typer

FINE, FINDINGS, WRONG_USE, COULD_NOT = 0, 1, 2, 3
Format = Annotated[str, typer.Option("--format", help="text 或 json")]


def say(data: Any, format_: str, text: Callable[[Any], str]) -> None:
    """`data` as JSON, or as `text` puts it."""
    if format_ == "json":
        typer.echo(json.dumps(data, ensure_ascii=False, default=str))
    elif format_ == "text":
        typer.echo(text(data))
    else:
        fail(WRONG_USE, f"--format {format_}: text 或 json")


def at_least_one(value: int) -> int:
    """Callback of an option that counts something."""
    if value < 1:
        raise typer.BadParameter(f"{value}：应为 1 或更大的整数 should be 1 or more")
    return value


def fail(status: int, zh: str, en: str = "") -> None:
    """Say why on standard error, and end with `status`."""
    typer.echo(f"{zh}\n{en}" if en else zh, err=True)
    raise typer.Exit(status)
