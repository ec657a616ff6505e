"""`zhijian verify` with a server that is none: one clear line, a status that tells whose fault it is, and how to write it."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from typer.testing import CliRunner

from zhijian.cli import app

CODE = "3326-08K7-0049-M302-AR"


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["verify", *words], catch_exceptions=False)
    return done.exit_code, done.output


@contextlib.contextmanager
def answering(status: int, kind: str, body: bytes) -> Iterator[str]:
    """A server that says the same to everything."""

    class Same(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("content-type", kind)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Same)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def lines(said: str) -> list[str]:
    return said.strip().splitlines()


@pytest.mark.parametrize("target", [CODE, "HTTP://127.0.0.1:1/332608K70049M302AR/7KQ2MX"])
def test_where_nobody_listens_it_could_not_be_done(target: str) -> None:
    status, said = run(target, "--server", "http://127.0.0.1:1")
    assert (status, len(lines(said))) == (3, 2), said
    assert "连不上 http://127.0.0.1:1" in said
    assert "cannot reach http://127.0.0.1:1" in said
    assert "http://HOST:PORT" in said


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1:8001", "verify.example", "", "ftp://verify.example", "http://", "http:///v", "http://host:port",
        "http://127.0.0.1:99999", f"http://127.0.0.1:8001/v/{CODE}", "http://[::1", "http://主机:端口", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_wrong_use_and_shows_how_it_is_written(address: str) -> None:
    status, said = run(CODE, "--server", address)
    assert (status, len(lines(said))) == (2, 1 + 1), said
    assert repr(address) in said
    assert "http://主机:端口" in said
    assert "http://HOST:PORT" in said


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (200, "text/html", b"<!doctype html><title>It works</title>"),
        (404, "text/html", b"<html>nginx</html>"),
        (502, "text/html", b""),
        (200, "application/json", b'{"api": "/api/openapi.json"}'),
        (200, "application/json", b"[]"),
        (200, "application/json", b"\xff\xfe"),
        (
            404,
            "application/problem+json",
            b'{"why": "http-404", "title": "no such address", "remedy": {"zh": "", "en": ""}}',
        ),
        (403, "application/json", b'{"detail": "forbidden"}'),
    ],
)
def test_another_kind_of_server_is_named_as_such(status: int, kind: str, body: bytes) -> None:
    with answering(status, kind, body) as address:
        ended, said = run(CODE, "--server", address)
    assert (ended, len(lines(said))) == (3, 2), said
    assert f"{address} 不是验证服务" in said
    assert "is no verification server" in said
    assert "http://HOST:PORT" in said


def test_a_server_that_speaks_no_http_is_told_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def speak() -> None:
            link, _ = server.accept()
            link.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
            link.close()

        threading.Thread(target=speak, daemon=True).start()
        status, said = run(CODE, "--server", f"http://127.0.0.1:{server.getsockname()[1]}")
    assert (status, "http://HOST:PORT" in said) == (3, True), said


@pytest.mark.parametrize(
    ("status", "why", "ended"),
    [(404, "code-unknown", 1), (403, "verifier-wrong", 1), (422, "credential-refused", 1), (429, "too-many-requests", 3),
     (500, "internal", 3), (400, "code-malformed", 2)],
)  # fmt: skip
def test_what_the_server_refuses_keeps_its_words_and_its_weight(status: int, why: str, ended: int) -> None:
    body = f'{{"why": "{why}", "title": "题目 title", "remedy": {{"zh": "这样做", "en": "do this"}}}}'.encode()
    with answering(status, "application/problem+json", body) as address:
        assert run(CODE, "--server", address) == (ended, "题目 title\n这样做\ndo this\n")
