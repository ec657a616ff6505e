"""The argv door: `zhijian COMMAND`. Exit status 0 fine, 1 findings, 2 wrong use or input, 3 could not do it, 130 stopped."""

import signal
import sys
from typing import Any

from zhijian.cli.commands import app
from zhijian.cli.say import Told

__all__ = ["app", "main"]
STOPPED = {130, 143}
"""By Ctrl-C, by SIGTERM."""


def main() -> None:
    """Entry point; what cannot be done is one line and exit status 3, never a trace. A trace is in a private file."""
    try:
        app()
    except SystemExit as end:
        sys.exit(_stopped(end.code) if end.code in STOPPED and not isinstance(end, Told) else end.code)
    except KeyboardInterrupt:
        sys.exit(_stopped(130))
    except Exception as why:
        status = _status(why)
        if status is None:
            from zhijian.cli.fault import told_of

            sys.exit(_said(told_of(why), 3))
        said = (
            str(why) if status == 2 else f"做不到 could not: {(str(why) or type(why).__name__).splitlines()[0][:300]}"
        )
        sys.exit(_said(said, status))


def _status(why: Exception) -> int | None:
    """Exit status for what the machine or the settings refuse; None for what is a fault of ours."""
    # Imported only now: a command that goes well needs none of them here.
    import psycopg
    from sqlalchemy.exc import SQLAlchemyError

    from zhijian.codes.log import LogError
    from zhijian.kit.postgres import PostgresNotStarted
    from zhijian.kit.settings import SettingWrong

    if isinstance(why, SettingWrong):
        return 2
    return 3 if isinstance(why, PostgresNotStarted | LogError | OSError | SQLAlchemyError | psycopg.Error) else None


def _stopped(code: Any) -> Any:
    # It is ending: another Ctrl-C has nothing left to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return _said("已停止，数据保留，再次运行会接着做 stopped; the data stays, run it again to go on", code)


def _said(text: str, status: int) -> int:
    sys.stderr.write(text + "\n")
    return status
