"""Names and bytes of C2SP tlog-tiles resources, and reading the tree back from them.

The bytes on disk are the interface: what is written here can be served as static files to any tlog-tiles client.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from zhijian.codes.log.errors import LogAbsent, LogDamaged, LogMalformed
from zhijian.codes.log.merkle import SHA256, TreeHash

WIDTH = 256
"""Hashes in a full tile, entries in a full bundle."""
HASH_BYTES = 32
ENTRY_BYTES_MAX = 0xFFFF

Fetch = Callable[[str], bytes]
"""Name of a resource below the log's prefix → its bytes. Raises FileNotFoundError when there is none."""

_NAME = re.compile(r"tile/(entries|0|[1-9]\d?)/((?:x\d{3}/)*)(\d{3})(?:\.p/([1-9]\d{0,2}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class TileName:
    """One tile, or one entry bundle when `level` is None. A width of 256 is full.

    >>> str(TileName(0, 1234067)), str(TileName(None, 5, 12))
    ('tile/0/x001/x234/067', 'tile/entries/005.p/12')
    >>> TileName.parse("tile/0/x001/x234/067")
    TileName(level=0, index=1234067, width=256)
    """

    level: int | None
    index: int
    width: int = WIDTH

    def __str__(self) -> str:
        index, last = divmod(self.index, 1000)
        groups = [f"{last:03d}"]
        while index:
            index, group = divmod(index, 1000)
            groups.append(f"x{group:03d}")
        kind = "entries" if self.level is None else self.level
        partial = f".p/{self.width}" if self.width < WIDTH else ""
        return f"tile/{kind}/{'/'.join(reversed(groups))}{partial}"

    @classmethod
    def parse(cls, text: str) -> "TileName":
        """Raises LogMalformed (tile-name) unless `text` is the one spelling of its tile."""
        match = _NAME.fullmatch(text)
        if match is None:
            raise LogMalformed("tile-name", text)
        kind, upper, last, width = match.groups()
        index = int((upper + last).replace("/", "").replace("x", ""))
        name = cls(None if kind == "entries" else int(kind), index, int(width) if width else WIDTH)
        if str(name) != text or (name.level or 0) > 63:
            raise LogMalformed("tile-name", text)
        return name


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Entries, each behind its length as big-endian uint16. Raises LogMalformed (entry-length) above 65,535 bytes."""
    parts: list[bytes] = []
    for entry in entries:
        if len(entry) > ENTRY_BYTES_MAX:
            raise LogMalformed("entry-length", len(entry))
        parts += (len(entry).to_bytes(2, "big"), entry)
    return b"".join(parts)


def decode_bundle(raw: bytes, width: int) -> list[bytes]:
    """Exactly `width` entries and nothing behind them, else LogDamaged (bundle-length)."""
    # Where all are of one length, which three looks tell, they lie where they must: ten times as fast as to walk.
    step = 2 + int.from_bytes(raw[:2], "big")
    if len(raw) == step * width and raw[::step] == raw[:1] * width and raw[1::step] == raw[1:2] * width:
        return [raw[start + 2 : start + step] for start in range(0, len(raw), step)]
    entries, start = [], 0
    while start < len(raw):
        end = start + 2 + int.from_bytes(raw[start : start + 2], "big")
        entries.append(raw[start + 2 : end])
        start = end
    if start != len(raw) or len(entries) != width:
        raise LogDamaged("bundle-length", len(entries))
    return entries


def split_hashes(raw: bytes, width: int) -> list[bytes]:
    if len(raw) != HASH_BYTES * width:
        raise LogDamaged("tile-length", len(raw))
    return [raw[start : start + HASH_BYTES] for start in range(0, len(raw), HASH_BYTES)]


class Tiles:
    """The tree of the first `size` entries, read from stored tiles.

    What is fetched is not authenticated here: the caller compares a root or verifies a path. Tiles read once are kept
    (they are immutable), so an instance that must see the disk as it is now is made anew.
    """

    KEPT = 512  # tiles, at most 40 KB each with the nodes above their hashes

    def __init__(self, fetch: Fetch, size: int, tree: TreeHash = SHA256) -> None:
        self.size, self.tree = size, tree
        self._fetch = fetch
        # Row 0 of a tile is its hashes, row h the nodes h levels above them, made when first asked for.
        self._kept: dict[tuple[int, int], list[list[bytes]]] = {}

    def width(self, level: int, index: int) -> int:
        """Hashes of this tile that the tree of `size` leaves has; 0 when it lies beyond the tree."""
        return max(0, min(WIDTH, (self.size >> 8 * level) - index * WIDTH))

    def hashes(self, level: int, index: int) -> list[bytes]:
        """Those hashes of a tile that are in the tree. Raises LogAbsent beyond it, LogDamaged for a missing tile."""
        return self._rows(level, index)[0]

    def _rows(self, level: int, index: int) -> list[list[bytes]]:
        if (level, index) not in self._kept:
            if len(self._kept) >= self.KEPT:
                self._kept.clear()
            self._kept[level, index] = [self._read(TileName(level, index, self.width(level, index)), split_hashes)]
        return self._kept[level, index]

    def bundle(self, index: int) -> list[bytes]:
        """Entries of the bundle that are in the tree. Not kept: a whole reading would hold the whole log."""
        return self._read(TileName(None, index, self.width(0, index)), decode_bundle)

    def _read(self, name: TileName, decode: Callable[[bytes, int], list[bytes]]) -> list[bytes]:
        if name.width == 0:
            raise LogAbsent("tile-beyond-tree", str(name))
        try:
            return decode(self._fetch(str(name)), name.width)
        except FileNotFoundError:
            if name.width == WIDTH:
                raise LogDamaged("tile-missing", str(name)) from None
        # A log may drop a partial tile once the full one is there (tlog-tiles, "Partial Tiles").
        full = TileName(name.level, name.index)
        try:
            return decode(self._fetch(str(full)), WIDTH)[: name.width]
        except FileNotFoundError:
            raise LogDamaged("tile-missing", str(name)) from None

    def node(self, height: int, index: int) -> bytes:
        """Root of one perfect subtree (`audit_path.Nodes`)."""
        level, above = divmod(height, 8)
        tile, place = divmod(index, WIDTH >> above)
        rows = self._rows(level, tile)
        while len(rows) <= above:
            rows.append(self.tree.pairs(rows[-1][: len(rows[-1]) & ~1]))
        if place >= len(rows[above]):
            raise LogAbsent("node-beyond-tree", (height, index))
        return rows[above][place]
