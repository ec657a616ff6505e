"""The worker deletes what was promised to be deleted, without anyone asking."""

import secrets
import threading
import time
from datetime import UTC, datetime, timedelta

from zhijian.cases import Complaint, filed, receive
from zhijian.kit.scope import Scope
from zhijian.wiring import Node
from zhijian.worker import upkeep

SAMPLE = Complaint.written("other", "盖章的颜色不对", contact="13812345678")


def test_contacts_whose_time_is_over_are_gone_soon_after_the_worker_starts(node: Node) -> None:
    now = datetime.now(UTC)
    with node.transaction() as db:
        old, young = (
            receive(db, Scope.anyone(), SAMPLE, (), at, form=secrets.token_bytes(32), worked=True)
            for at in (now - timedelta(days=3 * 366), now - timedelta(days=3 * 364))
        )
    stop = threading.Event()
    working = threading.Thread(target=upkeep.run, args=(node, stop))
    working.start()
    try:
        deadline = time.monotonic() + 30
        while contact(node, old) is not None:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        stop.set()
        working.join(10)
    assert contact(node, young) == "13812345678"


def contact(node: Node, receipt: str) -> str | None:
    with node.transaction() as db:
        return filed(db, Scope.everything(), receipt).complaint.contact
