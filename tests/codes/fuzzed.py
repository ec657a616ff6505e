"""Real inputs spoilt as an attacker or a bad disk spoils them, and what a parser may do with each: read it or refuse it."""

import random
import time
import tracemalloc
from collections.abc import Callable, Iterator

SECONDS, BYTES = 20.0, 400 << 20
"""For one spoilt input on a slow machine, whatever its bytes say of their own size."""
INTERESTING = (0, 1, 0x7F, 0x80, 0xFF, 0x20, 0x0A)


def spoilt(samples: list[bytes], count: int, seed: int) -> Iterator[bytes]:
    """`count` variants: bits flipped, bytes changed, pieces cut, doubled, moved, exchanged with those of another sample."""
    chance = random.Random(seed)
    for _ in range(count):
        raw = bytearray(chance.choice(samples))
        for _ in range(chance.choice((1, 1, 1, 2, 5, 30))):
            if raw:
                chance.choice(_WAYS)(raw, chance, samples)
        yield bytes(raw)


def _flip(raw: bytearray, chance: random.Random, _: list[bytes]) -> None:
    raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)


def _change(raw: bytearray, chance: random.Random, _: list[bytes]) -> None:
    raw[chance.randrange(len(raw))] = chance.choice(INTERESTING)


def _digit(raw: bytearray, chance: random.Random, _: list[bytes]) -> None:
    """Lengths, offsets and counts are written in digits in most of these formats."""
    places = [i for i, byte in enumerate(raw[:200_000]) if 0x30 <= byte <= 0x39]
    if places:
        at = chance.choice(places)
        raw[at : at + 1] = chance.choice((b"0", b"9", b"99999999", b"-1", b"2147483648"))


def _cut(raw: bytearray, chance: random.Random, _: list[bytes]) -> None:
    at = chance.randrange(len(raw))
    del raw[at : at + chance.choice((1, 4, 100, len(raw)))]


def _double(raw: bytearray, chance: random.Random, _: list[bytes]) -> None:
    at, length = chance.randrange(len(raw)), chance.choice((1, 16, 400))
    raw[at:at] = raw[at : at + length] * chance.choice((1, 3, 20))


def _exchange(raw: bytearray, chance: random.Random, samples: list[bytes]) -> None:
    other, length = chance.choice(samples), chance.choice((2, 30, 500))
    start = chance.randrange(max(1, len(other)))
    at = chance.randrange(len(raw))
    raw[at : at + length] = other[start : start + length]


_WAYS = (_flip, _flip, _change, _digit, _cut, _double, _exchange)


def survives(read: Callable[[bytes], object], inputs: Iterator[bytes], refusals: tuple[type[Exception], ...]) -> int:
    """How many were read; whatever else than reading and refusing happens is an AssertionError with the input in it."""
    taken = 0
    tracemalloc.start()
    try:
        for raw in inputs:
            tracemalloc.reset_peak()
            started = time.process_time()
            try:
                read(raw)
                taken += 1
            except refusals:
                pass
            except Exception as why:  # anything else is what is looked for
                raise AssertionError(f"{type(why).__name__}: {why}\n{raw.hex()[:4000]}") from why
            took, peak = time.process_time() - started, tracemalloc.get_traced_memory()[1]
            assert took < SECONDS, f"{took:.1f} s\n{raw.hex()[:4000]}"
            assert peak < BYTES, f"{peak >> 20} MB\n{raw.hex()[:4000]}"
    finally:
        tracemalloc.stop()
    return taken
