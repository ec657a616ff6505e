"""Webhooks over the shared node, allowed to reach receivers on this machine; each test begins without any."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from tests.conftest import Laboratory, Seeded, laboratory
from tests.servers import sequence
from tests.webhooks.receivers import Receiver, deliver, receiver

from zhijian.kit.signing import Suite
from zhijian.webhooks import Webhooks
from zhijian.wiring import Node


@pytest.fixture(autouse=True)
def webhooks(node: Node) -> Iterator[Webhooks]:
    before = node.webhooks
    node.webhooks = Webhooks.of(node.feed, node.keys.secret("webhooks"), to_private=True)
    with node.transaction() as db:
        db.execute(sa.text("DELETE FROM webhook"))
    sequence(node)
    yield node.webhooks
    node.webhooks = before


@pytest.fixture(scope="session")
def other(seeded: Seeded, api: TestClient, lab: Laboratory) -> Laboratory:
    return laboratory(seeded, api, next(s for s in Suite if s is not lab.lims.key.suite))


@pytest.fixture
def inbox() -> Iterator[Receiver]:
    with receiver() as made:
        yield made


@dataclass(frozen=True)
class Hook:
    """A webhook that was made, and its owner."""

    node: Node
    lab: Laboratory
    made: dict[str, Any]

    @property
    def path(self) -> str:
        return f"/api/v1/webhooks/{self.made['id']}"

    @property
    def now(self) -> dict[str, Any]:
        return dict(self.lab.lims.get(self.path).json())

    @property
    def attempts(self) -> list[dict[str, Any]]:
        return list(self.lab.lims.get(f"{self.path}/attempts").json()["attempts"])

    def later(self, by: timedelta) -> None:
        """As if so much time had gone by."""
        times = ("created_at", "rotated_at", "pinged_at", "failed_since", "next_attempt_at", "claimed_until")
        with self.node.transaction() as db:
            shifted = ", ".join(f"{name} = {name} - :by" for name in times)
            db.execute(sa.text(f"UPDATE webhook SET {shifted} WHERE id = :id"), {"by": by, "id": self.made["id"]})


Hooked = Callable[..., Hook]


@pytest.fixture
def hooked(node: Node, lab: Laboratory) -> Hooked:
    """Make a webhook for a receiver, and have it proven."""

    def make(inbox: Receiver, *, of: Laboratory = lab, proven: bool = True, **more: Any) -> Hook:
        answer = of.lims.post("/api/v1/webhooks", {"url": inbox.url, **more})
        assert answer.status_code == 201, answer.text
        hook = Hook(node, of, answer.json())
        if proven:
            deliver(node)
            assert hook.now["state"] == "active"
        return hook

    return make


@pytest.fixture
def issue(node: Node) -> Callable[..., list[str]]:
    """Register reports and have them logged; their codes."""

    def make(lab: Laboratory, *numbers: str) -> list[str]:
        answer = lab.lims.submit_batch([lab.fresh(number) for number in numbers])
        assert answer.json()["issued"] == len(numbers), answer.text
        sequence(node)
        return [one["report"]["code"] for one in answer.json()["results"]]

    return make
