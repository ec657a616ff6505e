"""Inclusion and consistency: the shortest lists of hashes that show them, and their verification.

RFC 6962 sections 2.1.1 and 2.1.2 say what the lists are, RFC 9162 sections 2.1.3.2 and 2.1.4.2 how to check them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from zhijian.codes.log.errors import LogAbsent, LogRefused
from zhijian.codes.log.merkle import SHA256, TreeHash, perfect_sizes

Nodes = Callable[[int, int], bytes]
"""(height, index) → root of the perfect subtree over leaves [index·2^height, (index+1)·2^height)."""


@dataclass(frozen=True, slots=True)
class Included:
    """Evidence: `leaf` is the leaf number `index` of the tree of `size` leaves with this root."""

    index: int
    size: int
    leaf: bytes
    root: bytes


@dataclass(frozen=True, slots=True)
class Consistent:
    """Evidence: the tree of `first_size` leaves is the beginning of the tree of `second_size` leaves."""

    first_size: int
    first_root: bytes
    second_size: int
    second_root: bytes


def _aligned_root(tree: TreeHash, nodes: Nodes, start: int, end: int) -> bytes:
    """Root over leaves [start, end), where start is a multiple of a power of two not below end − start."""
    parts = []
    for leaves in perfect_sizes(end - start):
        parts.append(nodes(leaves.bit_length() - 1, start // leaves))
        start += leaves
    return tree.bag(parts)


def _left_part(count: int) -> int:
    """The largest power of two below `count`: where RFC 6962 splits a tree."""
    return 1 << (count - 1).bit_length() - 1


def tree_root(nodes: Nodes, size: int, tree: TreeHash = SHA256) -> bytes:
    return _aligned_root(tree, nodes, 0, size)


def inclusion_path(nodes: Nodes, index: int, size: int, tree: TreeHash = SHA256) -> list[bytes]:
    """From the leaf's sibling up to the root's child. Raises LogAbsent when the tree has no such leaf."""
    if not 0 <= index < size:
        raise LogAbsent("index-beyond-tree", index)
    path, start, end = [], 0, size
    while end - start > 1:
        split = start + _left_part(end - start)
        if index < split:
            path.append(_aligned_root(tree, nodes, split, end))
            end = split
        else:
            path.append(_aligned_root(tree, nodes, start, split))
            start = split
    return path[::-1]


def consistency_path(nodes: Nodes, first: int, second: int, tree: TreeHash = SHA256) -> list[bytes]:
    """Empty when the sizes are equal or the first is 0. Raises LogAbsent when the first tree is the larger."""
    if not 0 <= first <= second:
        raise LogAbsent("size-beyond-tree", first)
    path, start, end, old_root_known = [], 0, second, True
    if first in (0, second):
        return []
    while first != end:
        split = start + _left_part(end - start)
        if first <= split:
            path.append(_aligned_root(tree, nodes, split, end))
            end = split
        else:
            path.append(_aligned_root(tree, nodes, start, split))
            start, old_root_known = split, False
    if not old_root_known:
        path.append(_aligned_root(tree, nodes, start, end))
    return path[::-1]


def _check_lengths(tree: TreeHash, hashes: Sequence[bytes]) -> None:
    # Two hashes glued into one element hash like a node of other children: lengths are part of the proof.
    for found in hashes:
        if len(found) != tree.size_bytes:
            raise LogRefused("hash-length", found)


def verify_inclusion(
    index: int, size: int, leaf: bytes, path: Sequence[bytes], root: bytes, *, tree: TreeHash = SHA256
) -> Included:
    """Return the evidence. Raises LogRefused: index-beyond-tree, hash-length, path-length or root-mismatch."""
    if not 0 <= index < size:
        raise LogRefused("index-beyond-tree", index)
    _check_lengths(tree, [leaf, root, *path])
    place, last, made = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise LogRefused("path-length", len(path))
        if place & 1 or place == last:
            made = tree.node(sibling, made)
            while place and not place & 1:  # a lone right edge has no sibling on these levels
                place, last = place >> 1, last >> 1
        else:
            made = tree.node(made, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise LogRefused("path-length", len(path))
    if made != root:
        raise LogRefused("root-mismatch", made)
    return Included(index, size, leaf, root)


def _without_hashes(found: Consistent, path: Sequence[bytes], tree: TreeHash) -> Consistent:
    """Equal sizes, or a first size of 0. RFC 9162 leaves them open; here an empty tree must have the empty root."""
    if path:
        raise LogRefused("path-length", len(path))
    if found.first_size == found.second_size and found.first_root != found.second_root:
        raise LogRefused("root-mismatch", found.second_root)
    if found.first_size == 0 and found.first_root != tree.empty():
        raise LogRefused("root-mismatch", found.first_root)
    return found


def verify_consistency(
    first: int, first_root: bytes, second: int, second_root: bytes, path: Sequence[bytes], *, tree: TreeHash = SHA256
) -> Consistent:
    """Return the evidence. Raises LogRefused: size-shrunk, hash-length, path-length or root-mismatch."""
    if not 0 <= first <= second:
        raise LogRefused("size-shrunk", (first, second))
    _check_lengths(tree, [first_root, second_root, *path])
    found = Consistent(first, first_root, second, second_root)
    if first in (0, second):
        return _without_hashes(found, path, tree)
    if not path:
        raise LogRefused("path-length", 0)
    # A perfect first tree is itself a node of the second, so its root is left out of the path.
    hashes = [first_root, *path] if first & (first - 1) == 0 else list(path)
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            raise LogRefused("path-length", len(path))
        if place & 1 or place == last:
            old, new = tree.node(sibling, old), tree.node(sibling, new)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            new = tree.node(new, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise LogRefused("path-length", len(path))
    if old != first_root or new != second_root:
        raise LogRefused("root-mismatch", old if old != first_root else new)
    return found
