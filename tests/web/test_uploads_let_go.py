"""Of a refused upload nothing stays in memory: with the collector of cycles off, it goes when its answer is sent."""

import asyncio
import gc
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.web.concern_client import filled
from tests.web.concerns import NOT_A_PICTURE
from tests.web.fakes import FakeVerifyService
from tests.web.public_client import HOST, Clock, Door

from zhijian.kit.aside import Aside, AsideFailed

MB, TIMES = 1 << 20, 12
FORM = "multipart/form-data; boundary=x"
OPEN = {"inspect_burst": 1000, "concern_burst": 1000, "worked_burst": 1000}
aside = Aside(["math"])


@pytest.fixture
def uncollected() -> Iterator[None]:
    gc.collect()
    gc.disable()
    tracemalloc.start()
    yield
    tracemalloc.stop()
    gc.enable()


def part(name: str, content: bytes, file: str = "") -> bytes:
    called = f'; filename="{file}"' if file else ""
    return f'--x\r\nContent-Disposition: form-data; name="{name}"{called}\r\n\r\n'.encode() + content + b"\r\n"


def file_form(content: bytes) -> tuple[str, str, bytes]:
    return "/inspect", FORM, part("file", content, "f.pdf") + b"--x--\r\n"


def bare(content: bytes) -> tuple[str, str, bytes]:
    return "/api/v1/inspect", "application/pdf", content


async def status_of(door: Door, path: str, kind: str, body: bytes, *, breaks: bool = False) -> int:
    """By ASGI itself: a client would keep things of its own. One that `breaks` is gone after half of its body."""
    sent: list[Any] = []
    coming = [
        {"type": "http.request", "body": body[i : i + MB // 4], "more_body": True} for i in range(0, len(body), MB // 4)
    ]
    coming[-1]["more_body"] = False
    if breaks:
        coming[len(coming) // 2 :] = [{"type": "http.disconnect"}]

    async def receive() -> Any:
        return coming.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"", "scheme": "https",
             "headers": [(b"host", HOST.encode()), (b"content-type", kind.encode())], "client": ("198.51.100.7", 1),
             "server": (HOST, 443), "http_version": "1.1", "root_path": ""}  # fmt: skip
    try:
        await door.app(scope, receive, send)
    except Exception:
        assert sent, "nothing was answered"
    return int(sent[0]["status"])


def left_by(door: Door, asked: Callable[[], tuple[str, str, bytes]], status: int, **how: Any) -> float:
    """Megabytes that are left of `TIMES` uploads of more than one, the first of which may warm up what it likes."""

    async def all_of_them() -> int:
        assert await status_of(door, *asked(), **how) == status
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(TIMES):
            assert await status_of(door, *asked(), **how) == status
        return tracemalloc.get_traced_memory()[0] - before

    return asyncio.run(all_of_them()) / MB


@pytest.mark.parametrize("asked", [file_form, bare])
@pytest.mark.parametrize(
    ("fault", "status"),
    [(None, 422), (AsideFailed("too-slow"), 422), (AsideFailed("busy"), 503), (RuntimeError("x"), 500)],
)
@pytest.mark.usefixtures("uncollected")
def test_a_file_that_is_not_judged_is_let_go(
    service: FakeVerifyService, clock: Clock, asked: Any, fault: Exception | None, status: int
) -> None:
    if fault is not None:
        inspect = service.inspect

        def faulty(pdf: bytes, at: Any) -> Any:
            inspect(b"%PDF-", at)
            raise type(fault)(*fault.args)

        service.inspect = faulty  # type: ignore[method-assign]
    door = Door(service, clock, **OPEN)
    assert left_by(door, lambda: asked(b"GIF89a" + bytes(MB)), status) < 2


@pytest.mark.usefixtures("uncollected")
def test_a_file_whose_work_fails_in_its_own_process_is_let_go(service: FakeVerifyService, clock: Clock) -> None:
    def by_another(pdf: bytes, at: Any) -> Any:
        return aside(_refuses, pdf)

    service.inspect = by_another  # type: ignore[method-assign]
    assert left_by(Door(service, clock, **OPEN), lambda: bare(bytes(MB)), 422) < 2


def _refuses(_: bytes) -> None:
    raise AsideFailed("died")


@pytest.mark.usefixtures("uncollected")
def test_what_broke_off_is_let_go(service: FakeVerifyService, clock: Clock) -> None:
    door = Door(service, clock, **OPEN)
    assert left_by(door, lambda: file_form(bytes(2 * MB)), 400, breaks=True) < 2
    assert left_by(door, lambda: bare(bytes(2 * MB)), 400, breaks=True) < 2


@pytest.mark.parametrize(("fault", "status"), [(None, 422), (AsideFailed("busy"), 503), (RuntimeError("x"), 500)])
@pytest.mark.usefixtures("uncollected")
def test_photos_that_are_not_received_are_let_go(
    service: FakeVerifyService, clock: Clock, fault: Exception | None, status: int
) -> None:
    door = Door(service, clock, **OPEN)
    door.concerns.fault = fault
    forms = [b"".join(part(name, value.encode()) for name, value in filled(door).items()) for _ in range(TIMES + 1)]

    def asked() -> tuple[str, str, bytes]:
        return "/concern", FORM, forms.pop() + part("photos", NOT_A_PICTURE + bytes(MB), "1.jpg") + b"--x--\r\n"

    assert left_by(door, asked, status) < 2
