"""docs/howto/check.md is run as written, Python and shell in turn, with the real command."""

from pathlib import Path

import pytest
from tests.docs.howto import TOP, blocks, commands_env, run


def test_every_block_of_the_howto_runs_in_its_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("X", str(tmp_path / "check"))
    monkeypatch.chdir(TOP)
    found = blocks("check.md", "python", "console")
    assert [kind for kind, _ in found] == ["python", "console", "python", "console", "python"]
    said = run("check.md", found, commands_env(tmp_path), TOP)
    for part in ("姓名未填：1/4", "学历不在代码表", "在行数的波动之内"):
        assert part in said, said
    assert "P2 3 姓名未填" in capsys.readouterr().out
