"""Carries out what follows from cases, seconds after they changed."""

import threading
from datetime import UTC, datetime

import structlog

from zhijian.cases.following import follow
from zhijian.codes.model import CodesError
from zhijian.kit.scope import Scope
from zhijian.wiring import Node

log = structlog.get_logger()
IDLE_S, FAULT_S = 1.0, 30.0


def run(node: Node, stop: threading.Event) -> None:
    """A fault is logged and tried again; the cases wait, none is skipped."""
    while not stop.is_set():
        try:
            while turn(node, datetime.now(UTC)) and not stop.is_set():
                pass
            stop.wait(IDLE_S)
        except Exception as why:
            log.error("following_failed", error=type(why).__name__, detail=str(why)[:500])
            stop.wait(FAULT_S)


def turn(node: Node, at: datetime) -> int:
    """How many cases were followed; in one transaction each, so that one at fault holds up no other for long."""
    with node.transaction() as db:
        done = follow(db, Scope.everything(), node.office(db), CodesError, at, most=1)
    for one in done:
        log.info("case_followed", case=one.no, problems=len(one.problems))
    return len(done)
