"""The log's files flipped, lost or turned back: every answer that leans on them raises; none says valid."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.conftest import Laboratory

from zhijian.codes import Desk, Logbook
from zhijian.codes.log import LogError
from zhijian.codes.logbook import folder
from zhijian.codes.model import Answer, CodesError
from zhijian.kit.scope import Scope
from zhijian.wiring import Node


class Copy:
    """A copy of the node's home as far as the log goes, and a desk that reads it."""

    def __init__(self, node: Node, code: str, home: Path) -> None:
        self.node, self.code = node, code
        self.root = folder(home, node.issuing.log_origin_at(datetime.now(UTC)))
        shutil.copytree(folder(node.settings.home, node.issuing.log_origin_at(datetime.now(UTC))), self.root)
        self.logbook = Logbook(home)

    def ask(self) -> Answer:
        with self.node.transaction() as db:
            desk = Desk(self.node.issuing, self.node.trust(db), self.logbook, self.node.institution)
            return desk.answer(db, Scope.anyone(), self.code, None, datetime.now(UTC))

    def newest(self, kind: str) -> Path:
        """The bundle or tile in which the newest leaf stands."""
        found = [p for p in (self.root / "tile" / kind).rglob("*") if p.is_file()]
        return max(found, key=index_and_width)


def index_and_width(tile: Path) -> tuple[int, int]:
    """Of `000` (full) or `001.p/7` (7 wide); the logs of these tests have fewer than a thousand tiles."""
    if tile.parent.suffix == ".p":
        return int(tile.parent.stem), int(tile.name)
    return int(tile.name), 256


@pytest.fixture
def copy(node: Node, lab: Laboratory, sequence: Callable[[], None], tmp_path: Path) -> Iterator[Copy]:
    answer = lab.lims.submit(lab.fresh(f"AL-{datetime.now(UTC).timestamp()}"))
    sequence()
    made = Copy(node, answer.json()["code"], tmp_path)
    yield made
    shutil.rmtree(tmp_path, ignore_errors=True)


def flip(path: Path, at: int) -> None:
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.write_bytes(raw)


def test_the_copy_is_answered(copy: Copy) -> None:
    assert copy.ask().level == 3


@pytest.mark.parametrize("kind", ["entries", "0"])
def test_a_flipped_tile_is_noticed(copy: Copy, kind: str) -> None:
    flip(copy.newest(kind), -1)
    with pytest.raises((CodesError, LogError)):
        copy.ask()


@pytest.mark.parametrize("kind", ["entries", "0"])
def test_a_deleted_tile_is_noticed(copy: Copy, kind: str) -> None:
    copy.newest(kind).unlink()
    with pytest.raises((CodesError, LogError)):
        copy.ask()


@pytest.mark.parametrize("kind", ["entries", "0"])
@pytest.mark.parametrize("how", ["shorter", "longer", "empty"])
def test_a_torn_tile_is_noticed(copy: Copy, kind: str, how: str) -> None:
    path = copy.newest(kind)
    raw = path.read_bytes()
    path.write_bytes({"shorter": raw[:-1], "longer": raw + b"\0", "empty": b""}[how])
    with pytest.raises((CodesError, LogError)):
        copy.ask()


def test_every_bit_of_the_checkpoints_first_signature_counts(copy: Copy) -> None:
    path = copy.root / "checkpoint"
    raw = path.read_bytes()
    for at in range(0, len(raw), 7):
        flip(path, at)
        with pytest.raises((CodesError, LogError)):
            Copy.ask(fresh(copy))
        path.write_bytes(raw)
    assert Copy.ask(fresh(copy)).level == 3


def fresh(copy: Copy) -> Copy:
    copy.logbook = Logbook(copy.root.parents[2])
    return copy


def test_a_log_turned_back_is_noticed_by_who_saw_more(
    copy: Copy, lab: Laboratory, sequence: Callable[[], None], tmp_path: Path
) -> None:
    """An older copy is put in the place of the log: its own signature is good, and its reader has seen more."""
    old = (copy.root / "checkpoint").read_bytes()
    lab.lims.submit(lab.fresh(f"AL-MORE-{datetime.now(UTC).timestamp()}"))
    sequence()
    live = folder(copy.node.settings.home, copy.node.issuing.log_origin_at(datetime.now(UTC)))
    shutil.copytree(live, copy.root, dirs_exist_ok=True)
    assert copy.ask().level == 3
    (copy.root / "checkpoint").write_bytes(old)
    with pytest.raises((CodesError, LogError)):
        copy.ask()


def test_a_checkpoint_deleted_is_no_proof(copy: Copy) -> None:
    """Nothing is shown where nothing can be shown: level 2, as for a report that waits for its place."""
    (copy.root / "checkpoint").unlink()
    assert copy.ask().log is None
