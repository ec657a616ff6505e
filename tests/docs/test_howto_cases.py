"""The page walks a case from its lead to its end: its commands, as written."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from tests.conftest import Seeded
from tests.docs.howto import blocks
from typer.testing import CliRunner

from zhijian.cli import app


def commands(block: str, folder: Path) -> list[list[str]]:
    """The arguments of each command as the shell makes them; a process a command would take a minute."""
    shown = "zhijian() { printf '%s\\0' \"$@\"; printf '\\n\\0'; }\n" + re.sub(r"^\$ ", "", block, flags=re.M)
    done = subprocess.run(["bash", "-euc", shown], capture_output=True, text=True, check=True, cwd=folder)
    return [line.split("\0")[:-1] for line in done.stdout.split("\n\0") if line]


def test_every_command_of_the_page_does_what_the_page_says(
    seeded: Seeded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHIJIAN_HOME", str(seeded.node.settings.home))
    if url := os.environ.get("ZHIJIAN_DATABASE_URL"):
        monkeypatch.setenv("ZHIJIAN_DATABASE_URL", url)
    (tmp_path / "record.txt").write_text("现场检查笔录", "utf-8")
    monkeypatch.chdir(tmp_path)
    number, said = "浙检查2026-1", ""
    for _, block in blocks("cases.md", "console"):
        for words in commands(block, tmp_path):
            done = CliRunner().invoke(app, [number if word == "浙检查2026-1" else word for word in words])
            assert done.exit_code == 0, (words, done.output)
            said += done.output
            if words[1] == "open":
                number = done.output.split()[0]
    assert f"{number}  结案 closed" in said
    assert "3 万元以下" in said
    assert "须由法制人员对照原文确认" in said
    assert "现场检查笔录" in said
    assert "一致 same" in said
