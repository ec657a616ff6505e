"""docs/howto/sandbox.md is run as written."""

import re
from datetime import UTC, datetime

import pytest
from tests.docs.howto import run_python
from tests.servers import office

from zhijian import sandbox
from zhijian.kit.signing import Suite
from zhijian.wiring import Node


def test_a_stranger_issues_a_report_within_one_block(
    node: Node, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.fill(node, 1, Suite.ES256, datetime.now(UTC))
    with office(node, sandbox=True) as address:
        monkeypatch.setenv("API", address)
        run_python("sandbox.md", least=1)
    assert re.fullmatch(r"(\w{4}-){4}\w{2} \w{6}\n", capsys.readouterr().out)
