"""RFC 6962 section 2.1 hashing, and the O(log n) state that lets a tree grow without its leaves.

The hash is a value: the log's own tree is SHA-256 (C2SP tlog-tiles allows no other), and the same leaves can be kept
under SM3 beside it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from zhijian.codes.log.errors import LogMalformed


def _sha256(data: bytes) -> bytes:
    return sha256(data).digest()


@dataclass(frozen=True, slots=True)
class TreeHash:
    """A Merkle tree's hash. Leaves and nodes differ by their first byte, so that no node passes for an entry.

    >>> SHA256.empty().hex()[:16]
    'e3b0c44298fc1c14'
    """

    name: str
    digest: Callable[[bytes], bytes]
    size_bytes: int = 32

    def empty(self) -> bytes:
        """Root of the tree without leaves."""
        return self.digest(b"")

    def leaf(self, entry: bytes) -> bytes:
        return self.digest(b"\x00" + entry)

    def leaves(self, entries: Iterable[bytes]) -> list[bytes]:
        # One comprehension with the function in a local: a method call per leaf costs a fifth of the whole append.
        digest = self.digest
        return [digest(b"\x00" + entry) for entry in entries]

    def node(self, left: bytes, right: bytes) -> bytes:
        return self.digest(b"\x01" + left + right)

    def pairs(self, hashes: Sequence[bytes]) -> list[bytes]:
        """One level up. `hashes` must be even in number: the last of an odd number would be lost."""
        digest, one = self.digest, iter(hashes)
        return [digest(b"\x01" + left + right) for left, right in zip(one, one, strict=True)]

    def perfect(self, hashes: Sequence[bytes]) -> bytes:
        """Root over 2^k hashes."""
        while len(hashes) > 1:
            hashes = self.pairs(hashes)
        return hashes[0]

    def bag(self, nodes: Sequence[bytes]) -> bytes:
        """Root over the perfect subtrees of a tree, from the left (largest) to the right (smallest)."""
        if not nodes:
            return self.empty()
        root = nodes[-1]
        for node in reversed(nodes[:-1]):
            root = self.node(node, root)
        return root


SHA256 = TreeHash("sha256", _sha256)


def perfect_sizes(count: int) -> Iterable[int]:
    """Leaf counts of the perfect subtrees of a tree of `count` leaves, from the left.

    >>> list(perfect_sizes(13))
    [8, 4, 1]
    """
    return (1 << bit for bit in reversed(range(count.bit_length())) if count >> bit & 1)


class CompactRange:
    """A tree of `size` leaves, kept as the roots of its perfect subtrees: at most 64 hashes.

    >>> grown = CompactRange()
    >>> grown.extend(SHA256.leaves([b"one", b"two", b"three"]))
    >>> grown.size, len(grown.nodes())
    (3, 2)
    >>> grown.root() == SHA256.node(SHA256.node(*SHA256.leaves([b"one", b"two"])), SHA256.leaf(b"three"))
    True
    """

    def __init__(self, tree: TreeHash = SHA256, size: int = 0, nodes: Sequence[bytes] = ()) -> None:
        """`nodes` as `nodes()` gave them for `size`. Raises LogMalformed when their number is not that of `size`."""
        if len(nodes) != size.bit_count() or any(len(node) != tree.size_bytes for node in nodes):
            raise LogMalformed("range-shape", (size, len(nodes)))
        self.tree, self.size = tree, size
        # By height. A height holds a node exactly when that bit of `size` is set.
        self._by_height: list[bytes | None] = [None] * size.bit_length()
        for leaves, node in zip(perfect_sizes(size), nodes, strict=True):
            self._by_height[leaves.bit_length() - 1] = node

    def extend(self, leaf_hashes: Sequence[bytes]) -> None:
        """Add leaves at the right: a binary addition whose carries are whole lists, level by level."""
        self.size += len(leaf_hashes)
        carried, height = list(leaf_hashes), 0
        while carried:
            if height == len(self._by_height):
                self._by_height.append(None)
            waiting = self._by_height[height]
            if waiting is not None:
                carried = [waiting, *carried]
            self._by_height[height] = carried.pop() if len(carried) & 1 else None
            carried, height = self.tree.pairs(carried), height + 1

    def nodes(self) -> list[bytes]:
        """From the left (largest subtree) to the right."""
        return [node for node in reversed(self._by_height) if node is not None]

    def root(self) -> bytes:
        return self.tree.bag(self.nodes())

    def copy(self) -> "CompactRange":
        return CompactRange(self.tree, self.size, self.nodes())
