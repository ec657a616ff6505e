"""The log's side: what witnesses answer, or fail to, and when they are asked again."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tests.codes.log.log_samples import AT, SIGNER
from tests.codes.log.witness_samples import FORKED, LOG, Grown, quorum_of, witness

from zhijian.codes.log import Answered, Ask, LogError, Witness, verify_checkpoint
from zhijian.codes.log.checkpoint import Checkpoint, SignedCheckpoint
from zhijian.codes.log.cosigning import RETRY_FIRST, RETRY_MAX, Cosigner, Cosigning
from zhijian.codes.log.errors import LogRefused
from zhijian.codes.log.note import Note


def signed(size: int, log: Grown = LOG) -> SignedCheckpoint:
    raw = log.checkpoint(size)
    return SignedCheckpoint(Checkpoint.parse(Note.parse(raw).text), raw, ())


def asks(of: Witness) -> Ask:
    return lambda body: of.add_checkpoint(body, AT)


def cosign(one: Cosigner, size: int, guess: int = 0, log: Grown = LOG) -> bytes:
    return one.cosign(signed(size, log), guess, lambda old: log.proof(old, size))


class Counting:
    """A way to a witness that counts, and can be broken and mended."""

    def __init__(self, of: Witness) -> None:
        self.witness, self.asked, self.broken = of, 0, False

    def __call__(self, body: bytes) -> Answered:
        self.asked += 1
        if self.broken:
            raise ConnectionRefusedError("nobody there")
        return self.witness.add_checkpoint(body, AT)


@pytest.fixture
def found(tmp_path: Path) -> list[Witness]:
    return [witness(tmp_path / f"w{n}", f"witness.example/w{n}") for n in range(3)]


def test_a_cosignature_is_got_whatever_size_is_guessed(tmp_path: Path) -> None:
    for n, (known, guess) in enumerate([(0, 0), (0, 9), (9, 0), (9, 9), (9, 12), (20, 20), (20, 0)]):
        of = witness(tmp_path / str(n))
        if known:
            of.add_checkpoint(LOG.asked(0, known), AT)
        way = Counting(of)
        line = cosign(Cosigner(of.key.verifier, way), 20, guess)
        assert verify_checkpoint(LOG.checkpoint(20) + line, quorum_of(of, quorum=1))
        assert way.asked == (1 if guess == known else 2)


def test_it_remembers_what_the_witness_knows(tmp_path: Path) -> None:
    way = Counting(of := witness(tmp_path))
    one = Cosigner(of.key.verifier, way)
    for size in (3, 9, 9, 20, 40):
        cosign(one, size)
    assert way.asked == 5


def test_a_witness_that_has_seen_more_is_told_apart(tmp_path: Path) -> None:
    """The log's own folder was put back to an older day: its operator must hear of that, and not publish."""
    of = witness(tmp_path)
    of.add_checkpoint(LOG.asked(0, 30), AT)
    with pytest.raises(LogRefused) as refused:
        cosign(Cosigner(of.key.verifier, asks(of)), 20)
    assert refused.value.why == "witness-ahead"


def test_a_witness_that_has_seen_another_root_is_told_apart(tmp_path: Path) -> None:
    of = witness(tmp_path)
    of.add_checkpoint(FORKED.asked(0, 30), AT)
    one = Cosigner(of.key.verifier, asks(of))
    for size, why in ((30, "witness-forked"), (35, "witness-status")):
        with pytest.raises(LogRefused) as refused:
            cosign(one, size)
        assert refused.value.why == why


OTHER = Grown(LOG.leaves, origin="other.example/log")


def wrong_signature(answer: Answered) -> Answered:
    return Answered(200, answer.body[:-6] + (b"A" if answer.body[-6:-5] != b"A" else b"B") + answer.body[-5:])


LIES: dict[str, Callable[[Witness], Ask]] = {
    "a wrong signature": lambda of: lambda body: wrong_signature(of.add_checkpoint(body, AT)),
    "another size's": lambda of: lambda _: of.add_checkpoint(LOG.asked(0, 19), AT),
    "another log's": lambda of: lambda _: Witness(of_folder(of), of.key, {OTHER.origin: [SIGNER.verifier]}).add_checkpoint(
        OTHER.asked(0, 20), AT),
    "nothing": lambda _: lambda _: Answered(200, b""),
    "no line": lambda _: lambda _: Answered(200, b"thank you\n"),
    "another note": lambda of: lambda body: Answered(200, b"\nx\n\n" + of.add_checkpoint(body, AT).body),
    "too much": lambda of: lambda body: Answered(200, of.add_checkpoint(body, AT).body * 1000),
    "no text": lambda _: lambda _: Answered(200, b"\xff" * 100),
    "a strange status": lambda _: lambda _: Answered(302, b""),
    "a fault": lambda _: lambda _: Answered(500, "见证出错\n".encode()),
    "a conflict without a size": lambda _: lambda _: Answered(409, b"busy\n"),
    "conflicts without end": lambda _: lambda body: Answered.size((int(body[4:5]) + 1) % 7),
}  # fmt: skip


def of_folder(of: Witness) -> Path:
    return of._state._folder.parent


@pytest.mark.parametrize("lie", list(LIES))
def test_what_is_not_its_cosignature_over_this_checkpoint_is_refused(tmp_path: Path, lie: str) -> None:
    of = witness(tmp_path)
    with pytest.raises(LogError):
        cosign(Cosigner(of.key.verifier, LIES[lie](of)), 20)


def test_lines_of_others_in_the_answer_are_passed_over(found: list[Witness]) -> None:
    one, other = found[:2]
    both: Ask = lambda body: Answered(200, other.add_checkpoint(body, AT).body + one.add_checkpoint(body, AT).body)  # noqa: E731
    line = cosign(Cosigner(one.key.verifier, both), 20)
    assert line.count(b"\n") == 1
    assert verify_checkpoint(LOG.checkpoint(20) + line, quorum_of(one, quorum=1))


def group(quorum: int, *ways: Counting) -> Cosigning:
    return Cosigning(quorum, [Cosigner(way.witness.key.verifier, way) for way in ways])


def ask(group: Cosigning, size: int, after_s: float = 0.0) -> tuple[int, list[str]]:
    """How many lines there are, and why who refused did."""
    lines, refusals = group.lines(signed(size), None, lambda old: LOG.proof(old, size), AT + timedelta(seconds=after_s))
    return len(lines), [one.why for one in refusals]


def test_all_are_asked_at_one_time(found: list[Witness]) -> None:
    barrier = threading.Barrier(3, timeout=1.5)

    class Together(Counting):
        def __call__(self, body: bytes) -> Answered:
            barrier.wait()
            return super().__call__(body)

    assert ask(group(3, *(Together(of) for of in found)), 20) == (3, [])


def test_a_witness_that_is_not_there_is_named_and_the_others_count(found: list[Witness]) -> None:
    ways = [Counting(of) for of in found]
    ways[1].broken = True
    cosigning = group(2, *ways)
    lines, refusals = cosigning.lines(signed(20), None, lambda old: LOG.proof(old, 20), AT)
    assert sorted(lines) == sorted(way.witness.key.verifier.vkey() for way in (ways[0], ways[2]))
    assert [(one.witness, one.why) for one in refusals] == [("witness.example/w1", "witness-unreachable")]
    assert "nobody there" in refusals[0].detail


def test_a_slow_witness_is_not_waited_for_and_not_asked_beside_itself(found: list[Witness]) -> None:
    hold, answered, ways = threading.Event(), threading.Event(), [Counting(of) for of in found]

    class Slow(Counting):
        def __call__(self, body: bytes) -> Answered:
            self.asked += 1
            hold.wait(20)
            answer = self.witness.add_checkpoint(body, AT)
            answered.set()
            return answer

    slow = Slow(found[1])
    cosigning = group(2, ways[0], slow, ways[2])
    started = time.monotonic()
    assert ask(cosigning, 20) == (2, [])
    assert time.monotonic() - started < 1.0, "once the quorum is there only a moment more"
    assert ask(cosigning, 21, 1) == (2, [])
    assert slow.asked == 1
    hold.set()
    assert answered.wait(20)
    time.sleep(0.2)
    assert ask(cosigning, 22, 2) == (3, []), "its late answer is for an older checkpoint, and it can be asked again"


def test_below_the_quorum_a_slow_witness_is_waited_for_two_seconds_and_named(found: list[Witness]) -> None:
    hold = threading.Event()

    def slow(_: bytes) -> Answered:
        hold.wait(20)
        return Answered(503, b"")

    cosigning = Cosigning(1, [Cosigner(found[0].key.verifier, slow)])
    started = time.monotonic()
    assert ask(cosigning, 20) == (0, ["witness-late"])
    assert 1.9 < time.monotonic() - started < 3
    hold.set()


def test_it_is_asked_again_later_and_later_and_at_once_after_it_answered(found: list[Witness]) -> None:
    way = Counting(found[0])
    cosigning, at, waits, before = group(1, way), 0.0, list[float](), 0.0
    way.broken = True
    while at < 200:
        count = way.asked
        ask(cosigning, 20, at)
        if way.asked > count:
            waits.append(at - before)
            before = at
        at += 0.25
    assert waits[1] == RETRY_FIRST.total_seconds()
    assert waits == sorted(waits), "each wait is at least as long as the one before"
    assert max(waits) == RETRY_MAX.total_seconds()
    way.broken = False
    assert ask(cosigning, 20, before + 31) == (1, [])
    assert ask(cosigning, 21, before + 31.1) == (1, [])


def test_nobody_is_asked_while_the_quorum_cannot_be_reached(found: list[Witness]) -> None:
    ways = [Counting(of) for of in found[:2]]
    ways[1].broken = True
    cosigning = group(2, *ways)
    for turn in range(50):
        ask(cosigning, 20 + turn // 5, turn * 0.01)
    assert [way.asked for way in ways] == [1, 1]


def test_a_line_that_is_there_is_not_asked_for_again(found: list[Witness]) -> None:
    ways = [Counting(of) for of in found[:2]]
    ways[1].broken = True
    cosigning = group(2, *ways)
    assert ask(cosigning, 20)[0] == 1
    ways[1].broken = False
    assert ask(cosigning, 20, 5) == (2, [])
    assert ways[0].asked == 1


def test_lines_of_the_published_checkpoint_are_kept_when_more_are_wanted(found: list[Witness]) -> None:
    raw = LOG.checkpoint(20) + found[0].add_checkpoint(LOG.asked(0, 20), AT).body
    published = SignedCheckpoint(signed(20).checkpoint, raw, ())
    ways = [Counting(of) for of in found]
    lines, refusals = group(3, *ways).lines(signed(20), published, lambda old: LOG.proof(old, 20), AT)
    assert (len(lines), refusals, ways[0].asked) == (3, [], 0)


def test_a_clock_that_goes_back_does_not_make_the_wait_longer(found: list[Witness]) -> None:
    way = Counting(found[0])
    cosigning = group(1, way)
    way.broken = True
    ask(cosigning, 20, 10_000)
    way.broken = False
    assert ask(cosigning, 20, 0) == (1, [])


def test_who_has_no_address_is_named(found: list[Witness]) -> None:
    assert ask(Cosigning(1, [Cosigner(found[0].key.verifier, None)]), 20) == (0, ["witness-unknown-address"])


def test_without_witnesses_nobody_is_waited_for() -> None:
    assert ask(Cosigning(0, []), 20) == (0, [])
