"""A change that is committed while an answer is being put together is no broken evidence."""

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.conftest import Laboratory
from tests.servers import sequence

from zhijian.codes import store
from zhijian.codes.model import EvidenceBroken, State
from zhijian.kit.scope import Scope
from zhijian.web.node_service import NodeService
from zhijian.wiring import Node


def test_a_second_change_between_two_statements_raises_no_alarm(
    lab: Laboratory, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = lab.lims.submit(lab.fresh("MEANWHILE-1")).json()["code"]
    with node.transaction() as db:
        decide(node, db, code, State.DOUBTED)
    sequence(node)
    whole, waiting = store.items, [State.VALID]

    def items(*asked: Any) -> Any:
        if waiting:  # after the report was read, and before its changes are
            with node.transaction() as other:
                decide(node, other, code, waiting.pop())
        return whole(*asked)

    monkeypatch.setattr(store, "items", items)
    found = NodeService(node).look_up(code, None, datetime.now(UTC))
    assert waiting == []
    assert found.state is State.VALID


def test_what_is_broken_stays_broken(lab: Laboratory, node: Node) -> None:
    code = lab.lims.submit(lab.fresh("MEANWHILE-2")).json()["code"]
    sequence(node)
    with node.transaction() as db:
        store.set_state(db, Scope.everything(), code, "withdrawn", None)
    with pytest.raises(EvidenceBroken):
        NodeService(node).look_up(code, None, datetime.now(UTC))
    with node.transaction() as db:
        store.set_state(db, Scope.everything(), code, "valid", None)


def decide(node: Node, db: Any, code: str, state: State) -> None:
    node.office(db).decide(
        db, Scope.everything(), code, state, actor="测试市场监督管理局", reason="正在核查", at=datetime.now(UTC)
    )
