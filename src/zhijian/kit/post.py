"""Send bytes to an address and get the answer, within a time that holds for the whole of it.

A time-out of the standard library holds for each read: a peer that sends one byte a second keeps a caller for hours.
"""

import contextlib
import http.client
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Posted:
    status: int
    content_type: str
    body: bytes


@contextlib.contextmanager
def whole_within(connection: http.client.HTTPConnection, seconds: float) -> Iterator[threading.Event]:
    """Cuts `connection` off after so many seconds, whatever it is in the middle of; the event tells that it was cut."""
    late = threading.Event()

    def cut() -> None:
        late.set()
        found = connection.sock
        if found is not None:
            with contextlib.suppress(OSError):
                found.shutdown(socket.SHUT_RDWR)  # wakes the reader; closing would not

    watch = threading.Timer(seconds, cut)
    watch.daemon = True
    watch.start()
    try:
        yield late
    finally:
        watch.cancel()


class Poster:
    """POST to one URL (http or https, certificates by the system's roots), over a connection that is kept. No redirect
    is followed, no proxy asked. One call at a time."""

    def __init__(self, url: str, timeout_s: float, answer_bytes_max: int) -> None:
        parts = urlsplit(url)
        make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._path, self._max = parts.path or "/", answer_bytes_max
        self._timeout_s = timeout_s
        self._connection = make(parts.hostname or "", parts.port, timeout=timeout_s)

    def __call__(self, body: bytes) -> Posted:
        """Raises OSError (TimeoutError among them), also for an answer that is no HTTP or is too long."""
        with whole_within(self._connection, self._timeout_s) as late:
            try:
                answer = self._once_more_when_closed(body, late)
                if late.is_set():  # headers that are cut off count as whole ones there
                    raise OSError("late")
                return answer
            except (OSError, http.client.HTTPException) as why:
                self._connection.close()
                # The library's own time-out may come a moment before the watch, when the machine is busy.
                if late.is_set() or isinstance(why, TimeoutError):
                    raise TimeoutError(f"no whole answer within {self._timeout_s} s") from None
                raise OSError(f"{type(why).__name__} {why}") from None

    def _once_more_when_closed(self, body: bytes, late: threading.Event) -> Posted:
        kept = self._connection.sock is not None
        try:
            return self._send(body)
        except (ConnectionError, http.client.RemoteDisconnected):
            # The peer may have closed a connection that was kept; a fresh one is tried once.
            self._connection.close()
            if not kept or late.is_set():
                raise
            return self._send(body)

    def _send(self, body: bytes) -> Posted:
        self._connection.request("POST", self._path, body, {"Content-Type": "text/plain; charset=utf-8"})
        answer = self._connection.getresponse()
        read = answer.read(self._max + 1)
        if len(read) > self._max:
            raise OSError(f"the answer is longer than {self._max} bytes")
        if answer.length:  # the library says nothing of a body that ends too soon
            raise ConnectionError("the answer ended before its end")
        return Posted(answer.status, answer.headers.get("Content-Type", ""), read)
