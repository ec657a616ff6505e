"""An answer comes whole and in time, or it is an error; whatever the peer does."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from zhijian.kit.post import Posted, Poster

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/x.tlog.size\r\nContent-Length: 2\r\n\r\n7\n"
Peer = Callable[[socket.socket], None]


@contextlib.contextmanager
def peer(*behaviours: Peer) -> Iterator[str]:
    """Accepts one connection for each behaviour, and then none."""
    server = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        for behave in behaviours:
            with contextlib.suppress(OSError):
                connection, _ = server.accept()
                with connection:
                    behave(connection)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}/witness"
    server.close()


def read(connection: socket.socket) -> bytes:
    raw = b""
    while b"\r\n\r\n" not in raw or not raw.endswith(b"end"):
        raw += connection.recv(4096)
    return raw


def says(*answers: bytes) -> Peer:
    def behave(connection: socket.socket) -> None:
        for answer in answers:
            read(connection)
            connection.sendall(answer)

    return behave


def drips(connection: socket.socket) -> None:
    read(connection)
    for byte in OK * 100:
        connection.sendall(bytes([byte]))
        time.sleep(0.05)


def drips_headers(connection: socket.socket) -> None:
    read(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for n in range(1000):
        connection.sendall(f"X-{n}: x\r\n".encode())
        time.sleep(0.05)


def test_an_answer_is_handed_over_as_it_is() -> None:
    with peer(says(OK)) as url:
        assert Poster(url, 2.0, 100)(b"body end") == Posted(200, "text/x.tlog.size", b"7\n")


def test_the_connection_is_kept() -> None:
    with peer(says(OK, OK, OK)) as url:
        post = Poster(url, 2.0, 100)
        assert {post(b"end").status for _ in range(3)} == {200}


def test_a_kept_connection_that_was_closed_is_opened_again() -> None:
    with peer(says(OK), says(OK)) as url:
        post = Poster(url, 2.0, 100)
        assert post(b"end").status == 200
        time.sleep(0.1)
        assert post(b"end").status == 200


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    with peer(says(b"HTTP/1.1 307 Away\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")) as url:
        assert Poster(url, 2.0, 100)(b"end").status == 307


def drips_body(connection: socket.socket) -> None:
    read(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(1000):
        connection.sendall(b"a")
        time.sleep(0.05)


@pytest.mark.parametrize("behave", [drips, drips_headers, drips_body, lambda c: time.sleep(5)])
def test_the_time_holds_for_the_whole_of_it(behave: Peer) -> None:
    started = time.monotonic()
    with peer(behave) as url, pytest.raises(TimeoutError):
        Poster(url, 0.4, 10_000)(b"end")
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    "answer",
    [b"", b"not HTTP\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\nshort",
     b"HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n" + b"a" * 101, b"HTTP/1.1 200 OK\r\n\r\n" + b"a" * 100_000],
)  # fmt: skip
def test_what_is_no_answer_or_too_long_is_an_error(answer: bytes) -> None:
    with peer(says(answer)) as url, pytest.raises(OSError, match=r"\w"):
        Poster(url, 2.0, 100)(b"end")


def test_nobody_there_is_an_error() -> None:
    with peer() as url:
        pass
    with pytest.raises(OSError, match="Refused"):
        Poster(url, 1.0, 100)(b"end")
