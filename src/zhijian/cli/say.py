"""How every command speaks: text for people, JSON for machines, and four exit statuses."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, NoReturn

import typer

from zhijian.kit.clock import SHANGHAI

FINE, FINDINGS, WRONG_USE, COULD_NOT = 0, 1, 2, 3
_STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
Format = Annotated[str, typer.Option("--format", help="text 或 or json")]


def say(data: Any, format_: str, text: Callable[[Any], str]) -> None:
    """`data` as JSON, or as `text` puts it."""
    if format_ == "json":
        typer.echo(json.dumps(data, ensure_ascii=False, default=_plain))
    elif format_ == "text":
        typer.echo(printable(text(data)))
    else:
        fail(WRONG_USE, f"--format {format_}: text 或 or json")


def printable(text: str) -> str:
    """Signs that steer a terminal, or turn its text round, written out: names and values of a file may hold them.

    >>> printable("甲\\x1b[31m乙\\u202e")
    '甲\\\\x1b[31m乙\\\\u202e'
    """
    return _STEERS.sub(lambda m: repr(m[0])[1:-1], text)


class Told(SystemExit):
    """It ends here, and why has been said."""


def local(at: datetime | str) -> str:
    """A time as people read it; JSON keeps UTC.

    >>> local("2026-11-24T08:54:19.5Z")
    '2026-11-24 16:54:19+08:00'
    """
    time = datetime.fromisoformat(at) if isinstance(at, str) else at
    return time.astimezone(SHANGHAI).isoformat(" ", "seconds")


def at_least_one(value: int) -> int:
    """Callback of an option that counts something."""
    if value < 1:
        raise typer.BadParameter(f"{value}：应为 1 或更大的整数 should be 1 or more")
    return value


def a_day(option: str, text: str) -> date:
    """What an option or argument gives as a day. Ends the command when it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        fail(WRONG_USE, f"{option} {text}：应为日期，如 2026-01-31", f"{option} {text}: a day such as 2026-01-31")


def fail(status: int, zh: str, en: str = "") -> NoReturn:
    """Say why on standard error, and end with `status`."""
    typer.echo(printable(f"{zh}\n{en}" if en else zh), err=True)
    raise typer.Exit(status)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
