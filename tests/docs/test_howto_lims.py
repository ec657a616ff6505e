"""docs/howto/lims.md is run as written, block after block, against a real server."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import Seeded
from tests.docs.howto import run_python
from tests.servers import office

HOWTO = Path(__file__).parents[2] / "docs" / "howto" / "lims.md"


@pytest.fixture
def address(seeded: Seeded) -> Iterator[str]:
    with office(seeded.node) as address:
        yield address


def test_every_block_of_the_howto_runs(
    address: str, seeded: Seeded, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("API", address)
    monkeypatch.setenv("ZHIJIAN_HOME", str(seeded.node.settings.home))
    run_python("lims.md", least=8)
    printed = capsys.readouterr().out
    assert "校验码" in printed
    assert "/issued_on" in printed


def test_the_command_at_the_top_of_the_howto_runs_them_all(address: str, seeded: Seeded) -> None:
    command = re.search(r"^\$ uv run --frozen python -c '(.*?)'$", HOWTO.read_text(encoding="utf-8"), re.S | re.M)
    assert command
    home = {"API": address, "ZHIJIAN_HOME": str(seeded.node.settings.home)}
    path = os.pathsep.join(filter(None, sys.path))
    done = subprocess.run(
        [sys.executable, "-c", command[1]], cwd=HOWTO.parents[2], env={**os.environ, **home, "PYTHONPATH": path},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "校验码" in done.stdout
    assert "/issued_on" in done.stdout
