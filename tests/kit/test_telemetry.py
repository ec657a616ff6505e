"""What a door counts, and who may see it."""

from starlette.testclient import TestClient

from zhijian.kit.telemetry import Measured
from zhijian.wiring import Node


async def ok(scope, receive, send) -> None:  # type: ignore[no-untyped-def]
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def test_requests_are_counted_by_status_for_the_operator(node: Node) -> None:
    app = Measured(ok, "office", {"zhijian_log_backlog": ("Leaves", node.log_backlog)})
    near, far = TestClient(app, client=("127.0.0.1", 1)), TestClient(app, client=("203.0.113.9", 1))
    near.get("/nothing")
    figures = near.get("/metrics").text
    assert 'zhijian_requests_total{door="office",status="4xx"} 1.0' in figures
    assert "zhijian_log_backlog" in figures
    assert far.get("/metrics").status_code == 404
