"""What a folder holds at the moment: the checkpoint it published, and the tree its files make.

Nothing here trusts what the writer has in memory; it is read again and compared.
"""

from collections.abc import Sequence

from zhijian.codes.log.checkpoint import Checkpoint, SignedCheckpoint
from zhijian.codes.log.disk import Disk
from zhijian.codes.log.edge import RightEdge, replay
from zhijian.codes.log.errors import LogDamaged, LogRefused
from zhijian.codes.log.history import Published
from zhijian.codes.log.key import Verifier
from zhijian.codes.log.merkle import CompactRange
from zhijian.codes.log.note import Note
from zhijian.codes.log.tile import Tiles

CHECKPOINT = "checkpoint"


def stored_checkpoint(
    disk: Disk, origin: str, keys: Sequence[Verifier], last: Published | None
) -> SignedCheckpoint | None:
    """None before the first. Raises LogRefused for another log's, LogDamaged when the history does not know it."""
    raw = disk.read_or_none(CHECKPOINT)
    if raw is None:
        return None
    note = Note.parse(raw)
    signed = note.verify(keys)
    head = Checkpoint.parse(note.text)
    if head.origin != origin:
        raise LogRefused("origin", head.origin)
    if last is None or last.size < head.size or (last.size == head.size and last.root != head.root):
        raise LogDamaged("history-behind", head.size)
    return SignedCheckpoint(head, raw, signed)


def loaded_edge(disk: Disk, size: int, root: bytes) -> RightEdge:
    """The edge at a size whose root is known. Raises LogDamaged when the tiles make another."""
    edge = RightEdge.load(Tiles(disk.read, size))
    if edge.root() != root:
        raise LogDamaged("root-mismatch", size)
    return edge


def audited(
    disk: Disk, published: Checkpoint | None, written: RightEdge, sm3: CompactRange | None
) -> tuple[bytes, CompactRange | None]:
    """The root of everything written, made from the disk alone as an extension of the published tree.

    That is what may be signed: the published root is made again from its edge, then every entry since is read and
    every tile compared. `sm3` is at the published size and comes back at the new one. Raises LogDamaged when a file,
    or the root, is not what was written.
    """
    edge = loaded_edge(disk, published.size, published.root) if published else RightEdge()
    second = sm3.copy() if sm3 else None
    for entries in replay(edge, Tiles(disk.read, written.size)):
        if second:
            second.extend(second.tree.leaves(entries))
    root = edge.root()
    if root != written.root():
        raise LogDamaged("root-mismatch", edge.size)
    return root, second
