"""Proof of work in the place of a captcha: the sender's machine does it, no person is asked to see or solve anything.

The server gives a signed challenge. The machine finds, for each of its parts, a number with which a hash begins with so many
zero bits; the server looks at one hash a part. Many small parts take a steadier time than a large one, and show how far it is.

    hash = SHA-256( SHA-256(challenge) ‖ part, 4 bytes ‖ number, 4 bytes ), big-endian

The same text serves as the token of a form that is sent without work: `signed` looks at everything but the solution.

>>> from datetime import UTC, datetime
>>> at, challenges = datetime(2026, 5, 18, tzinfo=UTC), Challenges(b"secret of the node", "example", bits=6, parts=2)
>>> challenge = challenges.new(at)
>>> challenges.solved(challenge, solve(challenge), at) == challenges.signed(challenge, at)
True
"""

import hmac
import re
import secrets
import threading
from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Literal, NamedTuple

BITS, PARTS = 16, 16
"""16 × 2¹⁶ hashes on average: half a second of a desk's core in JavaScript, and some four times as much of a phone's."""
LIFE = timedelta(minutes=10)
FORM_LIFE = timedelta(hours=12)
MOST_LONG = 300
"""Characters of a challenge or of a solution that is looked at."""
_FORM = re.compile(
    r"([a-z]{1,20})\.([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{1,12})\.([0-9a-f]{32})\.([0-9a-f]{64})", re.ASCII
)
_SOLUTION = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,10})*", re.ASCII)
WorkWrong = Literal["malformed", "foreign", "expired", "unsolved", "replayed"]


class WorkRefused(Exception):
    """`why`: malformed, foreign (not ours, or for another purpose), expired, unsolved, replayed. A new challenge mends each."""

    def __init__(self, why: WorkWrong) -> None:
        super().__init__(why)
        self.why: WorkWrong = why


class _Given(NamedTuple):
    bits: int
    parts: int
    at: datetime


class Challenges:
    """Of one purpose, under a secret of the node. Safe to use from several threads."""

    def __init__(
        self, secret: bytes, purpose: str, *, bits: int = BITS, parts: int = PARTS, most_spent: int = 100_000
    ) -> None:
        self._secret, self._purpose, self._bits, self._parts = secret, purpose, bits, parts
        self._spent: OrderedDict[bytes, None] = OrderedDict()
        self._most_spent = most_spent
        self._lock = threading.Lock()

    def new(self, at: datetime) -> str:
        """`purpose.bits.parts.seconds.nonce.mac`; ASCII."""
        text = f"{self._purpose}.{self._bits}.{self._parts}.{int(at.timestamp())}.{secrets.token_hex(16)}"
        return f"{text}.{self._mac(text)}"

    def signed(self, challenge: str, at: datetime, life: timedelta = FORM_LIFE) -> bytes:
        """Digest of the challenge, by which whoever keeps it can tell that it came before.

        Raises: WorkRefused, but for `unsolved`.
        """
        self._given(challenge, at, life)
        return digest(challenge)

    def solved(self, challenge: str, solution: str, at: datetime, life: timedelta = LIFE) -> bytes:
        """As `signed`, with its work done. Raises: WorkRefused."""
        given = self._given(challenge, at, life)
        numbers = solution.split(".") if _SOLUTION.fullmatch(solution[: MOST_LONG + 1]) else []
        if len(numbers) != given.parts:
            raise WorkRefused("unsolved")
        key = digest(challenge)
        for part, number in enumerate(map(int, numbers)):
            if number >= 1 << 32 or not _is_solved(key, part, number, given.bits):
                raise WorkRefused("unsolved")
        return key

    def spend(self, key: bytes) -> None:
        """No more is heard of this challenge in this process; for attempts that cost something and left nothing behind.

        What is kept under a unique index needs it not. The oldest are forgotten when there are too many.
        """
        with self._lock:
            self._spent[key] = None
            while len(self._spent) > self._most_spent:
                self._spent.popitem(last=False)

    def _given(self, challenge: str, at: datetime, life: timedelta) -> _Given:
        form = _FORM.fullmatch(challenge) if len(challenge) <= MOST_LONG else None
        if form is None:
            raise WorkRefused("malformed")
        if not hmac.compare_digest(self._mac(challenge.rpartition(".")[0]), form[6]) or form[1] != self._purpose:
            raise WorkRefused("foreign")
        given = _Given(int(form[2]), int(form[3]), datetime.fromtimestamp(int(form[4]), UTC))
        if at - given.at > life:
            raise WorkRefused("expired")
        with self._lock:
            if digest(challenge) in self._spent:
                raise WorkRefused("replayed")
        return given

    def _mac(self, text: str) -> str:
        return hmac.new(self._secret, text.encode(), "sha256").hexdigest()


def digest(challenge: str) -> bytes:
    return sha256(challenge.encode()).digest()


def solve(challenge: str) -> str:
    """As a browser does it; for programs and tests."""
    bits, parts = map(int, challenge.split(".")[1:3])
    key = digest(challenge)
    found = (next(n for n in range(1 << 32) if _is_solved(key, part, n, bits)) for part in range(parts))
    return ".".join(map(str, found))


def _is_solved(key: bytes, part: int, number: int, bits: int) -> bool:
    hashed = sha256(key + part.to_bytes(4, "big") + number.to_bytes(4, "big")).digest()
    return int.from_bytes(hashed[:8], "big") >> (64 - bits) == 0
