"""docs/howto/lims.md is run as written, block after block, against a real server."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from tests.conftest import Seeded
from zhijian.api import api_app

HOWTO = Path(__file__).parents[2] / "docs" / "howto" / "lims.md"


@pytest.fixture
def address(seeded: Seeded) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(api_app(seeded.node), host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


def test_every_block_of_the_howto_runs(
    address: str, seeded: Seeded, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("API", address)
    monkeypatch.setenv("ZHIJIAN_HOME", str(seeded.node.settings.home))
    blocks = re.findall(r"```python\n(.*?)```", HOWTO.read_text(encoding="utf-8"), re.S)
    assert len(blocks) >= 8
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, str(HOWTO), "exec"), names)  # noqa: S102  our own document
    printed = capsys.readouterr().out
    assert "校验码" in printed
    assert "/issued_on" in printed
