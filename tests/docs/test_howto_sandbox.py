"""docs/howto/sandbox.md is run as written."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.servers import office

from zhijian import sandbox
from zhijian.kit.signing import Suite
from zhijian.wiring import Node

HOWTO = Path(__file__).parents[2] / "docs" / "howto" / "sandbox.md"


def test_a_stranger_issues_a_report_within_one_block(
    node: Node, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.fill(node, 1, Suite.ES256, datetime.now(UTC))
    [block] = re.findall(r"```python\n(.*?)```", HOWTO.read_text(encoding="utf-8"), re.S)
    with office(node, sandbox=True) as address:
        monkeypatch.setenv("API", address)
        exec(compile(block, str(HOWTO), "exec"), {})
    assert re.fullmatch(r"(\w{4}-){4}\w{2} \w{6}\n", capsys.readouterr().out)
