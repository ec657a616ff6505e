"""One POST to an address that a laboratory chose, on the safe side of everything that it may answer.

The name is resolved here, each address it leads to is checked, and the connection goes to the very address that was
checked, under the name (SNI, certificate, Host): a name that leads elsewhere a moment later (DNS rebinding) changes
nothing. No redirect is followed, no proxy asked, no cookie kept, and little of the answer read.
"""

import contextlib
import http.client
import queue
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from zhijian.kit.post import whole_within
from zhijian.webhooks.address import is_public
from zhijian.webhooks.model import Target

CONNECT_S, WHOLE_S = 5.0, 15.0
RESOLVE_S = 10.0
WITHIN_S = RESOLVE_S + WHOLE_S + CONNECT_S
"""No delivery takes longer: a name, and all the rest, of which the last connection may begin just before its end."""
ANSWER_BYTES = 1024
ADDRESSES_TRIED = 3
Resolve = Callable[[str, int], Sequence[str]]
"""Host and port to IP addresses, as `getaddrinfo` orders them. Raises OSError."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of it: an HTTP `status`, or None with `error`, a stable key (see `ERRORS`)."""

    status: int | None
    error: str | None = None
    answer: bytes = b""
    """The beginning of the answer's body."""

    @property
    def accepted(self) -> bool:
        return self.error is None


ERRORS = {
    "not-https": ("只向 https 地址投递，端口 443 或 1024 以上", "only to https, port 443 or from 1024"),
    "no-address": ("域名解析不到地址", "the name leads to no address"),
    "not-public": ("地址不在公网", "the address is not on the public internet"),
    "not-connected": ("连接不上", "no connection"),
    "tls": ("TLS 证书或握手不对", "TLS: certificate or handshake is wrong"),
    "time-out": (f"{WHOLE_S:.0f} 秒内没有完整答复", f"no whole answer within {WHOLE_S:.0f} s"),
    "no-http": ("答复不是 HTTP，或中途断开", "the answer is no HTTP, or broke off"),
    "redirect": ("答复是重定向，不跟随", "a redirect, which is not followed"),
    "status": ("答复的状态不是 2xx", "the answer's status is not 2xx"),
    "gone": ("答复 410：不再接收", "410: no longer wanted"),
    "evidence-broken": (
        "平台的记录相互矛盾，已报警",
        "the platform's records contradict each other; its operator was told",
    ),
    "no-challenge": ("答复里没有 challenge 的值", "the answer does not repeat the challenge"),
}
"""What a receiver's owner is told, in both languages."""


def resolve(host: str, port: int) -> list[str]:
    """By the system's resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [*dict.fromkeys(str(one[4][0]) for one in found)]


def _resolved(resolve: Resolve, host: str, port: int, within_s: float) -> Sequence[str]:
    """As `resolve`, within a time: the system's resolver has none, and cannot be called off. It is left behind.

    Raises: OSError.
    """
    found: queue.SimpleQueue[Sequence[str] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found.put(resolve(host, port))
        except Exception as why:
            found.put(why)

    threading.Thread(target=ask, name="resolve", daemon=True).start()
    try:
        got = found.get(timeout=within_s)
    except queue.Empty:
        raise TimeoutError(host) from None
    if isinstance(got, UnicodeError):  # a name too long, or empty in the middle
        raise OSError(host) from got
    if isinstance(got, Exception):
        raise got
    return got


class Sender:
    """Safe to use from several threads: keeps nothing between calls."""

    def __init__(
        self, *, to_private: bool = False, resolve: Resolve = resolve, tls: ssl.SSLContext | None = None,
        connect_s: float = CONNECT_S, whole_s: float = WHOLE_S, resolve_s: float = RESOLVE_S,
    ) -> None:  # fmt: skip
        """`to_private` lets deliveries go into this machine's network: for demonstrations and tests."""
        self._to_private, self._resolve = to_private, resolve
        self._tls = tls
        self._connect_s, self._whole_s, self._resolve_s = connect_s, whole_s, resolve_s

    def send(self, target: Target, headers: dict[str, str], body: bytes) -> Sent:
        """Raises nothing that a receiver can cause."""
        if not self._to_private and not target.is_for_all:
            return Sent(None, "not-https")
        try:
            found = _resolved(self._resolve, target.host, target.port, self._resolve_s)
            addresses = found[:ADDRESSES_TRIED]
        except OSError:
            return Sent(None, "no-address")
        if not addresses:
            return Sent(None, "no-address")
        if not self._to_private and not all(is_public(address) for address in addresses):
            return Sent(None, "not-public")
        tls = (self._tls or _by_the_systems_roots()) if target.scheme == "https" else None
        connection = _Pinned(target, addresses, self._connect_s, tls)
        with whole_within(connection, self._whole_s) as late, contextlib.closing(connection):
            connection.late = late.is_set
            sent = self._exchange(connection, target, headers, body)
            return Sent(None, "time-out") if late.is_set() else sent

    def _exchange(self, connection: "_Pinned", target: Target, headers: dict[str, str], body: bytes) -> Sent:
        try:
            connection.connect()
        except ssl.SSLError:
            return Sent(None, "tls")
        except OSError:
            return Sent(None, "not-connected")
        try:
            connection.request("POST", target.path, body, headers | {"Host": target.netloc})
            answer = connection.getresponse()
            return _judged(answer.status, answer.read(ANSWER_BYTES))
        except TimeoutError:
            return Sent(None, "time-out")
        except (OSError, http.client.HTTPException, ValueError):
            return Sent(None, "no-http")


@cache
def _by_the_systems_roots() -> ssl.SSLContext:
    # Not before the first delivery: reading the certificates takes longer than most commands do.
    return ssl.create_default_context()


def _judged(status: int, answer: bytes) -> Sent:
    if 200 <= status < 300:
        return Sent(status, None, answer)
    return Sent(status, "redirect" if 300 <= status < 400 else "gone" if status == 410 else "status", answer)


class _Pinned(http.client.HTTPConnection):
    """A connection to addresses that were checked, under the name they were found by."""

    def __init__(self, target: Target, addresses: Sequence[str], connect_s: float, tls: ssl.SSLContext | None) -> None:
        super().__init__(target.host, target.port)
        self._addresses, self._connect_s, self._tls = addresses, connect_s, tls
        self.late: Callable[[], bool] = lambda: False

    def connect(self) -> None:
        why: OSError = OSError("no address")
        for address in self._addresses:
            try:
                # An address, not a name: nothing is resolved a second time.
                self.sock = socket.create_connection((address, self.port), timeout=self._connect_s)
                if self.late():  # the watch found nothing to cut off
                    raise TimeoutError
                break
            except OSError as error:
                why = error
                if self.late():
                    raise
        else:
            raise why
        self.sock.settimeout(WHOLE_S)
        if self._tls is not None:
            # Kept before the handshake, so that a receiver who lingers in it can be cut off.
            self.sock = self._tls.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock.do_handshake()
