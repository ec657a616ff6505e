"""The log's side of C2SP tlog-witness: ask witnesses for their cosignatures, all at one time, and wait for none too long."""

import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from zhijian.codes.log.add_checkpoint import Answered, Asked
from zhijian.codes.log.checkpoint import SignedCheckpoint
from zhijian.codes.log.errors import LogError, LogMalformed, LogRefused
from zhijian.codes.log.key import Verifier
from zhijian.codes.log.note import Note

Ask = Callable[[bytes], Answered]
"""Carries a body to one witness, and its answer back. Raises OSError when it cannot."""
Consistency = Callable[[int], Sequence[bytes]]
"""Size → the path from it to the checkpoint's."""
WAIT_S = 2.0
GRACE_S = 0.25
"""How long the others are waited for once the quorum has answered."""
RETRY_FIRST, RETRY_MAX = timedelta(seconds=0.5), timedelta(seconds=30)
ANSWER_BYTES_MAX = 1 << 14
AHEAD = "witness-ahead"
"""The witness has seen a larger log under this name: ours was put back to an older day."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A witness that did not cosign, for the operator to read."""

    witness: str
    why: str
    detail: str


@dataclass(slots=True)
class _Patience:
    """Of one witness towards one log: when to ask again after it failed."""

    failures: int = 0
    since: datetime | None = None
    until: datetime | None = None

    def failed(self, at: datetime) -> None:
        wait = min(RETRY_FIRST * 2 ** min(self.failures, 10), RETRY_MAX)
        self.failures, self.since, self.until = self.failures + 1, at, at + wait

    def over(self, at: datetime) -> bool:
        # A clock that was put back must not make the wait longer.
        return self.until is None or self.since is None or not self.since <= at < self.until


@dataclass(slots=True)
class Cosigner:
    """One witness as the log knows it."""

    verifier: Verifier
    ask: Ask | None
    """None: nobody said where it listens."""
    known: dict[str, int] = field(default_factory=dict)
    """Origin → the size it has cosigned last, as far as it told us."""
    patience: dict[str, _Patience] = field(default_factory=dict)
    busy: bool = False
    """A call is under way; it is not asked a second time beside it."""

    def towards(self, origin: str) -> _Patience:
        return self.patience.setdefault(origin, _Patience())

    def cosign(self, signed: SignedCheckpoint, guess: int, consistency: Consistency) -> bytes:
        """Its line over `signed`, verified. `guess` is the size it may have, when it never said.

        Raises OSError, LogMalformed, or LogRefused: witness-ahead (it has seen a larger log under this name),
        witness-forked (another root of this size), witness-status, unsigned, signature.
        """
        if self.ask is None:
            raise LogRefused("witness-unknown-address", self.verifier.name)
        head, old = signed.checkpoint, self.known.get(signed.checkpoint.origin, guess)
        for _ in range(3):
            if old > head.size:
                raise LogRefused(AHEAD, (old, head.size))
            answer = self.ask(Asked(old, tuple(consistency(old)), signed.raw).body())
            if answer.status == 200:
                line = self._line(signed, answer.body)
                self.known[head.origin] = head.size
                return line
            if answer.status != 409:
                raise LogRefused("witness-status", (answer.status, answer.body[:200].decode(errors="replace").strip()))
            if (stated := answer.known_size()) == old == head.size:
                raise LogRefused("witness-forked", old)
            old = self.known[head.origin] = stated
        raise LogRefused("witness-status", 409)

    def _line(self, signed: SignedCheckpoint, lines: bytes) -> bytes:
        """This witness's line out of its answer; lines of keys that are not asked for are passed over."""
        if len(lines) > ANSWER_BYTES_MAX:
            raise LogMalformed("witness-answer", len(lines))
        note = Note.parse(signed.raw + lines)
        if note.text != signed.checkpoint.text():
            raise LogMalformed("witness-answer", lines[:200])
        note.verify([self.verifier])
        return note.only([self.verifier]).removeprefix(note.text + b"\n")


@dataclass(frozen=True, slots=True)
class _Came:
    """What came of asking one witness about one signed text."""

    cosigner: Cosigner
    signed: SignedCheckpoint
    found: bytes | Exception


class Cosigning:
    """All witnesses of a policy. Used by one thread; each question has a thread of its own."""

    def __init__(self, quorum: int, cosigners: Sequence[Cosigner]) -> None:
        self.quorum, self.cosigners = quorum, tuple(cosigners)
        self._held: dict[str, tuple[bytes, dict[str, bytes]]] = {}
        """Origin → signed text, and by vkey the lines that are there for it already."""
        self._came: queue.SimpleQueue[_Came] = queue.SimpleQueue()
        """Of this turn, and of those before whose end was not waited for."""

    def lines(
        self, signed: SignedCheckpoint, published: SignedCheckpoint | None, consistency: Consistency, at: datetime
    ) -> tuple[Mapping[str, bytes], list[Refusal]]:
        """Lines by vkey over the newest signed checkpoint, old and new, and who refused. Raises nothing.

        Nobody is asked when the quorum cannot be reached anyway, because too many were asked and failed a moment ago:
        so a turn costs nothing until one of them is due again.
        """
        held = self._held_for(signed, published)
        refusals = self._take(at)
        origin = signed.checkpoint.origin
        asked = [one for one in self.cosigners if one.verifier.vkey() not in held and not one.busy
                 and one.towards(origin).over(at)]  # fmt: skip
        if not asked or len(held) + len(asked) < self.quorum:
            return held, refusals
        guess = published.checkpoint.size if published else 0
        for one in asked:
            one.busy = True
            threading.Thread(target=self._ask, args=(one, signed, guess, consistency), daemon=True).start()
        end = time.monotonic() + WAIT_S
        while any(one.busy for one in asked) and (left := end - time.monotonic()) > 0:
            refusals += self._take(at, left)
            if len(held) >= self.quorum:
                end = min(end, time.monotonic() + GRACE_S)
        refusals += self._take(at)
        if len(held) < self.quorum:
            refusals += [
                Refusal(one.verifier.name, "witness-late", f"no answer within {WAIT_S} s") for one in asked if one.busy
            ]
        return held, refusals

    def _held_for(self, signed: SignedCheckpoint, published: SignedCheckpoint | None) -> dict[str, bytes]:
        text = signed.checkpoint.text()
        kept = self._held.get(signed.checkpoint.origin)
        if kept is None or kept[0] != text:
            kept = self._held[signed.checkpoint.origin] = (text, {})
            if published and published.checkpoint == signed.checkpoint:
                kept[1].update(_lines_of(published.raw, [one.verifier for one in self.cosigners]))
        return kept[1]

    def _ask(self, one: Cosigner, signed: SignedCheckpoint, guess: int, consistency: Consistency) -> None:
        try:
            found: bytes | Exception = one.cosign(signed, guess, consistency)
        except Exception as why:  # whatever goes wrong with a witness must not stop the log
            found = why
        self._came.put(_Came(one, signed, found))

    def _take(self, at: datetime, wait_s: float = 0.0) -> list[Refusal]:
        """Put down what has come, waiting for the first of it; the refusals among it."""
        refusals = []
        try:
            came = self._came.get(timeout=wait_s) if wait_s else self._came.get_nowait()
            while True:
                refusals += self._put_down(came, at)
                came = self._came.get_nowait()
        except queue.Empty:
            return refusals

    def _put_down(self, came: _Came, at: datetime) -> list[Refusal]:
        one, origin, found = came.cosigner, came.signed.checkpoint.origin, came.found
        one.busy = False
        if isinstance(found, bytes):
            one.patience.pop(origin, None)
            text, held = self._held.get(origin, (b"", {}))
            if text == came.signed.checkpoint.text():
                held[one.verifier.vkey()] = found
            return []
        one.towards(origin).failed(at)
        why = found.why if isinstance(found, LogError) else "witness-unreachable"
        return [Refusal(one.verifier.name, why, f"{type(found).__name__} {found}"[:300])]


def _lines_of(raw: bytes, verifiers: Sequence[Verifier]) -> dict[str, bytes]:
    """Those lines of a published checkpoint that verify, by vkey."""
    note, found = Note.parse(raw), {}
    for verifier in verifiers:
        try:
            note.verify([verifier])
        except LogRefused:
            continue
        found[verifier.vkey()] = note.only([verifier]).removeprefix(note.text + b"\n")
    return found
