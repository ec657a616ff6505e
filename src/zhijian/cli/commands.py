"""Which commands there are. Each is loaded when it is asked for: nothing that starts pays for the imports of the others."""

from importlib import import_module, metadata
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

_MODULES = {
    "demo": "demo", "serve": "serve", "worker": "serve", "verify": "verify", "codes": "codes", "log": "log",
    "registry": "registry", "spec": "spec", "check": "check", "map": "map", "migrate": "migrate", "cases": "cases", "draw": "cases_draw",
    "admin": "admin",
}  # fmt: skip
"""Where each command lies. The module's `app` holds the command of that name, or is the group of that name."""


class _Loaded(TyperGroup):
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
    """智检：一码查报告，一网管机构。 Zhijian: one code checks a report."""
