"""What two accounts agreed on and the node itself does: keys are revoked here, since only here a trust list is sealed."""

import threading
from datetime import UTC, datetime

import structlog

from zhijian.codes.model import CodesError
from zhijian.identity import four_eyes
from zhijian.wiring import Node

log = structlog.get_logger()
EVERY_S = 2.0


def run(node: Node, stop: threading.Event) -> None:
    """A fault is logged and tried again."""
    while not stop.is_set():
        try:
            turn(node, datetime.now(UTC))
        except Exception as why:
            log.error("carrying_out_failed", error=type(why).__name__, detail=str(why)[:500])
            stop.wait(10.0)
        stop.wait(EVERY_S)


def turn(node: Node, at: datetime) -> int:
    """Revoke what was confirmed, and publish one trust list for all; how many. What cannot be revoked is noted as failed."""
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
