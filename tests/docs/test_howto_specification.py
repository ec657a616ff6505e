"""docs/howto/specification.md is run as written, Python and shell in turn, with the real command."""

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
    monkeypatch.setenv("S", str(tmp_path / "spec"))
    monkeypatch.setenv("PATH", f"{command.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
    monkeypatch.chdir(TOP)
    blocks = BLOCK.findall((TOP / "docs" / "howto" / "specification.md").read_text(encoding="utf-8"))
    assert len(blocks) >= 6
    names: dict[str, object] = {}
    said = ""
    for kind, block in blocks:
        if kind == "python":
            exec(compile(block, "specification.md", "exec"), names)
            continue
        commands = block.replace("$ ", "", 1).replace("\n$ ", "\n")
        done = subprocess.run(
            ["bash", "-euc", commands], cwd=TOP, capture_output=True, text=True, check=False, timeout=120
        )  # fmt: skip
        assert done.returncode == 0, (commands, done.stdout, done.stderr)
        said += done.stdout
    assert "第 1 行 line：丢失 lost /colour" in said
    printed = capsys.readouterr().out
    for part in ("report.issued_on", "校验位不符", "限制从业", "行政区划代码"):
        assert part in printed, printed
