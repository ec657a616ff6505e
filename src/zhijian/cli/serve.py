"""`zhijian serve` and `zhijian worker`: one process each."""

import signal
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import structlog
import typer

from zhijian import worker as worker_door
from zhijian.codes.log import Witness
from zhijian.kit import heap
from zhijian.kit.settings import Settings
from zhijian.kit.telemetry import Measured
from zhijian.readiness import log_waiting_s, webhooks_troubled
from zhijian.wiring import open_node

app = typer.Typer()


class What(StrEnum):
    OFFICE = "office"
    VERIFY = "verify"


def log_as_json() -> None:
    """One line a decision, on standard error, for machines to read."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


@app.command()
def serve(what: What) -> None:
    """运行一个服务。 Run one door: office 为接口 the API，verify 为公众验证 the public pages."""
    import uvicorn  # a worker needs none

    log_as_json()
    settings = Settings.read()
    with open_node(settings, create=False) as node:
        # Imported here: a worker needs neither door.
        door: Any
        if what is What.OFFICE:
            node.check_log(datetime.now(UTC))
            from zhijian.api import api_app

            figures: dict[str, tuple[str, Callable[[], float]]] = {
                "zhijian_log_backlog": ("Leaves that wait for the log", node.log_backlog),
                "zhijian_log_waiting_seconds": (
                    "Since when a signed checkpoint waits for witnesses",
                    lambda: log_waiting_s(node, datetime.now(UTC)),
                ),
                "zhijian_webhooks_troubled": ("Webhooks that fail or are paused", lambda: webhooks_troubled(node)),
            }
            from zhijian.web import office_door

            office = office_door(node, api_app(node), lambda: datetime.now(UTC))
            door, port = Measured(office, "office", figures), settings.office_port
        else:
            from zhijian.web import public_app

            door, port = Measured(public_app(node), "verify"), settings.verify_port
        heap.settle()
        trusted = settings.trusted_proxy
        uvicorn.run(door, host=settings.host, port=port, log_level="warning", access_log=False, server_header=False,
                    proxy_headers=bool(trusted), forwarded_allow_ips=trusted or None, timeout_keep_alive=15,
                    timeout_graceful_shutdown=5)  # fmt: skip


@app.command()
def worker() -> None:
    """运行后台：写入公开日志，投递推送。 Run what writes the log and delivers webhooks."""
    log_as_json()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with open_node(Settings.read(), create=False) as node:
        worker_door.run(node, stop)


def run_witness(witness: Witness, host: str, port: int) -> None:
    """One witness alone, until it is stopped."""
    import uvicorn

    from zhijian.web import witness_app

    log_as_json()
    app: Any = witness_app(witness, lambda: datetime.now(UTC))
    uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False, server_header=False,
                timeout_keep_alive=15, timeout_graceful_shutdown=5)  # fmt: skip
