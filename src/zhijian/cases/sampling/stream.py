"""Chance out of a seed: every number and every order is a SHA-256 that anybody can compute again. Pure.

`SHA-256(seed "/" label …)`, UTF-8, see docs/reference/draw.md. Nothing is consumed in turn, so no step hangs on another.
"""

from collections.abc import Iterable
from hashlib import sha256

_WHOLE = 1 << 256


def hexadecimal(text: str) -> str:
    """SHA-256 of a text's UTF-8."""
    return sha256(text.encode()).hexdigest()


def in_order(seed: str, label: str, names: Iterable[str]) -> list[str]:
    """The names in a random order: by the digest of each.

    >>> sorted(in_order("s", "a", "xyz")) == ["x", "y", "z"]
    True
    """
    return sorted(names, key=lambda name: hexadecimal(f"{seed}/{label}/{name}"))


def below(seed: str, label: str, limit: int) -> int:
    """A whole number from 0 to `limit` - 1, each equally likely: what would favour the small ones is thrown again.

    >>> [below("s", str(n), 3) for n in range(8)]
    [1, 2, 2, 1, 2, 1, 2, 1]
    """
    if not 0 < limit <= _WHOLE:
        raise ValueError(limit)
    fair, turn = _WHOLE - _WHOLE % limit, 0
    while (value := int(hexadecimal(f"{seed}/{label}/{turn}"), 16)) >= fair:
        turn += 1
    return value % limit
