"""The right edge of a tiled tree: all that is needed to add entries, and the one way tiles are made.

Writing, the audit before signing, recovery and verification all grow an edge with entries and look at the tiles that
come out: one writes them, the others compare them with what is stored.
"""

from collections.abc import Iterator, Sequence

from zhijian.codes.log.errors import LogDamaged
from zhijian.codes.log.merkle import SHA256, TreeHash, perfect_sizes
from zhijian.codes.log.tile import WIDTH, TileName, Tiles, encode_bundle

TileFile = tuple[TileName, bytes]


class RightEdge:
    """The partial tile of each level and the partial bundle, for a tree of `size` entries.

    Invariant: level L holds (size >> 8·L) mod 256 hashes; `entries` holds size mod 256 entries.
    """

    def __init__(self, tree: TreeHash = SHA256) -> None:
        self.tree, self.size = tree, 0
        self.levels: list[list[bytes]] = []
        self.entries: list[bytes] = []

    @classmethod
    def load(cls, tiles: Tiles) -> "RightEdge":
        """The edge as stored. Raises LogDamaged when a tile is missing or the bundle does not hash to its tile."""
        edge = cls(tiles.tree)
        edge.size = tiles.size
        for level in range((tiles.size.bit_length() + 7) // 8):
            index, width = divmod(tiles.size >> 8 * level, WIDTH)
            edge.levels.append(list(tiles.hashes(level, index)) if width else [])
        if tiles.size % WIDTH:
            edge.entries = tiles.bundle(tiles.size // WIDTH)
            if tiles.tree.leaves(edge.entries) != edge.levels[0]:
                raise LogDamaged("bundle-mismatch", tiles.size // WIDTH)
        return edge

    def copy(self) -> "RightEdge":
        twin = RightEdge(self.tree)
        twin.size, twin.levels, twin.entries = self.size, [list(level) for level in self.levels], list(self.entries)
        return twin

    def grow(self, entries: Sequence[bytes]) -> list[TileFile]:
        """Add entries; return the bundles and tiles that became full. `partials` has the rest."""
        index, waiting = self.size // WIDTH, [*self.entries, *entries]
        whole = len(waiting) // WIDTH
        full: list[TileFile] = [
            (TileName(None, index + n), encode_bundle(waiting[n * WIDTH : (n + 1) * WIDTH])) for n in range(whole)
        ]
        self.entries = waiting[whole * WIDTH :]
        added, level = self.tree.leaves(entries), 0
        while added:
            made, added = self._fill(level, added)
            full += made
            level += 1
        self.size += len(entries)
        return full

    def _fill(self, level: int, added: Sequence[bytes]) -> tuple[list[TileFile], list[bytes]]:
        """Full tiles of one level after `added`, and their roots: what the level above gets."""
        if level == len(self.levels):
            self.levels.append([])
        first = (self.size >> 8 * level) // WIDTH
        hashes = [*self.levels[level], *added]
        whole = len(hashes) // WIDTH
        cuts = [hashes[n * WIDTH : (n + 1) * WIDTH] for n in range(whole)]
        self.levels[level] = hashes[whole * WIDTH :]
        files = [(TileName(level, first + n), b"".join(cut)) for n, cut in enumerate(cuts)]
        return files, [self.tree.perfect(cut) for cut in cuts]

    def partials(self) -> list[TileFile]:
        """The partial bundle and tiles of this size; none where the edge falls between two tiles."""
        files: list[TileFile] = []
        if self.entries:
            files.append((TileName(None, self.size // WIDTH, len(self.entries)), encode_bundle(self.entries)))
        for level, hashes in enumerate(self.levels):
            if hashes:
                index = (self.size >> 8 * level) // WIDTH
                files.append((TileName(level, index, len(hashes)), b"".join(hashes)))
        return files

    def root(self) -> bytes:
        nodes = []
        for hashes in reversed(self.levels):
            start = 0
            for count in perfect_sizes(len(hashes)):
                nodes.append(self.tree.perfect(hashes[start : start + count]))
                start += count
        return self.tree.bag(nodes)


def replay(edge: RightEdge, tiles: Tiles) -> Iterator[list[bytes]]:
    """Grow `edge` to `tiles.size` with the stored entries, holding every stored tile on the way against them.

    Yields the new entries of each bundle once its tiles were compared; the partial tiles are compared at the end, so
    the reading counts only when it is exhausted. Raises LogDamaged at the first difference.
    """
    for index in range(edge.size // WIDTH, (tiles.size + WIDTH - 1) // WIDTH):
        entries, known = tiles.bundle(index), len(edge.entries)
        if entries[:known] != edge.entries:
            raise LogDamaged("bundle-mismatch", index)
        _compare(edge.grow(entries[known:]), tiles)
        yield entries[known:]
    _compare(edge.partials(), tiles)


def _compare(made: Sequence[TileFile], tiles: Tiles) -> None:
    for name, data in made:
        if name.level is not None and b"".join(tiles.hashes(name.level, name.index)) != data:
            raise LogDamaged("tile-mismatch", str(name))
