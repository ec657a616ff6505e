"""To which IP addresses something may be sent: those of the public internet, and no other.

A laboratory chooses the address, this node connects: without this it would look into its own network for a stranger
(SSRF). Names are not judged, only what they lead to, at the moment of connecting.
"""

import ipaddress

_NOT_PUBLIC_4 = [ipaddress.IPv4Network(n) for n in (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
    "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    "168.63.129.16/32",  # Azure's machine agent: a public number that answers inside
)]  # fmt: skip
"""IANA special-purpose registry (RFC 6890 and after), multicast, reserved. 100.64/10 holds Alibaba's metadata as well."""
_PUBLIC_6 = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_6 = [ipaddress.IPv6Network(n) for n in (
    "2001::/23",  # Teredo and other protocols' own
    "2001:db8::/32", "3fff::/20",  # documentation
    "2002::/16",  # 6to4: holds any IPv4 address
    "2620:4f:8000::/48",
)]  # fmt: skip


def is_public(text: str) -> bool:
    """Whether an IP address, as a resolver gives it, is one of the public internet.

    >>> [is_public(a) for a in ("8.8.8.8", "127.0.0.1", "::ffff:8.8.8.8", "fe80::1%eth0", "2400:3200::1")]
    [True, False, False, False, True]
    """
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    # All that holds an IPv4 address (mapped, compatible, NAT64), is local or multicast lies outside of 2000::/3.
    return address in _PUBLIC_6 and not any(address in network for network in _NOT_PUBLIC_6)
