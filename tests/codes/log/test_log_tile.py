"""Names and bytes of tiles and bundles are the interface: one spelling, strict lengths."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codes.log.log_samples import entries, naive_root

from zhijian.codes.log.edge import RightEdge, replay
from zhijian.codes.log.errors import LogAbsent, LogDamaged, LogMalformed
from zhijian.codes.log.tile import TileName, Tiles, decode_bundle, encode_bundle

names = st.builds(TileName, st.none() | st.integers(0, 63), st.integers(0, 2**62), st.integers(1, 256))


def stored(count: int) -> dict[str, bytes]:
    edge = RightEdge()
    return {str(name): data for name, data in (*edge.grow(entries(count)), *edge.partials())}


def fetch_from(files: dict[str, bytes]) -> Tiles:
    def fetch(name: str) -> bytes:
        if name not in files:
            raise FileNotFoundError(name)
        return files[name]

    return Tiles(fetch, 700)


@settings(deadline=None)
@given(names)
def test_a_name_is_read_back_from_its_path(name: TileName) -> None:
    assert TileName.parse(str(name)) == name


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/1", "tile/0/0001", "tile/00/001", "tile/64/001", "tile/-1/001", "tile/0/x000/001", "tile/0/001/002",
        "tile/0/x001/x002", "tile/0/001.p/0", "tile/0/001.p/01", "tile/0/001.p/256", "tile/0/001.p", "tile/0/001/",
        "tile/entries/../000", "/tile/0/001", "tile/0/００１", "tile/0/001\n", "checkpoint",
    ],
)  # fmt: skip
def test_any_other_spelling_of_a_path_is_refused(path: str) -> None:
    with pytest.raises(LogMalformed):
        TileName.parse(path)


@settings(deadline=None)
@given(st.lists(st.binary(max_size=300), max_size=256))
def test_a_bundle_is_read_back_as_it_was(found: list[bytes]) -> None:
    assert decode_bundle(encode_bundle(found), len(found)) == found


def test_an_entry_of_65535_bytes_is_the_longest() -> None:
    assert len(encode_bundle([bytes(65535)])) == 65537
    with pytest.raises(LogMalformed) as refused:
        encode_bundle([bytes(65536)])
    assert refused.value.why == "entry-length"


@pytest.mark.parametrize("raw", [b"\x00", b"\x00\x02a", b"\x00\x01a\x00", b"\x00\x01a", b""])
def test_a_bundle_with_bytes_too_many_or_too_few_is_damaged(raw: bytes) -> None:
    with pytest.raises(LogDamaged):
        decode_bundle(raw, 2)


def test_a_tree_of_70000_has_the_tiles_the_specification_counts() -> None:
    found = [TileName.parse(name) for name in stored(70_000)]
    by_level = {level: sorted(n.width for n in found if n.level == level) for level in (0, 1, 2)}
    assert by_level == {0: [112, *[256] * 273], 1: [17, 256], 2: [1]}
    assert not any(name.level == 3 for name in found)


def test_a_dropped_partial_tile_is_read_from_the_full_one() -> None:
    files = {**stored(700), **stored(768)}
    del files["tile/0/002.p/188"], files["tile/entries/002.p/188"]
    tiles = fetch_from(files)
    assert RightEdge.load(tiles).root() == naive_root(entries(700))
    assert tiles.bundle(2) == entries(188, 512)


def test_a_tile_of_another_length_or_a_missing_one_is_damaged() -> None:
    files = stored(700)
    files["tile/0/000"] += bytes(32)
    with pytest.raises(LogDamaged) as damaged:
        fetch_from(files).hashes(0, 0)
    assert damaged.value.why == "tile-length"
    del files["tile/0/000"]
    with pytest.raises(LogDamaged) as damaged:
        fetch_from(files).hashes(0, 0)
    assert damaged.value.why == "tile-missing"


def test_what_lies_beyond_the_tree_is_absent() -> None:
    tiles = fetch_from(stored(768))
    for ask in (lambda: tiles.hashes(0, 3), lambda: tiles.bundle(3), lambda: tiles.node(0, 700)):
        with pytest.raises(LogAbsent):
            ask()
    with pytest.raises(LogAbsent):
        tiles.node(3, 700 // 8)  # its leaves 696 to 703 are not all in the tree, though they are in the full tile


def test_replaying_a_stored_tree_gives_its_entries_and_its_root() -> None:
    edge, found = RightEdge(), []
    for bundle in replay(edge, fetch_from(stored(700))):
        found += bundle
    assert found == entries(700)
    assert edge.root() == naive_root(found)


def walked(raw: bytes, width: int) -> list[bytes] | None:
    """A bundle by the letter of tlog-tiles; None for what is none."""
    found = []
    while raw:
        length = int.from_bytes(raw[:2], "big")
        if len(raw) < 2 + length:
            return None
        found.append(raw[2 : 2 + length])
        raw = raw[2 + length :]
    return found if len(found) == width else None


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from([b"", b"a", b"\0\1", b"\0\0\0", b"abc"]), min_size=1, max_size=6), st.data())
def test_a_bundle_is_read_in_one_way_whatever_the_lengths(some: list[bytes], data: st.DataObject) -> None:
    raw = bytearray(encode_bundle(some))
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 3))
    width = data.draw(st.integers(0, 7))
    try:
        assert decode_bundle(bytes(raw), width) == walked(bytes(raw), width)
    except LogDamaged:
        assert walked(bytes(raw), width) is None
