"""docs/howto/xlsx.md is run as written, Python and shell in turn, against a real API and with the real command."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.conftest import Seeded
from tests.servers import free_port, running

from zhijian.api import api_app

TOP = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(python|console)\n(.*?)^```", re.S | re.M)


@pytest.fixture
def laboratory(seeded: Seeded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An API, a folder, and `zhijian` on the path."""
    port = free_port()
    before = seeded.node.settings
    seeded.node.settings = replace(before, office_url=f"http://127.0.0.1:{port}")
    command = tmp_path / "bin" / "zhijian"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m zhijian.cli "$@"\n')
    command.chmod(0o755)
    with running(api_app(seeded.node), port) as api:
        given = {"API": api, "X": str(tmp_path / "xlsx"), "ZHIJIAN_HOME": str(before.home),
                 "PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}  # fmt: skip
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        yield
    seeded.node.settings = before


def test_every_block_of_the_howto_runs_in_its_order(
    laboratory: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(TOP)
    blocks = BLOCK.findall((TOP / "docs" / "howto" / "xlsx.md").read_text(encoding="utf-8"))
    assert [kind for kind, _ in blocks] == ["console", "python", "console", "python", "console", "python"]
    names: dict[str, object] = {}
    said = ""
    for kind, block in blocks:
        if kind == "python":
            exec(compile(block, "xlsx.md", "exec"), names)
            continue
        commands = block.replace("$ ", "", 1).replace("\n$ ", "\n")
        done = subprocess.run(
            ["bash", "-euc", commands], cwd=TOP, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, (commands, done.stdout, done.stderr)
        said += done.stdout
    for part in ("错误 errors 2", "写成 2026-11-03", "登记 registered 2，被拒 refused 0"):
        assert part in said, said
    assert "XLSX-" in capsys.readouterr().out
