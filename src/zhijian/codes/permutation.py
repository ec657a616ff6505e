"""FF1 format-preserving encryption (NIST SP 800-38G, 2016, algorithm 7 and 8): a counter in, a serial out.

A keyed permutation has no collisions, needs no network, and hides how many reports an institution issues. The block
cipher is SM4 (GB/T 32907) by default; AES is there for NIST's own vectors.

>>> permute = Permutation(bytes(16))
>>> permute.inverse(permute.serial(41)), permute.serial(41) == permute.serial(42)
(41, False)
"""

import math
from collections.abc import Callable, Sequence
from typing import Literal

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

ROUNDS = 10


class Ff1:
    """FF1 over numerals of one radix and one length, without a tweak or with one."""

    def __init__(
        self, key: bytes, radix: int, length: int, tweak: bytes = b"", cipher: Literal["SM4", "AES"] = "SM4"
    ) -> None:
        algorithm = algorithms.SM4(key) if cipher == "SM4" else algorithms.AES(key)
        # ECB over single blocks is the bare cipher that FF1 is built of; the encryptor has no state between blocks.
        self._block: Callable[[bytes], bytes] = Cipher(algorithm, modes.ECB()).encryptor().update  # noqa: S305
        self.radix, self.length = radix, length
        self._u = length // 2
        self._v = length - self._u
        self._b = math.ceil(math.ceil(self._v * math.log2(radix)) / 8)
        self._d = 4 * math.ceil(self._b / 4) + 4
        head = bytes([1, 2, 1]) + radix.to_bytes(3, "big") + bytes([10, self._u % 256])
        self._start = self._block(head + length.to_bytes(4, "big") + len(tweak).to_bytes(4, "big"))
        self._tweak = tweak + bytes((-len(tweak) - self._b - 1) % 16)
        self._moduli = (radix**self._u, radix**self._v)

    def encrypt(self, left: int, right: int) -> tuple[int, int]:
        """Halves as numbers: `left` of the first ⌊n/2⌋ numerals, `right` of the rest."""
        for i in range(ROUNDS):
            left, right = right, (left + self._round(i, right)) % self._moduli[i % 2]
        return left, right

    def decrypt(self, left: int, right: int) -> tuple[int, int]:
        for i in reversed(range(ROUNDS)):
            left, right = (right - self._round(i, left)) % self._moduli[i % 2], left
        return left, right

    def numerals(self, digits: Sequence[int], *, decrypt: bool = False) -> list[int]:
        """The whole string of numerals, as the standard's vectors give it."""
        halves = self._value(digits[: self._u]), self._value(digits[self._u :])
        left, right = self.decrypt(*halves) if decrypt else self.encrypt(*halves)
        return self._digits(left, self._u) + self._digits(right, self._v)

    def _round(self, i: int, half: int) -> int:
        q = self._tweak + bytes([i]) + half.to_bytes(self._b, "big")
        r = self._start
        for at in range(0, len(q), 16):
            r = self._block(_xor(r, q[at : at + 16]))
        s = r
        for j in range(1, math.ceil(self._d / 16)):
            s += self._block(_xor(r, j.to_bytes(16, "big")))
        return int.from_bytes(s[: self._d], "big")

    def _value(self, digits: Sequence[int]) -> int:
        value = 0
        for digit in digits:
            value = value * self.radix + digit
        return value

    def _digits(self, value: int, width: int) -> list[int]:
        out = []
        for _ in range(width):
            value, digit = divmod(value, self.radix)
            out.append(digit)
        return out[::-1]


class Permutation:
    """Counter ↔ serial of one institution in one year: FF1 over eight symbols of radix 31."""

    HALF = 31**4

    def __init__(self, key: bytes) -> None:
        self._ff1 = Ff1(key, 31, 8)

    def serial(self, counter: int) -> int:
        """`counter` in 0 … 31⁸ − 1."""
        left, right = self._ff1.encrypt(*divmod(counter, self.HALF))
        return left * self.HALF + right

    def inverse(self, serial: int) -> int:
        left, right = self._ff1.decrypt(*divmod(serial, self.HALF))
        return left * self.HALF + right


def _xor(a: bytes, b: bytes) -> bytes:
    return (int.from_bytes(a, "big") ^ int.from_bytes(b, "big")).to_bytes(16, "big")
