"""What has to be done every day and asks for nobody: what is kept for a time is deleted when it is over, figures are counted, and what
may be registered twice is looked for."""

import threading
import time
from datetime import UTC, datetime

import structlog

from zhijian import cases
from zhijian.codes import registered
from zhijian.identity import sessions
from zhijian.kit.clock import day
from zhijian.kit.scope import Scope
from zhijian.registry import areas, matching
from zhijian.wiring import Node

log = structlog.get_logger()
EVERY_S = 3600.0
DAY_S = 24 * 3600.0


def run(node: Node, stop: threading.Event) -> None:
    """A fault is logged and tried again an hour later."""
    looked = float("-inf")
    while not stop.is_set():
        try:
            turn(node, datetime.now(UTC))
            if time.monotonic() - looked >= DAY_S:
                look_for_twins(node, datetime.now(UTC))
                looked = time.monotonic()
        except Exception as why:
            log.error("upkeep_failed", error=type(why).__name__, detail=str(why)[:500])
        stop.wait(EVERY_S)


def turn(node: Node, at: datetime) -> None:
    from zhijian.registry import drafts  # reads workbooks, which takes a moment to load, and most commands never do

    with node.transaction() as db:
        if expired := cases.expire(db, Scope.everything(), at):
            log.info("complaints_expired", count=expired)
        if forgotten := drafts.forget(db, Scope.everything(), at):
            log.info("scope_drafts_forgotten", count=forgotten)
        sessions.forget_ended(db, at)
    with node.transaction() as db:  # each by itself: a count of millions holds up nothing else
        registered.roll(db, at)
    with node.transaction() as db:
        areas.count(db, day(at), at)


def look_for_twins(node: Node, at: datetime) -> None:
    """Over provinces, which no office can do: the queue that people judge. Of millions of rows it takes minutes."""
    with node.transaction() as db:
        matching.look(db, Scope.everything(), at)
