"""The argv door: `zhijian COMMAND`. Exit status 0 fine, 1 findings, 2 wrong use or input, 3 could not do it."""

import sys

import typer
from sqlalchemy.exc import SQLAlchemyError

from zhijian.cli import admin, codes, demo, log, registry, serve, spec, verify
from zhijian.codes.log import LogError
from zhijian.kit.postgres import PostgresNotStarted
from zhijian.kit.settings import SettingWrong

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="智检：一码查报告，一网管机构。", pretty_exceptions_enable=False
)
app.command()(demo.demo)
serve.register(app)
app.command()(verify.verify)
for name, group in (
    ("codes", codes.app),
    ("log", log.app),
    ("registry", registry.app),
    ("spec", spec.app),
    ("admin", admin.app),
):
    app.add_typer(group, name=name)


def main() -> None:
    """Entry point; what cannot be done is one line and exit status 3, never a trace."""
    try:
        app()
    except SettingWrong as why:
        sys.exit(_said(str(why), 2))
    except (PostgresNotStarted, LogError, OSError, SQLAlchemyError) as why:
        sys.exit(_said(f"做不到 could not: {str(why).splitlines()[0][:300]}", 3))
    except KeyboardInterrupt:
        sys.exit(_said("已中断，再次运行会接着做 stopped; run it again to go on", 130))


def _said(text: str, status: int) -> int:
    sys.stderr.write(text + "\n")
    return status
