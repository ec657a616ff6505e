"""How every command speaks: text for people, JSON for machines, and four exit statuses."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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


def fail(status: int, zh: str, en: str = "") -> None:
    """Say why on standard error, and end with `status`."""
    typer.echo(f"{zh}\n{en}" if en else zh, err=True)
    raise typer.Exit(status)


@contextmanager
def exit_3_when(*kinds: type[Exception]) -> Iterator[None]:
    """Turn what the machine could not do into exit status 3 with one line, not a trace."""
    try:
        yield
    except kinds as why:
        typer.echo(f"做不到 could not: {why}", err=True)
        sys.exit(COULD_NOT)
