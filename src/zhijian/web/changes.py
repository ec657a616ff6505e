"""Hear of changed reports and drop their kept pages: PostgreSQL's NOTIFY, delivered when a transaction commits."""

import contextlib
import threading
import time
from collections.abc import Callable

import psycopg
import structlog

from zhijian.codes.events import REPORT_CHANGED
from zhijian.wiring import Node

log = structlog.get_logger()


class ChangeListener(threading.Thread):
    """Calls `evict(code)` for each change, and `clear()` whenever changes may have been missed."""

    def __init__(self, node: Node, evict: Callable[[str], None], clear: Callable[[], None]) -> None:
        super().__init__(name="changes", daemon=True)
        self._node, self._evict, self._clear = node, evict, clear
        self._stop = threading.Event()

    def run(self) -> None:
        while not self._stop.is_set():
            try:
                self._listen()
            except psycopg.Error as why:
                log.warning("change_listener_lost", error=str(why)[:200])
                time.sleep(0.5)

    def stop(self) -> None:
        self._stop.set()

    def _listen(self) -> None:
        url = self._node.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with contextlib.closing(psycopg.connect(url, autocommit=True)) as link:
            link.execute(f"LISTEN {REPORT_CHANGED}")
            # Only now nothing is missed any more; what was kept before may be stale.
            self._clear()
            while not self._stop.is_set():
                for note in link.notifies(timeout=1.0):
                    self._evict(note.payload)
