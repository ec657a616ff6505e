"""What a command does not need it does not load: starting everything on two cores has fifteen seconds."""

import subprocess
import sys

import pytest

HEAVY = {
    "sqlalchemy",
    "alembic",
    "fastapi",
    "jinja2",
    "uvicorn",
    "pypdf",
    "pyhanko",
    "reportlab",
    "fontTools",
    "asn1crypto",
    "openpyxl",
    "zhijian.synthetic",
    "zhijian.wiring",
    "zhijian.api",
    "zhijian.web",
}


@pytest.mark.parametrize(
    ("module", "needs"),
    [
        ("zhijian.cli", set()),
        ("zhijian.cli.demo", {"sqlalchemy", "zhijian.wiring"}),
        ("zhijian.cli.serve", {"sqlalchemy", "zhijian.wiring"}),
        ("zhijian.cli.verify", {"sqlalchemy"}),
        ("zhijian.cli.codes", {"sqlalchemy"}),
        ("zhijian.cli.keys", {"sqlalchemy", "zhijian.wiring"}),
    ],
)
def test_a_command_loads_only_what_it_needs(module: str, needs: set[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"import {module}, sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    assert HEAVY & set(done.stdout.split()) == needs


def test_every_command_is_found_and_its_module_holds_it() -> None:
    from typer.main import get_command

    from zhijian.cli import app

    group = get_command(app)
    names = group.list_commands(None)  # type: ignore[attr-defined]
    assert [group.get_command(None, name).name for name in names] == names  # type: ignore[attr-defined]
