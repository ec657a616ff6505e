"""Token buckets in memory, one for each client or code, of bounded number."""

from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address
from time import monotonic


class TokenBuckets:
    """`rate` tokens a second up to `burst`. When there are too many, the bucket not used for longest is forgotten:
    its owner starts afresh with a full one.

    >>> buckets = TokenBuckets(rate=1, burst=2, max_keys=10, timer=lambda: 0.0)
    >>> [buckets.take("198.51.100.7") for _ in range(3)]
    [0.0, 0.0, 1.0]
    """

    def __init__(self, rate: float, burst: int, max_keys: int, timer: Callable[[], float] = monotonic) -> None:
        self._rate, self._burst, self._max_keys, self._timer = rate, float(burst), max_keys, timer
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """Tokens, and when they were counted."""

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, key: str) -> float:
        """0.0 when a token was there; else the seconds until one is, and nothing is taken."""
        now = self._timer()
        bucket = self._buckets.get(key)
        if bucket is None:
            tokens = self._burst
            if len(self._buckets) >= self._max_keys:
                self._buckets.popitem(last=False)
        else:
            tokens = min(self._burst, bucket[0] + (now - bucket[1]) * self._rate)
            self._buckets.move_to_end(key)
        if tokens < 1.0:
            self._buckets[key] = (tokens, now)
            return (1.0 - tokens) / self._rate
        self._buckets[key] = (tokens - 1.0, now)
        return 0.0

    def give_back(self, key: str) -> None:
        bucket = self._buckets.get(key)
        if bucket is not None:
            self._buckets[key] = (min(self._burst, bucket[0] + 1.0), bucket[1])


class PairedLimit:
    """Two limits that must both allow: by client, and by a subject over all clients (a code; the door as a whole).

    A token is taken beforehand and given back when nothing is to be counted, such as a verifier that was right, so that
    many at once find the bucket empty just as many in a row do.
    """

    def __init__(self, clients: TokenBuckets, subjects: TokenBuckets) -> None:
        self._clients, self._subjects = clients, subjects

    def take(self, client: str, subject: str) -> float:
        wait_s = self._clients.take(client)
        if wait_s:
            return wait_s
        wait_s = self._subjects.take(subject)
        if wait_s:
            self._clients.give_back(client)
        return wait_s

    def give_back_to(self, client: str) -> None:
        """To the client alone: it is not to blame, and the subject was burdened all the same."""
        self._clients.give_back(client)

    def give_back(self, client: str, subject: str) -> None:
        self._clients.give_back(client)
        self._subjects.give_back(subject)


def client_key(address: str) -> str:
    """An IPv4 address, or the /64 of an IPv6 address: one household holds a whole /64.

    >>> client_key("2001:db8:0:7::1"), client_key("198.51.100.7")
    ('2001:db8:0:7::/64', '198.51.100.7')
    """
    if ":" not in address:
        return address
    try:
        whole = IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    if whole.ipv4_mapped:
        return str(whole.ipv4_mapped)
    return f"{IPv6Address(int(whole) >> 64 << 64)}/64"
