"""Bodies without end: refused by what they state or by what they have sent so far, never by what they would send."""

import asyncio
import tracemalloc
from typing import Any

import pytest
from tests.api.conftest import Door

from zhijian.api import api_app
from zhijian.wiring import Node

MB = 1 << 20
HEAD = b"POST /api/v1/reports HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


def answer_of(link: Any) -> bytes:
    said = b""
    while piece := link.recv(65536):
        said += piece
    return said


@pytest.mark.parametrize("stated", [20 * MB + 1, 50 * MB, 10**15])
def test_a_stated_length_beyond_the_limit_is_refused_before_a_byte_of_it(door: Door, stated: int) -> None:
    with door.connect() as link:
        link.sendall(HEAD + f"Content-Length: {stated}\r\n\r\n".encode())
        said = answer_of(link)
    assert said.startswith(b"HTTP/1.1 413 ")
    assert b"application/problem+json" in said


@pytest.mark.parametrize("stated", [b"-1", b"1, 2", b"0x10", b"9" * 5000, b"1e3", b"\xb2"])
def test_a_length_that_is_no_length_is_refused(door: Door, stated: bytes) -> None:
    with door.connect() as link:
        link.sendall(HEAD + b"Content-Length: " + stated + b"\r\n\r\n")
        said = answer_of(link)
    assert said.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 413 ")), said[:200]


def test_an_endless_chunked_body_is_cut_off(door: Door) -> None:
    chunk, sent = b"10000\r\n" + b" " * 65536 + b"\r\n", 0
    with door.connect() as link:
        link.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        try:
            while sent < 50 * MB:
                link.sendall(chunk)
                sent += 65536
        except OSError:
            pass
        try:
            said = answer_of(link)
        except ConnectionError:
            said = b""
    assert sent < 40 * MB, "what the sockets buffer on the way is not read by the server"
    assert said == b"" or said.startswith(b"HTTP/1.1 413 ")


def upload(
    node: Node, chunks: int, headers: list[tuple[bytes, bytes]], *, body: bytes = bytes(MB), path: str = "/api/v1/reports"
) -> tuple[int, int]:  # fmt: skip
    """Status of `body` sent `chunks` times, and how many of them the app asked for."""
    asked, said = 0, []

    async def receive() -> dict[str, Any]:
        nonlocal asked
        asked += 1
        return {"type": "http.request", "body": body, "more_body": asked < chunks}

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": path,
        "raw_path": path.encode(), "query_string": b"", "root_path": "", "scheme": "http", "server": ("api", 80),
        "client": ("127.0.0.1", 1), "headers": [(b"content-type", b"application/json"), *headers],
    }  # fmt: skip
    asyncio.run(api_app(node)(scope, receive, send))
    return said[0]["status"], asked


def test_of_fifty_megabytes_no_more_than_the_limit_is_read_and_kept(node: Node) -> None:
    upload(node, 1, [])  # whatever is made once is made now
    tracemalloc.start()
    try:
        status, asked = upload(node, 50, [])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (status, asked) == (413, 21)
    assert peak < 30 * MB


def test_a_stated_length_is_not_believed_when_more_comes(node: Node) -> None:
    assert upload(node, 50, [(b"content-length", b"10")]) == (413, 21)


def test_what_is_stated_too_long_is_not_read_at_all(node: Node) -> None:
    assert upload(node, 50, [(b"content-length", str(50 * MB).encode())]) == (413, 0)


@pytest.mark.parametrize(
    ("path", "body"),
    [("/api/v1/reports:batch", b'{"reports":[' + b"0," * MB + b"0]}"), ("/api/v1/reports", b"[" + b"[]," * MB + b"0]"),
     ("/api/v1/leases", b"[" + b"[]," * MB + b"0]")],
)  # fmt: skip
def test_an_unsigned_body_costs_no_more_than_a_few_times_its_size(node: Node, path: str, body: bytes) -> None:
    upload(node, 1, [])
    tracemalloc.start()
    try:
        status, _ = upload(node, 1, [], body=body, path=path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert status in (400, 401, 413, 422)
    assert peak < 10 * len(body), f"{peak // MB} MB for {len(body) // MB}"


def test_a_body_that_does_not_come_is_not_waited_for_for_ever(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zhijian.api.app.BODY_S", 0.5)
    with door.connect() as link:
        link.sendall(HEAD + b"Content-Length: 1000\r\n\r\n{")
        said = answer_of(link)
    assert said.startswith(b"HTTP/1.1 408 ")
    assert b"body-too-slow" in said
