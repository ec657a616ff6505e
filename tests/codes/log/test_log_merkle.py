"""Trees, and the proofs about them, against RFC 6962 by the letter and against published vectors."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codes.log.log_samples import SHARED, entries, naive_root, needs_shared, sm3_tree

from zhijian.codes.log import SHA256
from zhijian.codes.log.audit_path import (
    Nodes,
    consistency_path,
    inclusion_path,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from zhijian.codes.log.errors import LogAbsent, LogMalformed, LogRefused
from zhijian.codes.log.merkle import CompactRange

DATA = entries(70)
INCLUSION = sorted((SHARED / "vectors/merkle/inclusion").rglob("*.json"))
trees = st.tuples(st.integers(0, 70), st.integers(0, 70)).map(sorted)


def nodes(height: int, index: int) -> bytes:
    return naive_root(DATA[index << height : (index + 1) << height])


_typed: Nodes = nodes


def flipped(data: bytes, bit: int) -> bytes:
    place, at = divmod(bit % (8 * len(data)), 8)
    return data[:place] + bytes([data[place] ^ 1 << at]) + data[place + 1 :]


@settings(deadline=None)
@given(st.lists(st.integers(0, 40), max_size=6))
def test_a_compact_range_grown_in_any_batches_has_the_root_of_the_whole_tree(batches: list[int]) -> None:
    grown, data = CompactRange(), entries(sum(batches))
    for count in batches:
        grown.extend(SHA256.leaves(data[grown.size : grown.size + count]))
    assert grown.root() == naive_root(data)
    assert grown.copy().root() == grown.root()


def test_a_compact_range_grows_under_sm3_as_well() -> None:
    tree = sm3_tree()
    grown = CompactRange(tree)
    grown.extend(tree.leaves(DATA))
    assert grown.root() == naive_root(DATA, tree.digest)


def test_a_range_whose_nodes_do_not_fit_its_size_is_refused() -> None:
    with pytest.raises(LogMalformed):
        CompactRange(SHA256, 3, [bytes(32)])


def test_every_leaf_of_every_small_tree_is_proven() -> None:
    for size in range(1, 34):
        root = naive_root(DATA[:size])
        assert tree_root(nodes, size) == root
        for index in range(size):
            path = inclusion_path(nodes, index, size)
            found = verify_inclusion(index, size, SHA256.leaf(DATA[index]), path, root)
            assert (found.index, found.size, found.root) == (index, size, root)


@settings(deadline=None)
@given(trees)
def test_every_tree_is_consistent_with_every_larger_one(sizes: list[int]) -> None:
    first, second = sizes
    old, new = naive_root(DATA[:first]), naive_root(DATA[:second])
    found = verify_consistency(first, old, second, new, consistency_path(nodes, first, second))
    assert (found.first_root, found.second_root) == (old, new)


@settings(deadline=None)
@given(st.integers(1, 70), st.data())
def test_one_flipped_bit_in_leaf_path_or_root_is_refused(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    parts = [SHA256.leaf(DATA[index]), naive_root(DATA[:size]), *inclusion_path(nodes, index, size)]
    which = data.draw(st.integers(0, len(parts) - 1))
    parts[which] = flipped(parts[which], data.draw(st.integers(0, 255)))
    with pytest.raises(LogRefused):
        verify_inclusion(index, size, parts[0], parts[2:], parts[1])


@settings(deadline=None)
@given(trees.filter(lambda sizes: sizes[0] > 0), st.data())
def test_one_flipped_bit_in_a_consistency_proof_is_refused(sizes: list[int], data: st.DataObject) -> None:
    first, second = sizes
    path = consistency_path(nodes, first, second)
    parts = [naive_root(DATA[:first]), naive_root(DATA[:second]), *path]
    which = data.draw(st.integers(0, len(parts) - 1))
    parts[which] = flipped(parts[which], data.draw(st.integers(0, 255)))
    with pytest.raises(LogRefused):
        verify_consistency(first, parts[0], second, parts[1], parts[2:])


@settings(deadline=None)
@given(trees, st.integers(0, 8), st.binary(min_size=32, max_size=32))
def test_a_path_with_one_hash_more_or_less_is_refused(sizes: list[int], place: int, extra: bytes) -> None:
    first, second = sizes
    old, new, path = naive_root(DATA[:first]), naive_root(DATA[:second]), consistency_path(nodes, first, second)
    longer = [*path[:place], extra, *path[place:]]
    for wrong in (longer, path[:-1] if path else longer):
        with pytest.raises(LogRefused):
            verify_consistency(first, old, second, new, wrong)
    if second:
        index = first % second
        path, leaf = inclusion_path(nodes, index, second), SHA256.leaf(DATA[index])
        longer = [*path[:place], extra, *path[place:]]
        for wrong in (longer, path[:-1] if path else longer):
            with pytest.raises(LogRefused):
                verify_inclusion(index, second, leaf, wrong, new)


def test_two_hashes_glued_into_one_are_refused() -> None:
    path = inclusion_path(nodes, 1, 5)
    with pytest.raises(LogRefused) as refused:
        verify_inclusion(1, 5, SHA256.leaf(DATA[1]), [path[0] + path[1], path[2]], naive_root(DATA[:5]))
    assert refused.value.why == "hash-length"


def test_an_inner_node_does_not_pass_for_an_entry() -> None:
    left, right = SHA256.leaves(DATA[:2])
    assert SHA256.leaf(left + right) != SHA256.node(left, right)
    with pytest.raises(LogRefused):
        verify_inclusion(0, 2, SHA256.leaf(left + right), inclusion_path(nodes, 2, 4)[1:], naive_root(DATA[:4]))


@pytest.mark.parametrize(("first", "second"), [(5, 3), (-1, 3)])
def test_a_tree_does_not_continue_into_a_smaller_one(first: int, second: int) -> None:
    with pytest.raises(LogRefused) as refused:
        verify_consistency(first, bytes(32), second, bytes(32), [])
    assert refused.value.why == "size-shrunk"
    with pytest.raises(LogAbsent):
        consistency_path(nodes, first, second)


def test_a_leaf_beyond_the_tree_has_no_proof() -> None:
    with pytest.raises(LogAbsent):
        inclusion_path(nodes, 3, 3)


def test_an_empty_tree_with_another_root_is_the_beginning_of_nothing() -> None:
    with pytest.raises(LogRefused):
        verify_consistency(0, bytes(32), 3, naive_root(DATA[:3]), [])


@needs_shared
@pytest.mark.parametrize("file", INCLUSION, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_published_inclusion_proofs_are_judged_as_published(file: Path) -> None:
    case = json.loads(file.read_text())
    leaf, root = base64.b64decode(case["leafHash"] or ""), base64.b64decode(case["root"] or "")
    path = [base64.b64decode(found) for found in case["proof"] or []]
    if case["wantErr"]:
        with pytest.raises(LogRefused):
            verify_inclusion(case["leafIdx"], case["treeSize"], leaf, path, root)
    else:
        assert verify_inclusion(case["leafIdx"], case["treeSize"], leaf, path, root).root == root
