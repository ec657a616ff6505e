"""The writer: whatever the batches, the same bytes; whatever happens to it, never two histories."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codes.log.log_samples import (
    AT,
    ORIGIN,
    SIGNER,
    SM2_SIGNER,
    SM2_VERIFIER,
    TRUST,
    entries,
    naive_root,
    opened,
    public_files,
    sm3_tree,
    whole,
    written,
)

from zhijian.codes.log import LogError, LogFolder, LogReader, Signer, Trust, folder_fetch
from zhijian.codes.log.audit_path import verify_consistency
from zhijian.codes.log.checkpoint import Checkpoint
from zhijian.codes.log.edge import RightEdge
from zhijian.codes.log.errors import LogAbsent, LogBusy, LogDamaged, LogForked, LogMalformed, LogRefused
from zhijian.codes.log.history import parse_history
from zhijian.codes.log.note import add_signatures, sign_note


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 300), min_size=1, max_size=5), st.booleans())
def test_any_split_into_batches_gives_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, batches: list[int], publishes: bool
) -> None:
    data, split = entries(sum(batches)), tmp_path_factory.mktemp("split")
    with opened(split) as log:
        for count in batches:
            assert log.append(data[log.size : log.size + count]) == range(log.size - count, log.size)
            if publishes:
                log.publish(AT)
        log.publish(AT)
    edge = RightEdge()
    expected = {str(name): made for name, made in (*edge.grow(data), *edge.partials())}
    found = public_files(split)
    assert {name: found[name] for name in expected} == expected
    assert Checkpoint.parse(found["checkpoint"].partition(b"\n\n")[0] + b"\n").root == naive_root(data)


def test_a_clock_that_goes_back_signs_no_checkpoint_older_than_the_last(tmp_path: Path) -> None:
    with opened(tmp_path) as log:
        for seconds in (0, -3600, 5):
            log.append([b"entry"])
            log.publish(AT + timedelta(seconds=seconds))
        assert log.latest == AT + timedelta(seconds=5)
    times = [one.at for one in parse_history((tmp_path / "history").read_bytes())]
    assert times == [AT, AT, AT + timedelta(seconds=5)]


def test_a_new_log_is_published_empty(tmp_path: Path) -> None:
    with opened(tmp_path) as log:
        assert log.published is None
        assert log.publish(AT).checkpoint.root == naive_root([])
        assert log.publish(AT).checkpoint.size == 0
        log.append([b"first"])
        assert log.publish(AT).checkpoint.size == 1
    assert [line.size for line in LogReader.open(folder_fetch(tmp_path), TRUST).history()] == [0, 1]


def test_entries_handed_in_again_are_the_same_entries(tmp_path: Path) -> None:
    data = entries(900)
    with opened(tmp_path) as log:
        log.append(data[:600])
        log.publish(AT)
        before = public_files(tmp_path)
        for first, last in ((0, 600), (250, 260), (599, 600), (600, 600), (0, 0)):
            assert log.append_at(first, data[first:last]) == range(first, last)
        assert public_files(tmp_path) == before
        assert log.append_at(500, data[500:900]) == range(500, 900)
        assert log.publish(AT).checkpoint.root == naive_root(data)


@pytest.mark.parametrize("index", [0, 255, 256, 599, 650])
def test_another_entry_at_a_taken_place_is_a_fork_and_nothing_is_written(tmp_path: Path, index: int) -> None:
    data = entries(700)
    with opened(tmp_path) as log:
        log.append(data[:600])
        log.publish(AT)
        log.append(data[600:])
        before, data[index] = public_files(tmp_path), b"other"
        with pytest.raises(LogForked) as forked:
            log.append_at(0, [*data, b"more"])
        assert (forked.value.why, forked.value.value) == ("entry-differs", index)
        assert public_files(tmp_path) == before
        assert log.append([b"goes on"]) == range(700, 701)


def test_a_gap_and_an_entry_too_long_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    with opened(tmp_path) as log:
        log.append(entries(3))
        before = public_files(tmp_path)
        with pytest.raises(LogAbsent):
            log.append_at(4, [b"x"])
        with pytest.raises(LogMalformed):
            log.append([b"fits", bytes(65536)])
        assert public_files(tmp_path) == before
        assert log.append([bytes(65535)]) == range(3, 4)


def test_two_writers_do_not_open_one_folder(tmp_path: Path) -> None:
    with opened(tmp_path), pytest.raises(LogBusy) as busy:
        opened(tmp_path)
    assert busy.value.why == "locked"
    opened(tmp_path).close()


def test_a_closed_writer_writes_nothing(tmp_path: Path) -> None:
    log = opened(tmp_path)
    log.close()
    log.close()
    with pytest.raises(LogBusy):
        log.append([b"late"])


def test_time_is_told_with_its_zone(tmp_path: Path) -> None:
    with opened(tmp_path) as log, pytest.raises(LogError) as naive:
        log.publish(datetime(2025, 7, 1))  # noqa: DTZ001
    assert naive.value.why == "time-naive"


def test_a_checkpoint_that_somebody_else_changed_is_not_overwritten(tmp_path: Path) -> None:
    with opened(tmp_path) as log:
        log.append(entries(5))
        log.publish(AT)
        other = sign_note(Checkpoint(ORIGIN, 2, naive_root(entries(2))).text(), [SIGNER])
        (tmp_path / "checkpoint").write_bytes(other)
        log.append(entries(5, 5))
        with pytest.raises(LogForked) as forked:
            log.publish(AT)
        assert forked.value.why == "checkpoint-changed"
        assert (tmp_path / "checkpoint").read_bytes() == other
        with pytest.raises(LogBusy):
            log.publish(AT)


@pytest.mark.parametrize("name", ["tile/0/000", "tile/entries/001.p/44", "tile/0/001.p/44", "tile/1/000.p/1"])
def test_a_tile_altered_since_it_was_written_is_found_before_signing(tmp_path: Path, name: str) -> None:
    with opened(tmp_path) as log:
        log.append(entries(20))
        log.publish(AT)
        log.append(entries(280, 20))
        raw = bytearray((tmp_path / name).read_bytes())
        raw[40 % len(raw)] ^= 1
        (tmp_path / name).write_bytes(raw)
        with pytest.raises(LogDamaged):
            log.publish(AT)
    assert whole_size(tmp_path) == 20


def whole_size(path: Path) -> int:
    return LogReader.open(folder_fetch(path), TRUST).checkpoint.size


def test_an_entry_altered_in_the_published_part_of_a_bundle_is_found_before_signing(tmp_path: Path) -> None:
    with opened(tmp_path) as log:
        log.append(entries(20))
        log.publish(AT)
        log.append(entries(5, 20))
        bundle = tmp_path / "tile/entries/000.p/25"
        bundle.write_bytes(bundle.read_bytes().replace(b"entry 0", b"entry O"))
        with pytest.raises(LogDamaged) as damaged:
            log.publish(AT)
    assert damaged.value.why == "bundle-mismatch"


@pytest.mark.parametrize("name", ["tile/0/000", "tile/entries/000", "tile/0/001.p/44"])
def test_a_file_that_is_there_with_other_bytes_is_never_overwritten(tmp_path: Path, name: str) -> None:
    with opened(tmp_path) as log:
        log.append(entries(20))
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"somebody else's")
        with pytest.raises(LogForked) as forked:
            log.append(entries(280, 20))
        assert (forked.value.why, forked.value.value) == ("file-exists", name)
    assert (tmp_path / name).read_bytes() == b"somebody else's"


def test_the_published_edge_is_checked_again_before_it_is_continued(tmp_path: Path) -> None:
    with opened(tmp_path) as log:
        log.append(entries(20))
        log.publish(AT)
        log.append(entries(5, 20))
        (tmp_path / "tile/0/000.p/20").write_bytes(bytes(640))
        with pytest.raises(LogDamaged):
            log.publish(AT)


def test_a_log_of_another_origin_or_other_keys_is_not_continued(tmp_path: Path) -> None:
    written(tmp_path, 3)
    stranger = Signer.ed25519(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"s" * 32))
    with pytest.raises(LogRefused) as refused:
        LogFolder.open(tmp_path, ORIGIN, [stranger])
    assert refused.value.why == "unsigned"
    with pytest.raises(LogRefused) as refused:
        LogFolder.open(tmp_path, "other.example/log", [SIGNER])
    assert refused.value.why == "origin"
    with LogFolder.open(tmp_path, ORIGIN, [stranger], formerly=[SIGNER.verifier]) as log:
        log.append([b"after the change of keys"])
        log.publish(AT)
    reader = LogReader.open(folder_fetch(tmp_path), Trust(ORIGIN, (stranger.verifier,)))
    assert reader.continues(3, naive_root(entries(3))).second_size == 4


def test_sm2_and_the_sm3_root_stand_beside_the_first_signature(tmp_path: Path) -> None:
    tree, data = sm3_tree(), entries(600)
    signers = [SIGNER, SM2_SIGNER]
    with LogFolder.open(tmp_path, ORIGIN, signers, sm3=tree) as log:
        for start in range(0, 600, 150):
            log.append(data[start : start + 150])
            assert log.publish(AT).checkpoint.sm3 == naive_root(data[: start + 150], tree.digest)
    (tmp_path / ".state/sm3/600").unlink()
    with LogFolder.open(tmp_path, ORIGIN, signers, sm3=tree) as log:
        log.append([b"one more"])
        log.publish(AT)
    reader = LogReader.open(folder_fetch(tmp_path), Trust(ORIGIN, (SIGNER.verifier, SM2_VERIFIER)))
    assert reader.checkpoint.sm3 == naive_root([*data, b"one more"], tree.digest)
    assert list(reader.verify_all(tree))[-1].checked == 601
    with pytest.raises(LogError) as needed:
        LogFolder.open(tmp_path, ORIGIN, signers)
    assert needed.value.why == "sm3-needed"


def test_partial_files_of_tiles_long_finished_are_removed_and_still_read(tmp_path: Path) -> None:
    with opened(tmp_path) as log:
        log.append(entries(100))
        log.publish(AT)
        for start in range(100, 30_000, 5000):
            log.append(entries(5000, start))
        log.publish(AT)
    assert not (tmp_path / "tile/0/000.p").exists()
    assert LogReader.open(folder_fetch(tmp_path), TRUST).root(100) == naive_root(entries(100))


def test_a_signed_checkpoint_is_published_with_the_lines_of_witnesses(tmp_path: Path) -> None:
    witness = Signer.cosigner("witness.example", Ed25519PrivateKey.from_private_bytes(b"w" * 32), AT)
    quorum = Trust(ORIGIN, (SIGNER.verifier,), (witness.verifier,), 1)

    def lines(raw: bytes) -> bytes:
        return add_signatures(raw, [witness]).removeprefix(raw)

    with opened(tmp_path) as log:
        log.append(entries(3))
        signed = log.sign(AT)
        assert not (tmp_path / "checkpoint").exists()
        assert log.published is None
        log.release(lines(signed.raw))
        assert LogReader.open(folder_fetch(tmp_path), quorum).signed.witnesses[0].at == AT
        assert log.sign(AT) == signed
    with opened(tmp_path) as log:
        assert log.sign(AT).raw == signed.raw, "the lines of others are not taken for its own"
        log.release(lines(signed.raw))
        assert LogReader.open(folder_fetch(tmp_path), quorum).checkpoint.size == 3
        log.append(entries(3, 3))
        log.publish(AT)
    with pytest.raises(LogRefused):
        LogReader.open(folder_fetch(tmp_path), quorum)


def test_only_lines_of_signatures_are_put_behind_a_checkpoint(tmp_path: Path) -> None:
    with opened(tmp_path) as log:
        with pytest.raises(LogAbsent):
            log.release()
        log.append(entries(3))
        log.sign(AT)
        for lines in (b"x", b"\n", b"\nother text\n\n" + log.sign(AT).raw.partition(b"\n\n")[2]):
            with pytest.raises(LogMalformed):
                log.release(lines)
        assert log.published is None
        assert log.release().checkpoint.size == 3


@pytest.mark.parametrize("grown", [0, 4, 300])
def test_what_was_signed_and_not_published_is_continued_after_a_crash(tmp_path: Path, grown: int) -> None:
    data = entries(20 + grown)
    sm3 = sm3_tree()
    with LogFolder.open(tmp_path, ORIGIN, [SIGNER], sm3=sm3) as log:
        log.append(data[:7])
        log.publish(AT)
        signed = []
        for end in (9, 20):
            log.append(data[log.size : end])
            signed.append(log.sign(AT).checkpoint)
    with LogFolder.open(tmp_path, ORIGIN, [SIGNER], sm3=sm3) as log:
        assert (log.size, log.published and log.published.checkpoint.size) == (20, 7)
        with pytest.raises(LogForked):
            log.append_at(19, [b"another"])
    with LogFolder.open(tmp_path, ORIGIN, [SIGNER], sm3=sm3) as log:
        log.append_at(7, data[7:])
        later = log.sign(AT).checkpoint
        assert later.root == naive_root(data)
        for one in signed:
            verify_consistency(one.size, one.root, later.size, later.root, log.consistency(one.size, later.size))
        assert later.sm3 == naive_root(data, sm3.digest)
        assert [line.size for line in parse_history((tmp_path / "history").read_bytes())] == sorted(
            {7, 9, 20, 20 + grown}
        )
        log.release()
        assert sorted(path.name for path in (tmp_path / ".state/sm3").iterdir()) == [str(later.size)]
    assert whole(tmp_path) == 20 + grown
