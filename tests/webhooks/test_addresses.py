"""Nothing is sent into this node's own network, whatever address a laboratory names and whatever its name leads to."""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.webhooks.certificates import server_tls
from tests.webhooks.receivers import Receiver, receiver

from zhijian.webhooks import Sender
from zhijian.webhooks.address import is_public
from zhijian.webhooks.courier import CLAIMED_FOR
from zhijian.webhooks.model import UrlRefused, target
from zhijian.webhooks.sending import WITHIN_S

NOT_PUBLIC = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "100.100.100.200", "169.254.0.23", "168.63.129.16", "192.0.0.192", "198.18.0.1", "192.0.2.1", "198.51.100.1",
    "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "192.88.99.1",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "fe80::1", "fe80::1%eth0",
    "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "100::1", "4000::1",
    "", "localhost", "1", "127.1",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "114.114.114.114", "223.5.5.5", "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.32.0.1", "2400:3200::1",
          "2606:4700::1111"]  # fmt: skip


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_what_is_not_of_the_public_internet_is_not_sent_to(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_of_the_public_internet_is(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_no_ipv4_address_is_public_that_the_standard_library_calls_local(address: ipaddress.IPv4Address) -> None:
    assert address.is_global or not is_public(str(address))


@given(st.ip_addresses(v=6))
def test_no_ipv6_address_is_public_that_the_standard_library_calls_local(address: ipaddress.IPv6Address) -> None:
    local = not address.is_global or address.is_multicast or address.is_reserved or address.is_site_local
    assert not (local and is_public(str(address)))


@given(st.ip_addresses(v=4))
def test_no_ipv4_address_becomes_public_in_the_clothes_of_ipv6(address: ipaddress.IPv4Address) -> None:
    inside = int(address)
    for prefix, shift in (("::ffff:0:0", 0), ("::", 0), ("64:ff9b::", 0), ("2002::", 80)):
        assert not is_public(str(ipaddress.IPv6Address(int(ipaddress.IPv6Address(prefix)) | inside << shift)))


@pytest.mark.parametrize(
    "url",
    ["", "x", "http://lims.example/", "ftp://lims.example/", "file:///etc/passwd", "https://", "https:///x", "https://user@lims.example/",
     "https://user:pw@lims.example/", "https://lims.example:80/", "https://lims.example:22/", "https://lims.example:99999/",
     "https://lims.example:x/", "https://lims.example/#x", "https://lims.example/#", "https://实验室.example/", "https://lims.example/a b",
     "https://lims.example/\n", "https://lims.example\\@evil.example/", "https://[::1/", "https://-x.example/", "https://a_b.example/",
     "https://x..y/", "https://x../", "https://./", "gopher://lims.example/", "https://lims.example/" + "a" * 500, "https://" + "a." * 150 + "example/"],
)  # fmt: skip
def test_an_address_in_another_form_is_refused(url: str) -> None:
    with pytest.raises(UrlRefused):
        target(url, to_private=False)


@pytest.mark.parametrize(
    ("url", "netloc", "path"),
    [("https://lims.example", "lims.example", "/"), ("https://LIMS.example:443/a?b=1", "lims.example", "/a?b=1"),
     ("https://lims.example:8443/", "lims.example:8443", "/"), ("https://[2400:3200::1]/", "[2400:3200::1]", "/"),
     ("https://xn--fiqs8s.example/", "xn--fiqs8s.example", "/"), ("https://lims.example.:8443/", "lims.example:8443", "/")],
)  # fmt: skip
def test_an_address_in_good_form_is_taken_apart(url: str, netloc: str, path: str) -> None:
    found = target(url, to_private=False)
    assert (found.netloc, found.path) == (netloc, path)


def named(inbox: Receiver, host: str) -> str:
    return inbox.url.replace("127.0.0.1", host).replace("http://", "https://")


@pytest.mark.parametrize("host", ["localhost", "2130706433", "0x7f.1", "127.1", "017700000001", "127.0.0.1"])
def test_this_machine_is_not_reached_however_it_is_written(inbox: Receiver, host: str) -> None:
    """By the system's own resolver, which reads all of these as this machine."""
    sent = Sender().send(target(named(inbox, host), to_private=True), {}, b"{}")
    assert sent.error in ("not-public", "no-address")
    assert inbox.got == []


def test_a_name_that_leads_elsewhere_the_second_time_is_asked_for_once_and_connected_to_as_checked(
    inbox: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: public when it is checked, private when it is connected to."""
    answers = iter([["8.8.8.8"], ["127.0.0.1"]])
    connected: list[str] = []

    def network(address: tuple[str, int], timeout: float) -> socket.socket:
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", network)
    sender = Sender(resolve=lambda *_: next(answers))
    to = target(named(inbox, "rebinding.example"), to_private=True)
    assert sender.send(to, {}, b"{}").error == "not-connected"
    assert connected == ["8.8.8.8"], "the address that was checked, and no name"
    assert sender.send(to, {}, b"{}").error == "not-public"
    assert connected == ["8.8.8.8"]
    assert inbox.got == []


def test_one_private_address_among_public_ones_is_enough_to_refuse(inbox: Receiver) -> None:
    sender = Sender(resolve=lambda *_: ["8.8.8.8", "10.0.0.1"])
    assert sender.send(target(named(inbox, "mixed.example"), to_private=True), {}, b"{}").error == "not-public"


def test_the_proxy_of_the_environment_is_not_asked(inbox: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver() as proxy:
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        body = b'{"type": "ping", "data": {}}'
        assert Sender(to_private=True).send(target(inbox.url, to_private=True), {}, body).status == 200
        assert proxy.got == []


def test_tls_goes_to_the_checked_address_under_the_name_and_its_certificate(tmp_path: Path) -> None:
    server, roots = server_tls(tmp_path, "lims.example")
    with receiver(server) as inbox:
        sender = Sender(to_private=True, resolve=lambda *_: ["127.0.0.1"], tls=roots)
        right = target(named(inbox, "lims.example"), to_private=False)
        body = b'{"type": "ping", "data": {"challenge": "c"}}'
        assert sender.send(right, {}, body).answer == b'{"challenge": "c"}'
        assert inbox.got[0].headers["host"] == right.netloc
        wrong = target(named(inbox, "another.example"), to_private=False)
        assert sender.send(wrong, {}, body).error == "tls"
        unknown = Sender(to_private=True, resolve=lambda *_: ["127.0.0.1"], tls=ssl.create_default_context())
        assert unknown.send(right, {}, body).error == "tls"


Peer = Callable[[socket.socket], None]


def drips(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    pause = threading.Event()
    while True:  # one header, a byte at a time, for ever
        connection.sendall(b"x")
        pause.wait(0.05)


def endless(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65536)


def silent(connection: socket.socket) -> None:
    threading.Event().wait(20)


def says(raw: bytes) -> Peer:
    def behave(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(4096):  # closed over what was not read, it would be a reset
            pass

    return behave


@pytest.mark.parametrize(
    ("peer", "errors"),
    [(drips, {"time-out"}), (silent, {"time-out"}), (endless, {None}), (says(b"hello\r\n\r\n"), {"no-http"}), (says(b""), {"no-http"}),
     (says(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 500 + b"\r\n"), {"no-http"}), (says(b"HTTP/1.1 999 X\r\n\r\n"), {"status"}),
     (says(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 N\r\n\r\n"), {None}), (says(b"HTTP/1.1 -1 X\r\n\r\n"), {"no-http", "status"}),
     (says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), {"no-http"})],
)  # fmt: skip
def test_whatever_a_receiver_answers_comes_to_an_end_and_is_judged(peer: Peer, errors: set[str | None]) -> None:
    listening = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        link, _ = listening.accept()
        with link:
            try:
                peer(link)
            except OSError:
                pass

    threading.Thread(target=run, daemon=True).start()
    url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
    sent = Sender(to_private=True, whole_s=1.0).send(target(url, to_private=True), {}, b"{}")
    assert sent.error in errors, sent
    assert len(sent.answer) <= 1024
    listening.close()


def test_nobody_there_is_an_outcome_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    sent = Sender(to_private=True).send(target(f"http://127.0.0.1:{port}/", to_private=True), {}, b"{}")
    assert sent.error == "not-connected"

    def nowhere(host: str, port: int) -> list[str]:
        raise socket.gaierror("no such name")

    to = target("https://nowhere.example/", to_private=False)
    assert Sender(resolve=nowhere).send(to, {}, b"{}").error == "no-address"
    assert Sender(resolve=lambda *_: []).send(to, {}, b"{}").error == "no-address"


def test_a_receiver_that_lingers_in_the_tls_handshake_is_cut_off() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"https://127.0.0.1:{listening.getsockname()[1]}/"
        sent = Sender(to_private=True, whole_s=0.5).send(target(url, to_private=True), {}, b"{}")
    assert sent.error == "time-out"


@pytest.mark.parametrize("url", ["http://8.8.8.8/", "http://8.8.8.8:8080/", "https://8.8.8.8:22/"])
def test_what_the_setting_allowed_once_is_not_sent_to_when_it_does_not_any_more(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def network(address: tuple[str, int], timeout: float) -> socket.socket:
        raise AssertionError("connected to")

    monkeypatch.setattr(socket, "create_connection", network)
    assert Sender().send(target(url, to_private=True), {}, b"{}").error == "not-https"


def test_a_resolver_that_lingers_is_not_waited_for() -> None:
    released = threading.Event()

    def slow(host: str, port: int) -> list[str]:
        released.wait(60)
        return ["127.0.0.1"]

    to = target("https://slow.example/", to_private=False)
    try:
        assert Sender(resolve=slow, resolve_s=0.2).send(to, {}, b"{}").error == "no-address"
        assert not released.is_set()
    finally:
        released.set()


def test_a_name_that_no_resolver_reads_leads_to_no_address() -> None:
    def unreadable(host: str, port: int) -> list[str]:
        raise UnicodeError("label too long")

    assert (
        Sender(resolve=unreadable).send(target("https://x.example/", to_private=False), {}, b"{}").error == "no-address"
    )


def test_a_claim_holds_longer_than_any_delivery_takes() -> None:
    assert timedelta(seconds=1.5 * WITHIN_S) <= CLAIMED_FOR


def test_a_connection_that_is_made_after_the_time_is_over_is_not_used(
    inbox: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The watch finds no connection to cut off when it is still being made."""
    connect = socket.create_connection

    def late(address: tuple[str, int], timeout: float) -> socket.socket:
        threading.Event().wait(1.0)
        return connect(address, timeout=timeout)

    monkeypatch.setattr(socket, "create_connection", late)
    sent = Sender(to_private=True, whole_s=0.1).send(target(inbox.url, to_private=True), {}, b"{}")
    assert sent.error == "time-out"
    assert inbox.got == []
