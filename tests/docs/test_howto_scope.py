"""docs/howto/scope.md is run as written, with the real command."""

from pathlib import Path

import pytest
from tests.docs.howto import TOP, blocks, commands_env, run


def test_every_block_of_the_howto_runs_in_its_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(TOP)
    for name, value in (commands_env(tmp_path) | {"C": str(tmp_path / "scope")}).items():
        monkeypatch.setenv(name, value)
    found = blocks("scope.md", "python", "console")
    assert [kind for kind, _ in found] == ["console", "python", "console", "python", "python", "console", "python"]
    said = run("scope.md", found, {}, TOP)
    for part in (
        "能力附表!L10  错误 error  标准 GB 5009.123 没有年号",
        "能力附表!E11  错误 error  层级跳空",
        "能力附表!L8  提醒 warning  标准 GB 5009.12-2017 自 2024-03-06 起由 GB 5009.12-2023 代替",
        "能力 lines 3，未读入 refused 2；错误 errors 2，提醒 warnings 2",
        "标准 GB 5009.12-2017 → GB 5009.12-2023",
        "有 2 行没有读入",
        "扩项 added 2，标准变更 standard changed 1；不变 unchanged 2",
    ):
        assert part in said, (part, said)
    assert "镉 GB 5009.15-2014 → GB 5009.15-2023 2024-03-06" in capsys.readouterr().out
