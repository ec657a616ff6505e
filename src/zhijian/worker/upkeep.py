"""What has to be done every day and asks for nobody: what is kept for a time is deleted when it is over, and figures are counted."""

import threading
from datetime import UTC, datetime

import structlog

from zhijian import cases
from zhijian.codes import registered
from zhijian.identity import sessions
from zhijian.kit.clock import day
from zhijian.kit.scope import Scope
from zhijian.registry import areas
from zhijian.wiring import Node

log = structlog.get_logger()
EVERY_S = 3600.0


def run(node: Node, stop: threading.Event) -> None:
    """A fault is logged and tried again an hour later."""
    while not stop.is_set():
        try:
            turn(node, datetime.now(UTC))
        except Exception as why:
            log.error("upkeep_failed", error=type(why).__name__, detail=str(why)[:500])
        stop.wait(EVERY_S)


def turn(node: Node, at: datetime) -> None:
    with node.transaction() as db:
        if expired := cases.expire(db, Scope.everything(), at):
            log.info("complaints_expired", count=expired)
        sessions.forget_ended(db, at)
    with node.transaction() as db:  # each by itself: a count of millions holds up nothing else
        registered.roll(db, at)
    with node.transaction() as db:
        areas.count(db, day(at), at)
