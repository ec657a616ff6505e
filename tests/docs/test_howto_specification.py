"""docs/howto/specification.md is run as written, Python and shell in turn, with the real command."""

from pathlib import Path

import pytest
from tests.docs.howto import TOP, blocks, commands_env, run


def test_every_block_of_the_howto_runs_in_its_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("S", str(tmp_path / "spec"))
    monkeypatch.chdir(TOP)
    found = blocks("specification.md", "python", "console")
    assert len(found) >= 6
    said = run("specification.md", found, commands_env(tmp_path), TOP)
    assert "第 1 行 line：丢失 lost /colour" in said
    printed = capsys.readouterr().out
    for part in ("report.issued_on", "校验位不符", "限制从业", "行政区划代码"):
        assert part in printed, printed
