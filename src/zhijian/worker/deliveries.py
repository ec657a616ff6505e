"""Delivers webhooks until it is told to stop. One receiver that is slow holds up its own deliveries and nobody else's."""

import random
import threading
import time
from collections import Counter
from datetime import UTC, datetime

import structlog

from zhijian.codes.events import Position
from zhijian.kit.scope import Scope
from zhijian.webhooks import Claim, Looked, Sender
from zhijian.wiring import Node

log = structlog.get_logger()
IDLE_S = 0.5
AT_ONCE = 32
CLAIMS_A_TURN = 100
"""One webhook that begins early in a long log is due again for each stretch of it: others, and a stop, are not to wait."""
AT_ONCE_EACH = 2
"""To one host, and of one institution."""
SWEEP_S = 3600.0
"""How often all webhooks look, so that none lags far behind the log and has to read it all after a restart."""
STOP_S = 5.0
"""How long a stop waits for deliveries under way. What is not settled then is repeated under the same ids."""


def run(node: Node, stop: threading.Event) -> None:
    """A fault is logged and tried again."""
    working = Deliveries(node, node.webhooks.sender)
    while not stop.is_set():
        try:
            if node.restored() is None:  # a copy of a node, restored to look at it, tells nobody anything
                working.turn(stop)
            stop.wait(IDLE_S)
        except Exception as why:
            log.error("webhooks_stopped", error=type(why).__name__, detail=str(why)[:500])
            stop.wait(2.0)
    working.wait(STOP_S)


class Deliveries:
    """Deliveries under way, each in a thread of its own, and how far the logs were looked at."""

    def __init__(self, node: Node, sender: Sender) -> None:
        self._node, self._sender = node, sender
        self._seen: Position | None = None
        self._swept = 0.0
        self._hosts: Counter[str] = Counter()
        self._institutions: Counter[str] = Counter()
        self._change = threading.Condition()

    def turn(self, stop: threading.Event | None = None) -> int:
        """Begin deliveries that are due and have room, until `stop`; how many."""
        everything, courier = Scope.everything(), self._node.webhooks.courier
        if time.monotonic() - self._swept >= SWEEP_S:
            self._seen, self._swept = None, time.monotonic()
        with self._node.transaction() as db:
            seen = courier.wake(db, everything, self._seen, datetime.now(UTC))
        self._seen = seen
        begun = 0
        for _ in range(CLAIMS_A_TURN):
            if (stop is not None and stop.is_set()) or (full := self._full()) is None:
                break
            with self._node.transaction() as db:
                got = courier.claim(db, everything, datetime.now(UTC), hosts=full[0], institutions=full[1])
            if got is None:
                break
            if isinstance(got, Looked):
                if got.alarm:
                    log.error("webhook_blocked", webhook=got.webhook_id, detail=got.alarm)
                if got.paused:
                    log.warning("webhook_paused", webhook=got.webhook_id, reason=got.paused)
                continue
            self._begin(got)
            begun += 1
        return begun

    def wait(self, seconds: float) -> bool:
        """Until nothing is under way; False when that takes longer."""
        with self._change:
            return self._change.wait_for(lambda: not self._hosts.total(), seconds)

    def _full(self) -> tuple[set[str], set[str]] | None:
        """Hosts and institutions with enough under way; None when there is no room at all."""
        with self._change:
            if self._hosts.total() >= AT_ONCE:
                return None
            hosts, institutions = (
                {name for name, count in counted.items() if count >= AT_ONCE_EACH}
                for counted in (self._hosts, self._institutions)
            )
            return hosts, institutions

    def _begin(self, claim: Claim) -> None:
        self._count(claim, 1)
        # A daemon: a receiver that lingers must not keep the process from ending.
        threading.Thread(target=self._deliver, args=(claim,), name="webhook", daemon=True).start()

    def _count(self, claim: Claim, by: int) -> None:
        with self._change:
            for counted, name in ((self._hosts, claim.target.host), (self._institutions, claim.webhook.uscc)):
                counted[name] += by
                if not counted[name]:
                    del counted[name]
            self._change.notify_all()

    def _deliver(self, claim: Claim) -> None:
        try:
            started = time.monotonic()
            sent = self._sender.send(claim.target, claim.headers(datetime.now(UTC)), claim.message.body)
            took_ms = round((time.monotonic() - started) * 1000)
            with self._node.transaction() as db:
                after = self._node.webhooks.courier.settle(
                    db, Scope.everything(), claim, sent, datetime.now(UTC), chance=random.random(), took_ms=took_ms  # noqa: S311
                )  # fmt: skip
            log.info("webhook_sent", webhook=claim.webhook.id, host=claim.target.host, kind=claim.message.kind,
                     events=claim.message.events, status=sent.status, error=sent.error, took_ms=took_ms,
                     state=after.shown_state if after else "superseded")  # fmt: skip
        except Exception as why:
            log.error("webhook_failed", webhook=claim.webhook.id, error=type(why).__name__, detail=str(why)[:300])
        finally:
            self._count(claim, -1)
