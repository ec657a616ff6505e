"""Writes the log until it is told to stop."""

import threading
import time
from datetime import UTC, datetime

import structlog

from zhijian.codes import Sequencer
from zhijian.wiring import Node

log = structlog.get_logger()
IDLE_S = 0.2


def run(node: Node, stop: threading.Event) -> None:
    """Sequence until `stop`. A fault is logged and tried again with a fresh start; nothing is skipped."""
    while not stop.is_set():
        try:
            with node.sequencer(datetime.now(UTC)) as sequencer:
                _sequence(node, sequencer, stop)
        except Exception as why:
            log.error("sequencer_stopped", error=type(why).__name__, detail=str(why)[:500])
            stop.wait(2.0)


def _sequence(node: Node, sequencer: Sequencer, stop: threading.Event) -> None:
    every_s = node.settings.checkpoint_every_s
    while not stop.is_set():
        started = time.monotonic()
        leaves = sequencer.run_once(datetime.now(UTC))
        _tell(sequencer)
        heed(node, sequencer, datetime.now(UTC))
        if leaves:
            log.debug("sequenced", leaves=leaves, took_ms=round((time.monotonic() - started) * 1000))
            stop.wait(max(0.0, every_s - (time.monotonic() - started)))
        else:
            stop.wait(min(IDLE_S, every_s))


def _tell(sequencer: Sequencer) -> None:
    """Only turns in which a witness was asked and refused say anything: between them the sequencer waits longer and
    longer."""
    for told in sequencer.waiting:
        for one in told.refusals:
            log.warning("witness_refused", origin=told.origin, size=told.signed, witness=one.witness, why=one.why,
                        detail=one.detail)  # fmt: skip
        if told.published < told.signed:
            log.warning("checkpoint_waits", origin=told.origin, signed=told.signed, published=told.published,
                        cosigned=told.cosigned, quorum=told.quorum, see="docs/howto/operate.md")  # fmt: skip


def heed(node: Node, sequencer: Sequencer, at: datetime) -> None:
    """Stop issuing when the witnesses have seen more than we know: database and files were put back to an older day,
    and codes would be given a second time."""
    for told in sequencer.waiting:
        if told.outrun and node.restored() is None:
            node.mark_restored(at.isoformat(), "witness-ahead")
            log.error("node_behind_its_witnesses", origin=told.origin, size=told.signed, see="docs/howto/operate.md")
