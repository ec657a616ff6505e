"""Reading a log that somebody else keeps: a folder, or any function that fetches its files.

A reader is bound to one verified checkpoint. Everything it returns was held against that checkpoint's root.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from zhijian.codes.log.audit_path import (
    Consistent,
    Included,
    consistency_path,
    inclusion_path,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from zhijian.codes.log.checkpoint import Checkpoint, SignedCheckpoint, Trust, verify_checkpoint
from zhijian.codes.log.edge import RightEdge, replay
from zhijian.codes.log.errors import LogAbsent, LogDamaged, LogRefused
from zhijian.codes.log.history import NAME as HISTORY
from zhijian.codes.log.history import Published, parse_history
from zhijian.codes.log.merkle import SHA256, CompactRange, TreeHash
from zhijian.codes.log.proof import LogProof
from zhijian.codes.log.tile import WIDTH, Fetch, Tiles


def folder_fetch(root: Path) -> Fetch:
    """Files of a folder by their name below the log's prefix."""
    return lambda name: (root / name).read_bytes()


@dataclass(frozen=True, slots=True)
class Progress:
    """How many entries of a whole reading were checked. The reading holds only once `checked == size` was seen."""

    checked: int
    size: int


class LogReader:
    """A log at one checkpoint, read-only."""

    def __init__(self, fetch: Fetch, trust: Trust, signed: SignedCheckpoint) -> None:
        """Use `open`, unless the checkpoint was verified elsewhere (one stapled to a proof, say)."""
        self._fetch, self._trust, self.signed = fetch, trust, signed
        self._tiles = Tiles(fetch, signed.checkpoint.size)

    @classmethod
    def open(cls, fetch: Fetch, trust: Trust) -> "LogReader":
        """Raises LogAbsent (unpublished), LogMalformed or LogRefused for the checkpoint."""
        try:
            raw = fetch("checkpoint")
        except FileNotFoundError:
            raise LogAbsent("unpublished", trust.origin) from None
        return cls(fetch, trust, verify_checkpoint(raw, trust))

    @property
    def checkpoint(self) -> Checkpoint:
        return self.signed.checkpoint

    def newer(self) -> "LogReader":
        """A reader at the checkpoint of this moment, shown to continue this one. LogRefused when it does not."""
        later = LogReader.open(self._fetch, self._trust)
        later.continues(self.checkpoint.size, self.checkpoint.root)
        return later

    def entry(self, index: int) -> bytes:
        """The bytes of an entry, shown to be in the tree. Raises LogAbsent beyond it, LogRefused when altered."""
        if not 0 <= index < self.checkpoint.size:
            raise LogAbsent("index-beyond-tree", index)
        found = self._tiles.bundle(index // WIDTH)[index % WIDTH]
        self._included(index, SHA256.leaf(found))
        return found

    def entries(self) -> Iterator[tuple[int, bytes]]:
        """All of the bundles as they are, not shown to be in the tree: `entry` shows one, `verify_all` all of them."""
        for bundle in range(-(-self.checkpoint.size // WIDTH)):
            yield from enumerate(self._tiles.bundle(bundle), bundle * WIDTH)

    def holds(self, index: int, entry: bytes) -> bool:
        """Whether the log's files say that this is entry `index`, bundle and hash both. `prove` shows the hash to be in the
        tree. Raises LogAbsent beyond it."""
        leaf = self._leaf(index)
        return self._tiles.bundle(index // WIDTH)[index % WIDTH] == entry and SHA256.leaf(entry) == leaf

    def leaf(self, index: int) -> Included:
        """That this leaf is in the tree, without its entry."""
        return self._included(index, self._leaf(index))

    def _leaf(self, index: int) -> bytes:
        if not 0 <= index < self.checkpoint.size:
            raise LogAbsent("index-beyond-tree", index)
        return self._tiles.hashes(0, index // WIDTH)[index % WIDTH]

    def _included(self, index: int, leaf: bytes) -> Included:
        head = self.checkpoint
        return verify_inclusion(index, head.size, leaf, self.inclusion(index), head.root)

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """The path of a leaf in the tree of `size` leaves; None: of the checkpoint. Not verified."""
        return inclusion_path(self._tiles.node, index, self._within(size))

    def consistency(self, first: int, second: int | None = None) -> list[bytes]:
        """The path from one size to a larger one; None: to the checkpoint. Not verified."""
        return consistency_path(self._tiles.node, first, self._within(second))

    def root(self, size: int) -> bytes:
        """The root at an earlier size, shown to be a beginning of the checkpoint's tree."""
        found = tree_root(self._tiles.node, self._within(size))
        self.continues(size, found)
        return found

    def _within(self, size: int | None) -> int:
        if size is None:
            return self.checkpoint.size
        if not 0 <= size <= self.checkpoint.size:
            raise LogAbsent("size-beyond-tree", size)
        return size

    def continues(self, size: int, root: bytes) -> Consistent:
        """That a tree seen earlier is the beginning of this one. LogRefused (size-shrunk, root-mismatch) otherwise."""
        head = self.checkpoint
        if size > head.size:
            raise LogRefused("size-shrunk", (size, head.size))
        return verify_consistency(size, root, head.size, head.root, self.consistency(size))

    def prove(self, index: int, extra: bytes = b"") -> LogProof:
        """A proof to carry away, verified before it is given."""
        leaf, path, head = self._leaf(index), self.inclusion(index), self.checkpoint
        verify_inclusion(index, head.size, leaf, path, head.root)
        return LogProof(index, tuple(path), self.signed.raw, extra)

    def history(self) -> Iterator[Published]:
        """Every checkpoint the writer says it signed, oldest first; those beyond this reader's size are left out."""
        return (line for line in parse_history(self._fetch(HISTORY)) if line.size <= self.checkpoint.size)

    def verify_all(self, sm3: TreeHash | None = None) -> Iterator[Progress]:
        """Read every entry and every tile, and make the root from them; with `sm3` also the SM3 root, when stated.

        Raises LogDamaged at the first difference. An iteration that ends has shown the whole log.
        """
        head, edge = self.checkpoint, RightEdge()
        second = CompactRange(sm3) if sm3 and head.sm3 is not None else None
        for entries in replay(edge, Tiles(self._fetch, head.size)):
            if second:
                second.extend(second.tree.leaves(entries))
            if edge.size < head.size:
                yield Progress(edge.size, head.size)
        if edge.root() != head.root:
            raise LogDamaged("root-mismatch", head.size)
        if second and second.root() != head.sm3:
            raise LogDamaged("sm3-mismatch", head.size)
        yield Progress(head.size, head.size)
