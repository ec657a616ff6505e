"""Readers, ours and one written apart: what they accept, and that one flipped bit anywhere is refused."""

import random
import subprocess
import sys
from pathlib import Path

import pytest
from tests.codes.log.log_samples import (
    AT,
    ORIGIN,
    SHARED,
    SIGNER,
    SM2_SIGNER,
    TRUST,
    entries,
    naive_root,
    needs_shared,
    public_files,
    written,
)

from zhijian.codes.log import LogError, LogFolder, LogReader, folder_fetch, verify_proof
from zhijian.codes.log.audit_path import verify_consistency, verify_inclusion
from zhijian.codes.log.errors import LogAbsent, LogRefused

CHECK = SHARED / "kit/tlog_check.py"


def independent(path: Path) -> subprocess.CompletedProcess[str]:
    ask = [sys.executable, str(CHECK), str(path), SIGNER.verifier.vkey()]
    return subprocess.run(ask, capture_output=True, text=True, check=False)


def flip(path: Path, bit: int) -> bytes:
    """Flip one bit of a file; what it was before."""
    before = path.read_bytes()
    raw = bytearray(before)
    raw[bit // 8 % len(raw)] ^= 1 << bit % 8
    path.write_bytes(raw)
    return before


@needs_shared
@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 513, 66_000])
def test_an_independent_reader_accepts_our_log(tmp_path: Path, size: int) -> None:
    answer = independent(written(tmp_path, size, SIGNER, SM2_SIGNER))
    assert (answer.returncode, answer.stderr) == (0, ""), answer.stdout
    assert answer.stdout.startswith(f"{ORIGIN}: {size} entries")


@needs_shared
def test_an_independent_reader_refuses_one_flipped_bit_in_any_file(tmp_path: Path) -> None:
    written(tmp_path, 300)
    chance = random.Random(20250701)
    names = [name for name in sorted(public_files(tmp_path)) if name != "checkpoint"]
    assert len(names) == 5
    for name in names:
        before = flip(tmp_path / name, chance.randrange(1 << 20))
        assert independent(tmp_path).returncode == 1, name
        (tmp_path / name).write_bytes(before)
    assert independent(tmp_path).returncode == 0


def test_our_reader_refuses_one_flipped_bit_anywhere(tmp_path: Path) -> None:
    written(tmp_path, 300)
    chance = random.Random(20250702)
    for name in sorted(public_files(tmp_path)):
        for _ in range(40):
            before = flip(tmp_path / name, chance.randrange(1 << 20))
            with pytest.raises(LogError):
                list(LogReader.open(folder_fetch(tmp_path), TRUST).verify_all())
            (tmp_path / name).write_bytes(before)
    assert list(LogReader.open(folder_fetch(tmp_path), TRUST).verify_all())[-1].checked == 300


def test_an_altered_entry_is_not_handed_out(tmp_path: Path) -> None:
    written(tmp_path, 300)
    reader = LogReader.open(folder_fetch(tmp_path), TRUST)
    assert reader.entry(299) == entries(300)[299]
    flip(tmp_path / "tile/entries/001.p/44", 8 * 3)
    with pytest.raises(LogRefused):
        reader.entry(256)


def test_proofs_come_from_tiles_alone_for_every_pair_of_sizes(tmp_path: Path) -> None:
    data = entries(600)
    reader = LogReader.open(folder_fetch(written(tmp_path, 600)), TRUST)
    chance = random.Random(20250703)
    for _ in range(60):
        first, second = sorted((chance.randint(1, 600), chance.randint(1, 600)))
        old, new = naive_root(data[:first]), naive_root(data[:second])
        verify_consistency(first, old, second, new, reader.consistency(first, second))
        index = chance.randrange(second)
        leaf = reader.leaf(index).leaf
        assert verify_inclusion(index, second, leaf, reader.inclusion(index, second), new).root == new


def test_a_proof_from_the_reader_is_verified_without_it(tmp_path: Path) -> None:
    reader = LogReader.open(folder_fetch(written(tmp_path, 300)), TRUST)
    for index in (0, 255, 256, 299):
        found = verify_proof(reader.prove(index, b"shown").text(), entries(300)[index], TRUST)
        assert found.included.index == index


@pytest.mark.parametrize("index", [-1, 3, 1 << 70])
def test_what_is_not_in_the_tree_is_absent(tmp_path: Path, index: int) -> None:
    reader = LogReader.open(folder_fetch(written(tmp_path, 3)), TRUST)
    for ask in (reader.entry, reader.leaf, reader.prove, reader.inclusion):
        with pytest.raises(LogAbsent):
            ask(index)


def test_a_log_without_a_checkpoint_is_absent(tmp_path: Path) -> None:
    with pytest.raises(LogAbsent) as absent:
        LogReader.open(folder_fetch(tmp_path), TRUST)
    assert absent.value.why == "unpublished"


def test_every_published_checkpoint_is_shown_to_be_a_beginning_of_the_newest(tmp_path: Path) -> None:
    with LogFolder.open(tmp_path, ORIGIN, [SIGNER]) as log:
        for count in (1, 254, 1, 1, 300, 2):
            log.append(entries(count, log.size))
            log.publish(AT)
        reader = LogReader.open(folder_fetch(tmp_path), TRUST)
        assert [line.size for line in reader.history()] == [1, 255, 256, 257, 557, 559]
        assert all(reader.continues(line.size, line.root) for line in reader.history())
        assert {line.at for line in reader.history()} == {AT}
        log.append([b"later"])
        log.publish(AT)
        assert reader.newer().checkpoint.size == 560
        assert reader.checkpoint.size == 559


def test_a_log_that_was_rolled_back_or_rewritten_does_not_continue(tmp_path: Path) -> None:
    old = LogReader.open(folder_fetch(written(tmp_path / "old", 300)), TRUST).checkpoint
    shorter = LogReader.open(folder_fetch(written(tmp_path / "shorter", 299)), TRUST)
    with pytest.raises(LogRefused) as refused:
        shorter.continues(old.size, old.root)
    assert refused.value.why == "size-shrunk"
    with LogFolder.open(tmp_path / "other", ORIGIN, [SIGNER]) as log:
        log.append([b"another first", *entries(400, 1)])
        log.publish(AT)
    with pytest.raises(LogRefused) as refused:
        LogReader.open(folder_fetch(tmp_path / "other"), TRUST).continues(old.size, old.root)
    assert refused.value.why == "root-mismatch"
