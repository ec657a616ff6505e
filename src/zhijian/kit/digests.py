"""Digests of a file by both algorithms by which institutions register files: SM3 and SHA-256."""

import hashlib
from dataclasses import dataclass
from typing import Self

from zhijian.kit.signing import sm3


@dataclass(frozen=True, slots=True)
class Digests:
    """Of `length` bytes.

    >>> Digests.of(b"abc").by("sm3")[:16]
    '66c7f0f462eeedd9'
    """

    length: int
    sm3: bytes
    sha256: bytes

    @classmethod
    def of(cls, raw: bytes) -> Self:
        return cls(len(raw), sm3(raw), hashlib.sha256(raw).digest())

    def by(self, algorithm: str) -> str:
        """Hexadecimal, by a name of the code list `digest_algorithm` that we write."""
        return {"sm3": self.sm3, "sha256": self.sha256}[algorithm].hex()
