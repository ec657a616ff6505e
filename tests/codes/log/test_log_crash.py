"""After a crash: the log opens, continues, and loses or changes nothing it has published."""

import itertools
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codes.log.log_samples import (
    AT,
    ORIGIN,
    SIGNER,
    TRUST,
    entries,
    naive_root,
    opened,
    public_files,
    sm3_tree,
    whole,
    written,
)

from zhijian.codes.log import LogFolder, LogReader, folder_fetch
from zhijian.codes.log.errors import LogDamaged, LogForked

P = ParamSpec("P")
T = TypeVar("T")


def test_published_entries_that_are_lost_or_altered_keep_the_log_shut(tmp_path: Path) -> None:
    written(tmp_path, 300)
    for name in ("tile/0/001.p/44", "tile/entries/001.p/44", "tile/1/000.p/1"):
        copy = tmp_path.with_name(f"lost-{name.replace('/', '-')}")
        shutil.copytree(tmp_path, copy)
        (copy / name).unlink()
        with pytest.raises(LogDamaged):
            opened(copy)
        (copy / name).write_bytes(b"\0" * len((tmp_path / name).read_bytes()))
        with pytest.raises(LogDamaged):
            opened(copy)


def test_a_history_behind_the_checkpoint_keeps_the_log_shut(tmp_path: Path) -> None:
    written(tmp_path, 3)
    (tmp_path / "history").write_bytes(b"")
    with pytest.raises(LogDamaged) as damaged:
        opened(tmp_path)
    assert damaged.value.why == "history-behind"


def test_a_crash_between_history_and_checkpoint_fixes_the_entries_as_if_published(tmp_path: Path) -> None:
    written(tmp_path, 3)
    data = entries(8)
    old = (tmp_path / "checkpoint").read_bytes()
    with opened(tmp_path) as log:
        log.append(data[3:])
        log.publish(AT)
    (tmp_path / "checkpoint").write_bytes(old)
    with opened(tmp_path) as log:
        assert log.size == 8
        with pytest.raises(LogForked):
            log.append_at(7, [b"other"])
        assert log.publish(AT).checkpoint.root == naive_root(data)
    assert [line.size for line in LogReader.open(folder_fetch(tmp_path), TRUST).history()] == [3, 8]
    (tmp_path / "checkpoint").write_bytes(old)
    (tmp_path / "tile/entries/000.p/8").unlink()
    with pytest.raises(LogDamaged):
        opened(tmp_path)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_whatever_is_lost_beyond_the_checkpoint_the_log_opens_and_continues(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("crashed")
    published, tail = data.draw(st.integers(0, 600)), data.draw(st.lists(st.integers(1, 400), min_size=1, max_size=3))
    found = entries(published + sum(tail))
    with opened(path) as log:
        log.append(found[:published])
        log.publish(AT)
        before = set(public_files(path))
        for count in tail:
            log.append(found[log.size : log.size + count])
    for name in sorted(set(public_files(path)) - before):
        match data.draw(st.sampled_from(["kept", "lost", "torn", "zeroed"])):
            case "lost":
                (path / name).unlink()
            case "torn":
                (path / name).write_bytes((path / name).read_bytes()[:-5])
            case "zeroed":
                (path / name).write_bytes(bytes((path / name).stat().st_size))
            case _:
                pass
    (path / ".state/tmp/7").write_bytes(b"half written")
    with (path / "history").open("ab") as file:
        file.write(b"99999 half a li")
    with opened(path) as log:
        assert published <= log.size <= len(found)
        assert log.append_at(published, found[published:]) == range(published, len(found))
        assert log.publish(AT).checkpoint.root == naive_root(found)
    assert whole(path) == len(found)
    history = LogReader.open(folder_fetch(path), TRUST).history()
    assert [line.size for line in history] == sorted({published, len(found)})
    assert not list((path / ".state/tmp").iterdir())


@pytest.mark.parametrize("name", ["tile/entries/000.p/8", "tile/0/000.p/8"])
def test_an_unpublished_bundle_counts_only_with_the_tile_it_hashes_to(tmp_path: Path, name: str) -> None:
    written(tmp_path, 3)
    with opened(tmp_path) as log:
        log.append(entries(5, 3))
    raw = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
    with opened(tmp_path) as log:
        assert log.size == 3
        log.append_at(0, entries(8))
        log.publish(AT)
    assert whole(tmp_path) == 8


def test_an_sm3_range_that_was_lost_or_altered_is_made_anew_from_the_entries(tmp_path: Path) -> None:
    sm3, data = sm3_tree(), entries(9)
    with LogFolder.open(tmp_path, ORIGIN, [SIGNER], sm3=sm3) as log:
        log.append(data[:3])
        log.publish(AT)
    for size, damage in ((3, bytes(64)), (6, b"torn")):
        (tmp_path / f".state/sm3/{size}").write_bytes(damage)
        with LogFolder.open(tmp_path, ORIGIN, [SIGNER], sm3=sm3) as log:
            log.append(data[size : size + 3])
            assert log.publish(AT).checkpoint.sm3 == naive_root(data[: size + 3], sm3.digest)


class Cut(BaseException):
    """Stands in for the end of the process: nothing catches it."""


def budget(allowed: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Wrap system calls so that together they succeed `allowed` times, and end the process after that."""
    left = [allowed]

    def spending(call: Callable[P, T]) -> Callable[P, T]:
        def spent(*args: P.args, **named: P.kwargs) -> T:
            if left[0] == 0:
                raise Cut
            left[0] -= 1
            return call(*args, **named)

        return spent

    return spending


@pytest.mark.parametrize("second", [False, True], ids=["sha256", "with sm3"])
def test_a_cut_before_any_rename_or_sync_leaves_a_log_that_continues(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, second: bool
) -> None:
    sm3 = sm3_tree() if second else None
    data, cuts = entries(800), 0
    for allowed in itertools.count():
        path, spending = tmp_path / str(allowed), budget(allowed)
        with LogFolder.open(path, ORIGIN, [SIGNER], sm3=sm3) as log:
            log.append(data[:100])
            log.publish(AT)
            with monkeypatch.context() as patched:
                patched.setattr(Path, "replace", spending(Path.replace))
                patched.setattr(os, "fsync", spending(os.fsync))
                try:
                    log.append(data[100:700])
                    log.publish(AT)
                except Cut:
                    cuts += 1
                else:
                    break
        with LogFolder.open(path, ORIGIN, [SIGNER], sm3=sm3) as log:
            log.append_at(100, data[100:])
            log.publish(AT)
        assert whole(path) == 800
        shutil.rmtree(path)
    assert cuts > 20


def test_what_an_append_returned_for_is_there_after_a_crash(tmp_path: Path) -> None:
    with opened(tmp_path) as log:
        log.append(entries(1000))
    with opened(tmp_path) as log:
        assert log.size == 1000
        assert log.publish(AT).checkpoint.root == naive_root(entries(1000))
