"""The growing log that Tessera publishes: every checkpoint verifies, every root and every file is reproduced."""

import json
from pathlib import Path

import pytest
from tests.codes.log.log_samples import AT, ORIGIN, SHARED, SIGNER, TRUST, naive_root, needs_shared

from zhijian.codes.log import LogFolder, LogReader, Trust, Verifier, folder_fetch, verify_checkpoint
from zhijian.codes.log.tile import Tiles

pytestmark = needs_shared
LOG = SHARED / "vectors/tlog/tessera_log"
SIZES = range(16)


def trust() -> Trust:
    return Trust("example.com/log/testdata", (Verifier.parse((LOG.parent / "vkey").read_text().strip()),))


def reader(size: int) -> LogReader:
    signed = verify_checkpoint((LOG / f"checkpoint.{size}").read_bytes(), trust())
    return LogReader(folder_fetch(LOG), trust(), signed)


@pytest.mark.parametrize("size", SIZES)
def test_each_checkpoint_verifies_and_its_root_is_made_from_the_entries(size: int) -> None:
    at = reader(size)
    assert at.checkpoint.size == size
    assert [found.checked for found in at.verify_all()][-1] == size
    entries = Tiles(folder_fetch(LOG), size).bundle(0) if size else []
    assert naive_root(entries) == at.checkpoint.root
    assert [at.entry(index) for index in range(size)] == entries


@pytest.mark.parametrize("size", SIZES)
def test_each_checkpoint_continues_all_before_it(size: int) -> None:
    at = reader(size)
    for earlier in range(size + 1):
        head = reader(earlier).checkpoint
        assert at.continues(earlier, head.root).second_size == size
        assert at.root(earlier) == head.root


def test_the_newest_checkpoint_is_the_state_tessera_kept() -> None:
    state = json.loads((LOG / ".state/treeState").read_text())
    newest = LogReader.open(folder_fetch(LOG), trust()).checkpoint
    assert f"{newest.size}\n{state['root']}\n" in newest.text().decode()
    assert newest.size == state["size"]


def test_our_writer_makes_the_same_tiles_and_bundles_byte_for_byte(tmp_path: Path) -> None:
    entries = Tiles(folder_fetch(LOG), 15).bundle(0)
    with LogFolder.open(tmp_path, ORIGIN, [SIGNER]) as log:
        for entry in entries:
            log.append([entry])
            log.publish(AT)
    ours = {str(path.relative_to(tmp_path)): path.read_bytes() for path in (tmp_path / "tile").rglob("*/*.p/*")}
    theirs = {str(path.relative_to(LOG)): path.read_bytes() for path in (LOG / "tile").rglob("*/*.p/*")}
    assert len(theirs) == 30
    assert ours == theirs
    for line in LogReader.open(folder_fetch(tmp_path), TRUST).history():
        assert line.root == reader(line.size).checkpoint.root
