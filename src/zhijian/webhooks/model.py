"""The words of the room: a webhook, its states, and what an address may be."""

import ipaddress
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

WEBHOOKS_MAX = 5
"""Of one institution at a time."""
CREATED_MAX = 20
"""Of one institution in a day, deleted ones included: each sends a first ping to an address of its choice."""
PINGS_EVERY = timedelta(seconds=30)
BATCH = 100
"""Events in one delivery."""
BOTH_SECRETS = timedelta(hours=24)
"""For how long deliveries are signed with the former secret as well."""
URL_MAX = 500
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*", re.I)


class State(StrEnum):
    UNPROVEN = "unproven"
    """Its receiver has not answered the challenge yet."""
    ACTIVE = "active"
    PAUSED = "paused"
    """Nothing is sent until somebody resumes it; the events stay in the log."""
    DELETED = "deleted"


class WebhooksError(Exception):
    """Base of the room. `why` is a stable key, `value` the offending value."""

    why = "webhooks"

    def __init__(self, value: str = "", message: str = "") -> None:
        super().__init__(message or f"{self.why}: {value!r}")
        self.value = value


class UrlRefused(WebhooksError):
    """Nothing is sent to such an address. `message` says why."""

    why = "webhook-url"


class WebhookUnknown(WebhooksError):
    """Not there, or not the caller's."""

    why = "webhook-unknown"


class TooMany(WebhooksError):
    """The institution has as many as it may have, or made as many as it may make in a day."""

    why = "webhooks-too-many"


class TooSoon(WebhooksError):
    """A ping was sent a moment ago."""

    why = "webhook-too-soon"


class NotPaused(WebhooksError):
    """Only a paused webhook can be resumed."""

    why = "webhook-not-paused"


class IsPaused(WebhooksError):
    """A paused webhook sends nothing, no ping either."""

    why = "webhook-paused"


class JustRotated(WebhooksError):
    """The secret before the last one is still good: a second rotation would end it early."""

    why = "webhook-just-rotated"


@dataclass(frozen=True, slots=True)
class Webhook:
    """`position` is the cursor up to which events were delivered. `attempts` counts failures in a row."""

    id: str
    uscc: str
    url: str
    types: tuple[str, ...]
    state: State
    generation: int
    rotated_at: datetime | None
    created_at: datetime
    position: str
    attempts: int
    next_attempt_at: datetime | None
    last_at: datetime | None
    last_status: int | None
    last_error: str | None
    paused_reason: str | None

    @property
    def shown_state(self) -> str:
        """As people see it: an active one that fails is `failing`."""
        return "failing" if self.state is State.ACTIVE and self.attempts else self.state.value


@dataclass(frozen=True, slots=True)
class Target:
    """Where a delivery goes, taken apart."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def is_for_all(self) -> bool:
        """Whether scheme and port are among those that every node sends to."""
        return self.scheme == "https" and (self.port == 443 or self.port >= 1024)

    @property
    def netloc(self) -> str:
        """As the Host header says it."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return shown if self.port == {"https": 443, "http": 80}[self.scheme] else f"{shown}:{self.port}"


def target(url: str, *, to_private: bool) -> Target:
    """`url` as an address that something may be sent to, by its form alone; what its name leads to is checked when it is
    connected to.

    Raises: UrlRefused.

    >>> target("https://lims.example:8443/in?k=1", to_private=False)
    Target(scheme='https', host='lims.example', port=8443, path='/in?k=1')
    """
    if len(url) > URL_MAX or not re.fullmatch(r"[!-~]+", url) or "\\" in url:
        raise UrlRefused(url[:80], f"1 to {URL_MAX} visible ASCII characters; write other names in punycode")
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    except ValueError:
        raise UrlRefused(url[:80], "not an address with a host and a port") from None
    if parts.scheme != "https" and not (to_private and parts.scheme == "http"):
        raise UrlRefused(url[:80], "only https")
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise UrlRefused("https://…@…", "no user and no password in the address")
    if parts.fragment or "#" in url:
        raise UrlRefused(url[:80], "no fragment (#)")
    if port != 443 and port < 1024 and not to_private:
        raise UrlRefused(url[:80], "port 443, or 1024 and above")
    host = (parts.hostname or "").removesuffix(".")  # the same host, counted and named to it as one
    if not is_literal(host) and not (_HOST.fullmatch(host) and len(host) <= 253):
        raise UrlRefused(url[:80], "the host is no name and no IP address")
    return Target(parts.scheme, host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
