"""URL-safe Base41: bytes as characters that a QR code holds in alphanumeric mode and a URL path holds as they are.

Two bytes make three characters, a last single byte makes two; big-endian. The QR's alphanumeric set has 45
characters; four of them mean something in a URL (space % + /).

>>> encode(b"code"), decode(encode(b"code"))
('F5ZFBZ', b'code')
"""

import struct
from functools import cache

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*-.:"
_VALUE = {ch: v for v, ch in enumerate(ALPHABET)}


class NotBase41(ValueError):
    """The text is not what `encode` writes for any bytes."""


@cache
def _groups() -> tuple[str, ...]:
    """The three characters of every two bytes: a look-up takes a tenth of the divisions (4 MB, made once)."""
    pairs = [high + low for high in ALPHABET for low in ALPHABET]
    return tuple(high + pair for high in ALPHABET for pair in pairs)[: 1 << 16]


def encode(raw: bytes) -> str:
    groups = _groups()
    text = "".join([groups[value] for value in struct.unpack(f">{len(raw) // 2}H", raw[: len(raw) // 2 * 2])])
    if len(raw) % 2:
        high, low = divmod(raw[-1], 41)
        text += ALPHABET[high] + ALPHABET[low]
    return text


def decode(text: str) -> bytes:
    """Raises: NotBase41, also for a group whose value no bytes have, so that each value has one spelling."""
    out = bytearray()
    for at in range(0, len(text), 3):
        group = text[at : at + 3]
        try:
            value = 0
            for ch in group:
                value = value * 41 + _VALUE[ch]
        except KeyError as why:
            raise NotBase41(f"{why.args[0]!r} is not in the alphabet") from None
        width = len(group) - 1
        if width == 0 or value >= 256**width:
            raise NotBase41(f"{group!r} is no group")
        out += value.to_bytes(width, "big")
    return bytes(out)
