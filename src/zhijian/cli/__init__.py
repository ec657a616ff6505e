"""The argv door: `zhijian COMMAND`. Exit status 0 fine, 1 findings, 2 wrong use or input, 3 could not do it, 130 stopped."""

import sys
from importlib import import_module, metadata
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

_MODULES = {
    "demo": "demo", "serve": "serve", "worker": "serve", "verify": "verify", "codes": "codes", "log": "log",
    "registry": "registry", "spec": "spec", "admin": "admin",
}  # fmt: skip
"""Where each command lies. The module's `app` holds the command of that name, or is the group of that name."""
STOPPED = {130, 143}
"""By Ctrl-C, by SIGTERM."""


class _Loaded(TyperGroup):
    """Loads a command's module when it is asked for: nothing that starts pays for the imports of the others."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(_MODULES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        # An unknown name loads all of them, so that the error can name the one that was meant.
        for name in [cmd_name] if cmd_name in _MODULES else _MODULES:
            if name not in self.commands:
                group = typer.main.get_group(import_module(f"zhijian.cli.{_MODULES[name]}").app)
                group.name = name
                self.commands[name] = group.commands.get(name, group)
        return super().get_command(ctx, cmd_name)


app = typer.Typer(cls=_Loaded, add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"zhijian {metadata.version('zhijian')}")
        raise typer.Exit


@app.callback()
def _root(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="版本 show the version")
    ] = False,
) -> None:
    """智检：一码查报告，一网管机构。Zhijian: one code checks a report."""


def main() -> None:
    """Entry point; what cannot be done is one line and exit status 3, never a trace."""
    try:
        app()
    except SystemExit as end:
        sys.exit(_stopped(end.code) if end.code in STOPPED else end.code)
    except KeyboardInterrupt:
        sys.exit(_stopped(130))
    except Exception as why:
        status = _status(why)
        if status is None:
            raise
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
    return _said("已停止，数据保留，再次运行会接着做 stopped; the data stays, run it again to go on", code)


def _said(text: str, status: int) -> int:
    sys.stderr.write(text + "\n")
    return status
