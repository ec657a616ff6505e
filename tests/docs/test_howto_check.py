"""docs/howto/check.md is run as written, Python and shell in turn, with the real command."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(python|console)\n(.*?)^```", re.S | re.M)


def test_every_block_of_the_howto_runs_in_its_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = tmp_path / "bin" / "zhijian"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m zhijian.cli "$@"\n')
    command.chmod(0o755)
    monkeypatch.setenv("X", str(tmp_path / "check"))
    monkeypatch.setenv("PATH", f"{command.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
    monkeypatch.chdir(TOP)
    blocks = BLOCK.findall((TOP / "docs" / "howto" / "check.md").read_text(encoding="utf-8"))
    assert [kind for kind, _ in blocks] == ["python", "console", "python", "console", "python"]
    names: dict[str, object] = {}
    said = ""
    for kind, block in blocks:
        if kind == "python":
            exec(compile(block, "check.md", "exec"), names)
            continue
        commands = block.replace("$ ", "", 1).replace("\n$ ", "\n")
        done = subprocess.run(
            ["bash", "-euc", commands], cwd=TOP, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, (commands, done.stdout, done.stderr)
        said += done.stdout
    for part in ("姓名未填：1/4", "学历不在代码表", "在行数的波动之内"):
        assert part in said, said
    assert "P2 3 姓名未填" in capsys.readouterr().out
