"""Real receivers on this machine, each with a mind of its own."""

import contextlib
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from zhijian.wiring import Node
from zhijian.worker.deliveries import Deliveries

Answer = tuple[int, bytes]
Mind = Callable[["Delivery"], Answer]


@dataclass(frozen=True)
class Delivery:
    headers: dict[str, str]
    raw: bytes
    path: str

    @property
    def body(self) -> dict[str, Any]:
        return dict(json.loads(self.raw))

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def events(self) -> list[dict[str, Any]]:
        return list(self.body["data"].get("events", []))


def polite(delivery: Delivery) -> Answer:
    """Repeats the challenge of a ping, takes what comes."""
    return 200, json.dumps({"challenge": delivery.body["data"].get("challenge")}).encode()


@dataclass
class Receiver:
    url: str = ""
    mind: Mind = polite
    """For events; pings are answered politely unless `pings_too`."""
    pings_too: bool = False
    got: list[Delivery] = field(default_factory=list)

    @property
    def batches(self) -> list[Delivery]:
        return [one for one in self.got if one.body["type"] == "report.events"]

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for one in self.batches for event in one.events]

    def answer(self, delivery: Delivery) -> Answer:
        self.got.append(delivery)
        ping = delivery.body["type"] == "ping"
        return polite(delivery) if ping and not self.pings_too else self.mind(delivery)


@contextlib.contextmanager
def receiver(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    made = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"]))
            status, body = made.answer(Delivery({k.lower(): v for k, v in self.headers.items()}, raw, self.path))
            with contextlib.suppress(OSError):
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", body.decode())
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: Any) -> None:
            pass  # a connection that was cut

    server = Server(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    made.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}/hook"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


def deliver(node: Node) -> None:
    """As the worker does, until nothing is due any more."""
    working = Deliveries(node, node.webhooks.sender)
    while working.turn():
        assert working.wait(60)
