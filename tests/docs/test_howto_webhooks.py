"""docs/howto/webhooks.md is run as written, block after block, against a real server and a real worker."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.conftest import Seeded
from tests.docs.howto import run_python
from tests.servers import free_port, running

from zhijian import worker
from zhijian.api import api_app
from zhijian.webhooks import Webhooks

HOWTO = Path(__file__).parents[2] / "docs" / "howto" / "webhooks.md"


@pytest.fixture
def address(seeded: Seeded) -> Iterator[str]:
    """As `make demo` runs it: API and worker, webhooks allowed to reach this machine."""
    node, port, stop = seeded.node, free_port(), threading.Event()
    before = node.settings, node.webhooks
    node.settings = replace(node.settings, office_url=f"http://127.0.0.1:{port}")
    node.webhooks = Webhooks.of(node.feed, node.keys.secret("webhooks"), to_private=True)
    working = threading.Thread(target=worker.run, args=(node, stop), daemon=True)
    working.start()
    with running(api_app(node), port) as address:
        yield address
    stop.set()
    working.join(30)
    node.settings, node.webhooks = before


def test_every_block_of_the_howto_runs(
    address: str, seeded: Seeded, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("API", address)
    monkeypatch.setenv("ZHIJIAN_HOME", str(seeded.node.settings.home))
    run_python("webhooks.md", least=6)
    printed = capsys.readouterr().out
    assert "feed: report.logged" in printed
    assert "webhook: report.state-changed withdrawn" in printed
    assert "webhook-url 用公网上的 https 地址" in printed
