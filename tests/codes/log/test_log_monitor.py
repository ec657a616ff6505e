"""The monitor: says nothing against an honest log, however it grows, and names what a dishonest or broken one did."""

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codes.log.log_samples import AT, ORIGIN, SIGNER, TRUST, entries, opened, public_files, written
from tests.codes.log.test_log_reader import flip
from tests.codes.log.witness_samples import STRANGER, quorum_of, witness

from zhijian.codes.log import LogError, LogFolder, Monitor, Round, Trust, folder_fetch
from zhijian.codes.log.errors import LogBusy, LogDamaged


def grow(path: Path, count: int, base: list[bytes] | None = None) -> Path:
    """To `count` entries, published; `base` are those of another history."""
    with opened(path) as log:
        log.append((base or entries(count))[log.size : count])
        log.publish(AT)
    return path


def watch(state: Path, log: Path, trust: Trust = TRUST) -> Round:
    with Monitor(state) as monitor:
        return monitor.round(folder_fetch(log), trust, AT)


def kind(found: Round) -> str | None:
    return found.finding and found.finding.kind


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 700), min_size=1, max_size=6))
def test_an_honest_log_is_never_accused(tmp_path_factory: pytest.TempPathFactory, steps: list[int]) -> None:
    path, size = tmp_path_factory.mktemp("honest"), 0
    for step in steps:
        size += step
        found = watch(path / "state", grow(path / "log", size))
        assert (found.finding, found.size, found.fresh) == (None, size, step)
        assert found.again == (size - step) // 256 * 256


def test_a_log_that_stands_still_is_read_again_in_turn(tmp_path: Path) -> None:
    log = written(tmp_path / "log", 256 * 70 + 5)
    assert watch(tmp_path / "s", log).fresh == 256 * 70 + 5
    assert [watch(tmp_path / "s", log).again // 256 for _ in range(3)] == [64, 64, 64]


def test_partial_tiles_that_the_log_has_dropped_are_not_missed(tmp_path: Path) -> None:
    log = written(tmp_path / "log", 300)
    watch(tmp_path / "s", log)
    grow(log, 700)
    shutil.rmtree(log / "tile/0/001.p")
    shutil.rmtree(log / "tile/entries/001.p")
    assert kind(watch(tmp_path / "s", log)) is None


@pytest.mark.parametrize("size", [300, 301, 900])
def test_a_fork_is_found_and_both_checkpoints_are_kept(tmp_path: Path, size: int) -> None:
    log = written(tmp_path / "log", 300)
    honest = (log / "checkpoint").read_bytes()
    watch(tmp_path / "s", log)
    forked = grow(tmp_path / "forked", size, [*entries(299), b"another", *entries(size - 300, 300)])
    found = watch(tmp_path / "s", forked)
    assert kind(found) == "fork"
    assert found.finding is not None
    folder = found.finding.evidence
    assert (folder / "kept").read_bytes() == honest
    assert (folder / "seen").read_bytes() == (forked / "checkpoint").read_bytes()
    said = json.loads((folder / "finding.json").read_text())
    assert (said["kind"], said["kept"], said["seen"]) == ("fork", 300, size)
    assert watch(tmp_path / "s", forked).finding == found.finding, "again, and kept once"
    assert kind(watch(tmp_path / "s", grow(log, 900))) is None, "the history seen first is still followed"


def test_a_log_that_was_turned_back_is_found(tmp_path: Path) -> None:
    log = written(tmp_path / "log", 300)
    shutil.copytree(log, tmp_path / "old")
    watch(tmp_path / "s", grow(log, 400))
    found = watch(tmp_path / "s", tmp_path / "old")
    assert found.finding is not None
    assert (found.finding.kind, found.finding.kept, found.finding.seen) == ("rollback", 400, 300)


def test_one_flipped_bit_in_any_new_file_is_found(tmp_path: Path) -> None:
    log = written(tmp_path / "log", 300)
    watch(tmp_path / "s", log)
    before = set(public_files(log))
    grow(log, 1000)
    chance = random.Random(20261124)
    for name in sorted(set(public_files(log)) - before):
        raw = flip(log / name, chance.randrange(1 << 20))
        shutil.copytree(tmp_path / "s", tmp_path / "copy")
        assert kind(watch(tmp_path / "copy", log)) == "damaged", name
        shutil.rmtree(tmp_path / "copy")
        (log / name).write_bytes(raw)
    assert kind(watch(tmp_path / "s", log)) is None


@pytest.mark.parametrize("how", ["flipped", "shorter", "longer", "empty", "lost"])
def test_an_older_file_that_is_altered_after_it_was_read_is_found_in_turn(tmp_path: Path, how: str) -> None:
    log = written(tmp_path / "log", 256 * 256 + 400)
    watch(tmp_path / "s", log)
    for name in ("tile/0/003", "tile/entries/200", "tile/1/000", "tile/0/255"):
        path = log / name
        raw = path.read_bytes()
        match how:
            case "flipped":
                flip(path, 8 * 77)
            case "lost":
                path.unlink()
            case _:
                path.write_bytes({"shorter": raw[:-1], "longer": raw + b"\0", "empty": b""}[how])
        found = [kind(watch(tmp_path / "s", log)) for _ in range(5)]
        assert "damaged" in found, (name, found)
        path.write_bytes(raw)
        assert [kind(watch(tmp_path / "s", log)) for _ in range(5)] == [None] * 5


def test_a_log_that_cannot_be_reached_is_found_and_followed_on_afterwards(tmp_path: Path) -> None:
    log = written(tmp_path / "log", 300)
    watch(tmp_path / "s", log)
    log.rename(tmp_path / "away")
    assert kind(watch(tmp_path / "s", log)) == "unreachable"
    (tmp_path / "away").rename(log)
    assert watch(tmp_path / "s", grow(log, 400)).fresh == 100


def test_a_log_that_breaks_off_in_the_middle_is_unreachable_and_not_accused(tmp_path: Path) -> None:
    log = written(tmp_path / "log", 2000)
    calls = iter(range(100))

    def fetch(name: str) -> bytes:
        if next(calls) > 4:
            raise ConnectionResetError(name)
        return (log / name).read_bytes()

    with Monitor(tmp_path / "s") as monitor:
        assert kind(monitor.round(fetch, TRUST, AT)) == "unreachable"
        assert monitor.kept(TRUST) is None


BAD: dict[str, Callable[[bytes], bytes]] = {
    "another's": lambda raw: raw.replace(ORIGIN.encode(), b"other.example/log"),
    "unsigned": lambda raw: raw.partition(b"\n\n")[0] + b"\n\n",
    "another size": lambda raw: raw.replace(b"\n300\n", b"\n301\n"),
    "empty": lambda _: b"",
    "a web page": lambda _: b"<!doctype html>",
}


@pytest.mark.parametrize("how", list(BAD))
def test_a_checkpoint_that_is_not_the_logs_is_refused(tmp_path: Path, how: str) -> None:
    log = written(tmp_path / "log", 300)
    raw = (log / "checkpoint").read_bytes()
    watch(tmp_path / "s", log)
    (log / "checkpoint").write_bytes(BAD[how](raw))
    found = watch(tmp_path / "s", log)
    assert kind(found) == "refused"
    assert found.finding is not None
    assert (found.finding.evidence / "kept").read_bytes() == raw


def test_a_checkpoint_below_the_quorum_is_found(tmp_path: Path) -> None:
    log = written(tmp_path / "log", 300)
    one = witness(tmp_path / "w")
    raw = (log / "checkpoint").read_bytes()
    line = one.add_checkpoint(b"old 0\n\n" + raw, AT).body
    trust = quorum_of(one, quorum=1)
    assert kind(watch(tmp_path / "s", log, trust)) == "quorum"
    (log / "checkpoint").write_bytes(raw + line)
    found = watch(tmp_path / "s", log, trust)
    assert (found.finding, found.witnesses) == (None, ("witness.example/w1",))
    grow(log, 310)
    assert kind(watch(tmp_path / "s", log, trust)) == "quorum"


@pytest.mark.parametrize("raw", [b"", b"torn", b"another"])
def test_a_memory_that_was_altered_is_not_begun_anew(tmp_path: Path, raw: bytes) -> None:
    log = written(tmp_path / "log", 300)
    watch(tmp_path / "s", log)
    other = LogFolder.open(tmp_path / "other", ORIGIN, [STRANGER])
    with other:
        other.append(entries(300))
        raw = raw or other.publish(AT).raw
    (tmp_path / "s/checkpoint").write_bytes(raw)
    with pytest.raises(LogDamaged) as damaged:
        watch(tmp_path / "s", log)
    assert damaged.value.why == "monitor-state"


def test_two_monitors_do_not_share_a_memory(tmp_path: Path) -> None:
    with Monitor(tmp_path), pytest.raises(LogBusy):
        Monitor(tmp_path)


def test_one_key_of_the_log_among_two_is_not_enough(tmp_path: Path) -> None:
    log = written(tmp_path / "log", 3)
    both = Trust(ORIGIN, (SIGNER.verifier, STRANGER.verifier))
    assert kind(watch(tmp_path / "s", log, both)) == "refused"
    assert issubclass(LogDamaged, LogError)
