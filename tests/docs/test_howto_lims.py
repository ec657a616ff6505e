"""docs/howto/lims.md is run as written, block after block, against a real server."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.conftest import Seeded
from tests.servers import free_port, running

from zhijian.api import api_app

HOWTO = Path(__file__).parents[2] / "docs" / "howto" / "lims.md"


@pytest.fixture
def address(seeded: Seeded) -> Iterator[str]:
    port = free_port()
    before = seeded.node.settings
    seeded.node.settings = replace(before, office_url=f"http://127.0.0.1:{port}")
    with running(api_app(seeded.node), port) as address:
        yield address
    seeded.node.settings = before


def test_every_block_of_the_howto_runs(
    address: str, seeded: Seeded, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("API", address)
    monkeypatch.setenv("ZHIJIAN_HOME", str(seeded.node.settings.home))
    blocks = re.findall(r"```python\n(.*?)```", HOWTO.read_text(encoding="utf-8"), re.S)
    assert len(blocks) >= 8
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, str(HOWTO), "exec"), names)
    printed = capsys.readouterr().out
    assert "校验码" in printed
    assert "/issued_on" in printed
