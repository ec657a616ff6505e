"""/readyz of both doors: what keeps a load balancer away, and what the operator should see to."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from tests.conftest import Laboratory, Seeded
from tests.servers import sequence

from zhijian.api import api_app
from zhijian.kit import migrate
from zhijian.web import public_app
from zhijian.wiring import Node


def asked(node: Node, at: datetime) -> list[tuple[int, dict[str, Any]]]:
    """What both doors say at this time."""
    found = [TestClient(app(node, lambda: at)).get("/readyz") for app in (api_app, public_app)]
    return [(answer.status_code, answer.json()) for answer in found]


def test_a_node_whose_log_keeps_up_is_ready(seeded: Seeded) -> None:
    sequence(seeded.node)
    with seeded.node.transaction() as db:
        version = seeded.node.trust(db).version
    for status, said in asked(seeded.node, datetime.now(UTC)):
        log = said.pop("log")
        assert (status, said) == (200, {"ready": True, "trust_version": version})
        assert log["size"] == log["signed"] > 0
        assert log["waiting_s"] == 0


def test_a_leaf_that_waits_over_a_minute_for_the_log_makes_the_node_not_ready(seeded: Seeded, lab: Laboratory) -> None:
    sequence(seeded.node)
    at = datetime.now(UTC)
    code = lab.lims.submit(lab.fresh("READY-1")).json()["code"]
    assert [status for status, _ in asked(seeded.node, at + timedelta(seconds=55))] == [200, 200]
    for status, body in asked(seeded.node, at + timedelta(seconds=75)):
        assert (status, body["ready"]) == (503, False)
        assert "等待写入日志 7" in body["reason"]
        assert "is the worker running?" in body["reason"]
    sequence(seeded.node)
    assert [status for status, _ in asked(seeded.node, at + timedelta(seconds=75))] == [200, 200]
    lab.lims.post(f"/api/v1/reports/{code}/state", {"state": "withdrawn", "reason": "样品标识有误"})
    assert [status for status, _ in asked(seeded.node, datetime.now(UTC) + timedelta(seconds=75))] == [503, 503]
    sequence(seeded.node)


def test_a_trust_list_that_soon_runs_out_is_a_warning(seeded: Seeded) -> None:
    sequence(seeded.node)
    with seeded.node.transaction() as db:
        ends = seeded.node.trust(db).expires_at
    for before, warned in (
        (timedelta(days=7, seconds=1), False),
        (timedelta(days=6), True),
        (-timedelta(days=1), True),
    ):
        for status, body in asked(seeded.node, ends - before):
            assert (status, "warning" in body) == (200, warned)
    assert "zhijian admin prepare" in asked(seeded.node, ends)[0][1]["warning"]


@pytest.fixture
def bare(seeded: Seeded) -> Iterator[Node]:
    """A node over an empty database of its own."""
    url = seeded.node.engine.url
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as db:
        db.execute(sa.text("CREATE DATABASE ready_bare"))
    node = Node(seeded.node.settings, url.set(database="ready_bare").render_as_string(hide_password=False))
    yield node
    node.close()
    with admin.connect() as db:
        db.execute(sa.text("DROP DATABASE ready_bare"))
    admin.dispose()


def test_without_tables_or_trust_list_the_node_is_not_ready_and_says_why(bare: Node) -> None:
    for status, body in asked(bare, datetime.now(UTC)):
        assert (status, "database" in body["reason"]) == (503, True)
    migrate.upgrade(bare.engine)
    for status, body in asked(bare, datetime.now(UTC)):
        assert (status, "no trust list" in body["reason"]) == (503, True)
    assert TestClient(public_app(bare)).get("/trust").status_code == 404
