"""What the node does for the office: keys are revoked that two accounts agreed on, since only here a trust list is sealed, and the audit
trail is anchored in the log."""

import threading
import time
from datetime import UTC, datetime

import structlog

from zhijian.codes import Logbook
from zhijian.codes.model import CodesError
from zhijian.identity import audit, four_eyes
from zhijian.wiring import Node

log = structlog.get_logger()
EVERY_S = 2.0
FIRST_ANCHOR_S = 30.0
"""After the start: by then the doors answer, and with them the witnesses that a demonstration runs itself."""
ANCHOR_EVERY_S = 600.0
"""What somebody who owns the tables can rewrite unnoticed is what was noted since."""


def run(node: Node, stop: threading.Event) -> None:
    """A fault is logged and tried again."""
    anchored = time.monotonic() + FIRST_ANCHOR_S - ANCHOR_EVERY_S
    while not stop.is_set():
        try:
            turn(node, datetime.now(UTC))
            if time.monotonic() - anchored >= ANCHOR_EVERY_S:
                anchor(node)
                anchored = time.monotonic()
        except Exception as why:
            log.error("carrying_out_failed", error=type(why).__name__, detail=str(why)[:500])
            stop.wait(10.0)
        stop.wait(EVERY_S)


def anchor(node: Node) -> bool:
    """Put the trail's newest digest into the log; False when it is there, or this is a copy of a node that must not write."""
    if node.restored() is not None:
        return False
    with node.transaction() as db:
        newest = audit.newest(db)
        return newest is not None and Logbook.anchor(db, *newest)


def turn(node: Node, at: datetime) -> int:
    """Revoke what was confirmed, and publish one trust list for all; how many; a copy of a node does nothing. What cannot be revoked is noted as failed."""
    if node.restored() is not None:
        return 0
    with node.transaction() as db:
        waiting, done = four_eyes.to_carry_out(db, four_eyes.REVOKE_KEY), 0
        for one in waiting:
            try:
                since = datetime.fromisoformat(one.detail["since"]) if "since" in one.detail else at
                with db.begin_nested():
                    node.office(db).revoke_key(db, one.subject, min(since, at), one.reason, at)
                four_eyes.carried_out(db, one, at)
                done += 1
            except CodesError as why:
                four_eyes.carried_out(db, one, at, failure=why.why)
        if done:
            trust = node.keyring().publish(db, at)
            log.info("keys_revoked", count=done, trust_list=trust.version)
    return done
