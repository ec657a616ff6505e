"""The SM3 tree over the same entries: only its root is published, so only its compact range is kept.

A range is stored for each size that was about to be published, under that size: after a crash the one that fits the
checkpoint is there. Lost, it is made anew from the entries, which costs a reading of the whole log.
"""

from pathlib import Path

from zhijian.codes.log.checkpoint import Checkpoint
from zhijian.codes.log.disk import Disk
from zhijian.codes.log.edge import RightEdge, replay
from zhijian.codes.log.errors import LogDamaged, LogMalformed
from zhijian.codes.log.merkle import CompactRange, TreeHash
from zhijian.codes.log.tile import HASH_BYTES, Tiles

_FOLDER = ".state/sm3"


def _name(size: int) -> str:
    return f"{_FOLDER}/{size}"


def load_range(disk: Disk, tree: TreeHash, published: Checkpoint | None) -> CompactRange:
    """The range at the published size. Raises LogDamaged (sm3-mismatch) when the entries make another root."""
    if published is None:
        return CompactRange(tree)
    found = _stored(disk, tree, published.size) or _remade(disk, tree, published.size)
    if published.sm3 is not None and found.root() != published.sm3:
        found = _remade(disk, tree, published.size)
        if found.root() != published.sm3:
            raise LogDamaged("sm3-mismatch", published.size)
    return found


def _stored(disk: Disk, tree: TreeHash, size: int) -> CompactRange | None:
    raw = disk.read_or_none(_name(size))
    if raw is None:
        return None
    try:
        return CompactRange(tree, size, [raw[n : n + HASH_BYTES] for n in range(0, len(raw), HASH_BYTES)])
    except LogMalformed:
        return None


def _remade(disk: Disk, tree: TreeHash, size: int) -> CompactRange:
    made = CompactRange(tree)
    for entries in replay(RightEdge(), Tiles(disk.read, size)):
        made.extend(tree.leaves(entries))
    return made


def store_range(disk: Disk, found: CompactRange) -> None:
    disk.put([(_name(found.size), b"".join(found.nodes()))], replace=True)


def drop_other_ranges(disk: Disk, size: int) -> None:
    """Once the checkpoint of `size` is durable."""
    folder: Path = disk.root / _FOLDER
    for path in folder.iterdir():
        if path.name != str(size):
            path.unlink()
