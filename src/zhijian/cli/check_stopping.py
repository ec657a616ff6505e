"""Ctrl-C and SIGTERM during a self-check: heard at once, also within a query; what was being written goes, and it is said."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import typer

from zhijian.cli.say import Told


class Stopped(KeyboardInterrupt):
    """Somebody asked to stop."""


class Signals:
    asked: int | None = None
    """Number of the signal."""

    def hear(self, number: int, _: Any) -> NoReturn:
        # It is ending; another one must not interrupt the cleaning up.
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_IGN)
        self.asked = number
        raise Stopped


@contextmanager
def heard() -> Iterator[Signals]:
    """Raises: Told, with 130 after Ctrl-C and 143 after SIGTERM, when all that lies within has been cleaned up."""
    signals = Signals()
    before = {n: signal.signal(n, signals.hear) for n in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield signals
    except Stopped:
        typer.echo(
            "已停止，没有留下任何文件；再次运行会重新检查\nstopped, nothing is left behind; run it again", err=True
        )
        raise Told(128 + (signals.asked or signal.SIGINT)) from None
    finally:
        if signals.asked is None:
            for number, handler in before.items():
                signal.signal(number, handler)
