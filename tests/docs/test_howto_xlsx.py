"""docs/howto/xlsx.md is run as written, Python and shell in turn, against a real API and with the real command."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.conftest import Seeded
from tests.docs.howto import TOP, blocks, commands_env, run
from tests.servers import free_port, running

from zhijian.api import api_app


@pytest.fixture
def laboratory(seeded: Seeded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An API, a folder, and `zhijian` on the path."""
    port = free_port()
    before = seeded.node.settings
    seeded.node.settings = replace(before, office_url=f"http://127.0.0.1:{port}")
    with running(api_app(seeded.node), port) as api:
        given = {"API": api, "X": str(tmp_path / "xlsx"), "ZHIJIAN_HOME": str(before.home)} | commands_env(tmp_path)
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        yield
    seeded.node.settings = before


def test_every_block_of_the_howto_runs_in_its_order(
    laboratory: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(TOP)
    found = blocks("xlsx.md", "python", "console")
    assert [kind for kind, _ in found] == ["console", "python", "console", "python", "console", "python"]
    said = run("xlsx.md", found, {}, TOP)
    for part in ("错误 errors 2", "写成 2026-11-03", "登记 registered 2，被拒 refused 0"):
        assert part in said, said
    assert "XLSX-" in capsys.readouterr().out
