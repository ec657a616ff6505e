"""The queue door: what runs without anyone asking. For now the sequencer, which writes the log."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import structlog

from zhijian.wiring import Node

log = structlog.get_logger()
IDLE_S = 0.2


def run(node: Node, stop: threading.Event) -> None:
    """Sequence until `stop`. A fault is logged and tried again with a fresh start; nothing is skipped."""
    while not stop.is_set():
        try:
            with node.sequencer(datetime.now(UTC)) as sequencer:
                _sequence(sequencer.run_once, node.settings.checkpoint_every_s, stop)
        except Exception as why:
            log.error("sequencer_stopped", error=type(why).__name__, detail=str(why)[:500])
            stop.wait(2.0)


def _sequence(run_once: Callable[[datetime], int], every_s: float, stop: threading.Event) -> None:
    while not stop.is_set():
        started = time.monotonic()
        waiting = run_once(datetime.now(UTC))
        if waiting:
            log.debug("sequenced", leaves=waiting, took_ms=round((time.monotonic() - started) * 1000))
            stop.wait(max(0.0, every_s - (time.monotonic() - started)))
        else:
            stop.wait(min(IDLE_S, every_s))
