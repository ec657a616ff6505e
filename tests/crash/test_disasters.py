"""What happens to disks and clocks: full, a bit flipped, a file cut short, a clock set back. Nothing acknowledged is
lost, nothing false is published, and after the repair all of it goes on by itself."""

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.crash.spare import Spare, spare_node

from zhijian import worker
from zhijian.codes import rebuild as rebuilding
from zhijian.codes.log import LogError, LogReader, folder_fetch
from zhijian.codes.log.history import parse_history
from zhijian.codes.logbook import folder, trust_in
from zhijian.codes.model import CodesError

Damage = Callable[[bytes], bytes]


@pytest.fixture(scope="module")
def spare() -> Iterator[Spare]:
    with spare_node() as made:
        made.sequence(datetime.now(UTC))
        yield made


@pytest.fixture
def at() -> datetime:
    return datetime.now(UTC)


def log_of(spare: Spare, at: datetime) -> Path:
    return folder(spare.node.settings.home, spare.node.issuing.log_origin_at(at))


def reader(spare: Spare, at: datetime) -> LogReader:
    """Opens the log as an outsider does: every signature and, of what is read, every hash."""
    with spare.node.transaction() as db:
        known = spare.node.trust(db)
    log = known.log(spare.node.issuing.log_origin_at(at))
    return LogReader.open(folder_fetch(log_of(spare, at)), trust_in(log, known))


def findings(spare: Spare) -> list[str]:
    with spare.node.transaction() as db:
        known = spare.node.trust(db)
    with spare.node.one_moment() as db:
        return [
            f"{f.what} {f.detail}" for f in rebuilding.rebuild(db, spare.node.settings.home, known, lambda *_: None)
        ]


@contextmanager
def small_disk(path: Path, kilobytes: int) -> Iterator[Callable[[int], None]]:
    """A disk of its own under `path`, with what lies there; the function gives it another size."""

    def run(*words: str) -> None:
        subprocess.run(words, check=True, capture_output=True)

    held = path.with_name(f"{path.name}-held")
    path.rename(held)
    path.mkdir()
    try:
        run("mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(path))
    except (OSError, subprocess.CalledProcessError) as why:
        path.rmdir()
        held.rename(path)
        pytest.skip(f"no disk can be mounted here: {why}")
    try:
        run("cp", "-a", f"{held}/.", str(path))
        yield lambda kilobytes: run("mount", "-o", f"remount,size={kilobytes}k", str(path))
    finally:
        run("rm", "-rf", str(held))
        run("cp", "-a", f"{path}/.", str(held.with_name(f"{path.name}-kept")))
        run("umount", str(path))
        path.rmdir()
        held.with_name(f"{path.name}-kept").rename(path)


def test_a_full_disk_under_the_log_loses_nothing_and_mends_itself(spare: Spare, at: datetime) -> None:
    """Issuing goes on, for the database is the log's write-ahead record; the public reads what was published."""
    before = spare.register("D-FULL-BEFORE")
    spare.sequence(at)
    size = reader(spare, at).checkpoint.size
    with small_disk(spare.node.settings.home / "log", kilobytes=2048) as resize:
        filler = spare.node.settings.home / "log" / "filler"
        with filler.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
            while True:
                file.write(os.urandom(4096))
        stop = threading.Event()
        working = threading.Thread(target=worker.run, args=(spare.node, stop))
        working.start()
        try:
            codes = [spare.register(f"D-FULL-{n}") for n in range(5)]
            time.sleep(1.5)
            assert reader(spare, at).checkpoint.size == size, "something was published onto a full disk"
            assert spare.level(before, at) == 3
            assert [spare.level(code, at) for code in codes] == [2] * 5
            resize(65536)
            deadline = time.monotonic() + 30
            while [spare.level(code, at) for code in codes] != [3] * 5:
                assert time.monotonic() < deadline, "the sequencer did not go on by itself"
                time.sleep(0.1)
        finally:
            stop.set()
            working.join()
        filler.unlink()
    now = reader(spare, at)
    assert now.checkpoint.size == size + 5
    assert all(spare.covered(code, at) for code in (before, *codes))
    assert findings(spare) == []


@contextmanager
def disk_of(megabytes: int) -> Iterator[tuple[Path, Callable[[int], None]]]:
    """A disk of its own, which the server's user can reach; the function gives it another size."""
    path = Path(tempfile.mkdtemp(prefix="zhijian-disk-"))

    def mount(how: str, *what: str) -> None:
        subprocess.run(["mount", *what, "-o", how, str(path)], check=True, capture_output=True)

    try:
        mount(f"size={megabytes}m,mode=755", "-t", "tmpfs", "tmpfs")
    except (OSError, subprocess.CalledProcessError) as why:
        path.rmdir()
        pytest.skip(f"no disk can be mounted here: {why}")
    try:
        path.chmod(0o755)
        yield path, lambda megabytes: mount(f"remount,size={megabytes}m")
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True, capture_output=True)
        path.rmdir()


def test_a_full_disk_under_the_database_loses_nothing_that_was_acknowledged() -> None:
    """What cannot be kept is refused, to be sent again under the same key; the server comes back by itself."""
    with disk_of(600) as (disk, resize), spare_node(disk) as spare:
        with (disk / "filler").open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
            while True:
                file.write(os.urandom(1 << 20))
        batches = {f"disk-{n}": [spare.lab.fresh(f"D-{n}-{m}") for m in range(60)] for n in range(40)}
        codes: list[str] = []
        refused: dict[str, list[dict[str, object]]] = {}
        for key, batch in batches.items():
            answer = spare.lab.lims.submit_batch(batch, idempotency_key=key)
            if answer.status_code == 207:
                codes += [one["report"]["code"] for one in answer.json()["results"]]
            else:
                assert (answer.status_code, answer.json()["why"]) == (503, "database-unavailable"), answer.text
                refused[key] = batch
        assert refused, "the disk was never full"
        resize(4000)
        deadline = time.monotonic() + 120
        while refused:
            assert time.monotonic() < deadline, "the database did not come back"
            for key, batch in list(refused.items()):
                answer = spare.lab.lims.submit_batch(batch, idempotency_key=key)
                if answer.status_code == 207:
                    codes += [one["report"]["code"] for one in answer.json()["results"]]
                    del refused[key]
                else:
                    time.sleep(0.5)
        assert len(set(codes)) == 40 * 60
        spare.sequence(datetime.now(UTC))
        (kept,) = spare.sql("SELECT count(*), count(DISTINCT own_number) FROM report WHERE own_number LIKE 'D-%'")
        assert tuple(kept) == (2400, 2400)
        assert findings(spare) == []


def newest_tile(log: Path, kind: str) -> Path:
    found = [p for p in (log / "tile" / kind).rglob("*") if p.is_file()]
    return max(
        found, key=lambda p: (p.parent.stem if p.parent.suffix else p.name, p.stat().st_mtime_ns, p.name.zfill(3))
    )


def flipped(raw: bytes) -> bytes:
    return raw[:-1] + bytes([raw[-1] ^ 1])


def cut(raw: bytes) -> bytes:
    return raw[:-7]


@pytest.mark.parametrize("kind", ["entries", "0"])
@pytest.mark.parametrize("damage", [flipped, cut, lambda _: b""], ids=["flipped bit", "cut short", "emptied"])
def test_a_damaged_tile_is_never_signed_over_and_nothing_is_lost(
    spare: Spare, at: datetime, kind: str, damage: Damage
) -> None:
    log = log_of(spare, at)
    last = spare.register(f"D-{kind}-{time.time_ns()}")
    spare.sequence(at)
    size, tile = reader(spare, at).checkpoint.size, newest_tile(log, kind)
    kept = tile.read_bytes()
    tile.write_bytes(damage(kept))
    waiting = spare.register(f"D-{kind}-{time.time_ns()}")
    try:
        with pytest.raises(LogError):
            spare.sequence(at)
        assert reader(spare, at).checkpoint.size == size
        with pytest.raises((CodesError, LogError)):
            spare.level(last, at)
    finally:
        tile.write_bytes(kept)
    spare.sequence(at)
    assert [spare.level(code, at) for code in (last, waiting)] == [3, 3]
    assert findings(spare) == []


@pytest.mark.parametrize("by", [timedelta(seconds=-2), timedelta(days=-1), timedelta(days=-90)])
def test_a_clock_set_back_makes_no_leaf_older_than_the_one_before_it(spare: Spare, at: datetime, by: timedelta) -> None:
    codes = []
    for now in (at, at + by, at):
        codes.append(spare.register(f"D-CLOCK-{time.time_ns()}"))
        spare.sequence(now)
    assert [spare.level(code, at) for code in codes] == [3] * 3
    for log in (spare.node.settings.home / "log").rglob("history"):
        times = [published.at for published in parse_history(log.read_bytes())]
        assert times == sorted(times)
    assert findings(spare) == []


@pytest.mark.parametrize("wrong", [datetime(1970, 1, 1, 0, 5, tzinfo=UTC), datetime(2098, 3, 1, tzinfo=UTC)])
def test_a_clock_in_a_half_year_that_no_trust_list_knows_gives_no_places(
    spare: Spare, at: datetime, wrong: datetime
) -> None:
    """Nobody could ever verify them. They wait until the clock is right."""
    code = spare.register(f"D-WRONG-{time.time_ns()}")
    with pytest.raises(LogError, match="log-unknown"):
        spare.sequence(wrong)
    assert spare.level(code, at) == 2
    spare.sequence(at)
    assert spare.level(code, at) == 3
    assert findings(spare) == []
