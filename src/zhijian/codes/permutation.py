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

Blocks = Callable[[bytes], bytes]
"""A block cipher over as many blocks as there are."""
ROUNDS = 10
_BLOCK = (1 << 128) - 1


class Ff1:
    """FF1 over numerals of one radix and one length, without a tweak or with one."""

    def __init__(
        self, key: bytes, radix: int, length: int, tweak: bytes = b"", cipher: Literal["SM4", "AES"] = "SM4"
    ) -> None:
        algorithm = algorithms.SM4(key) if cipher == "SM4" else algorithms.AES(key)
        # ECB over whole blocks is the bare cipher that FF1 is built of. Each call makes an encryptor of its own: one
        # cannot serve two threads at once.
        self._cipher = Cipher(algorithm, modes.ECB())  # noqa: S305
        self.radix, self.length = radix, length
        self._u = length // 2
        self._v = length - self._u
        self._b = math.ceil(math.ceil(self._v * math.log2(radix)) / 8)
        self._d = 4 * math.ceil(self._b / 4) + 4
        head = bytes([1, 2, 1]) + radix.to_bytes(3, "big") + bytes([10, self._u % 256])
        start = self._encryptor()(head + length.to_bytes(4, "big") + len(tweak).to_bytes(4, "big"))
        self._start = int.from_bytes(start, "big")
        padded = tweak + bytes((-len(tweak) - self._b - 1) % 16)
        self._tweak = int.from_bytes(padded, "big")
        self._q_blocks = (len(padded) + 1 + self._b) // 16
        self._moduli = (radix**self._u, radix**self._v)

    def encrypt(self, lefts: list[int], rights: list[int]) -> tuple[list[int], list[int]]:
        """Halves as numbers: of the first ⌊n/2⌋ numerals, and of the rest. Many at once: each round asks the cipher once
        for all of them, which takes a third of the time."""
        cipher = self._encryptor()
        for i in range(ROUNDS):
            modulus = self._moduli[i % 2]
            lefts, rights = (
                rights,
                [(a + y) % modulus for a, y in zip(lefts, self._round(cipher, i, rights), strict=True)],
            )
        return lefts, rights

    def decrypt(self, lefts: list[int], rights: list[int]) -> tuple[list[int], list[int]]:
        cipher = self._encryptor()
        for i in reversed(range(ROUNDS)):
            modulus = self._moduli[i % 2]
            lefts, rights = (
                [(b - y) % modulus for b, y in zip(rights, self._round(cipher, i, lefts), strict=True)],
                lefts,
            )
        return lefts, rights

    def numerals(self, digits: Sequence[int], *, decrypt: bool = False) -> list[int]:
        """The whole string of numerals, as the standard's vectors give it."""
        halves = [self._value(digits[: self._u])], [self._value(digits[self._u :])]
        (left,), (right,) = self.decrypt(*halves) if decrypt else self.encrypt(*halves)
        return self._digits(left, self._u) + self._digits(right, self._v)

    def _round(self, cipher: Blocks, i: int, halves: list[int]) -> list[int]:
        """The round's function of every half, as numbers of d bytes."""
        numbered = self._tweak << 8 | i
        qs = [numbered << 8 * self._b | half for half in halves]
        chained = [self._start] * len(qs)
        for at in reversed(range(self._q_blocks)):
            chained = _each(cipher, [r ^ (q >> 128 * at & _BLOCK) for r, q in zip(chained, qs, strict=True)])
        longer, blocks = chained, math.ceil(self._d / 16)
        for j in range(1, blocks):
            longer = [s << 128 | more for s, more in zip(longer, _each(cipher, [r ^ j for r in chained]), strict=True)]
        return [s >> 8 * (16 * blocks - self._d) for s in longer]

    def _encryptor(self) -> Blocks:
        return self._cipher.encryptor().update

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
        return self.serials(range(counter, counter + 1))[0]

    def serials(self, counters: Sequence[int]) -> list[int]:
        """Of many counters at once."""
        lefts, rights = self._ff1.encrypt([c // self.HALF for c in counters], [c % self.HALF for c in counters])
        return [left * self.HALF + right for left, right in zip(lefts, rights, strict=True)]

    def inverse(self, serial: int) -> int:
        left, right = divmod(serial, self.HALF)
        (left,), (right,) = self._ff1.decrypt([left], [right])
        return left * self.HALF + right


def _each(cipher: Blocks, values: list[int]) -> list[int]:
    found = cipher(b"".join([value.to_bytes(16, "big") for value in values]))
    return [int.from_bytes(found[at : at + 16], "big") for at in range(0, len(found), 16)]
