"""Opening a folder that a crash, a kill or a full disk may have left half written.

Entries up to the last line of the history are published: they must be there, and make the root of that line. Beyond
it, a bundle is kept only with the level-0 tile its entries hash to; the tiles above are made anew and the rest is
removed. An append that returned has both, durable; what is removed was never acknowledged.
"""

from zhijian.codes.log.disk import Disk
from zhijian.codes.log.edge import RightEdge
from zhijian.codes.log.errors import LogError
from zhijian.codes.log.history import Published
from zhijian.codes.log.standing import loaded_edge
from zhijian.codes.log.tile import WIDTH, TileName, decode_bundle

CHUNK_TILES = 64
"""Bundles written between two points at which everything is durable. It bounds where leftovers can lie."""


def recover(disk: Disk, last: Published | None) -> RightEdge:
    """The edge after everything that can be kept, durable and swept clean beyond it. `last` is the history's.

    Raises LogDamaged when what was published is not there.
    """
    edge = loaded_edge(disk, last.size, last.root) if last else RightEdge()
    while True:
        index, known = edge.size // WIDTH, len(edge.entries)
        entries = _longest_bundle(disk, index, edge)
        if len(entries) > known:
            disk.put(((str(name), data) for name, data in edge.grow(entries[known:])), replace=True)
        if len(entries) < WIDTH:
            break
    disk.put(((str(name), data) for name, data in edge.partials()), replace=True)
    _sweep(disk, edge.size)
    return edge


def _longest_bundle(disk: Disk, index: int, edge: RightEdge) -> list[bytes]:
    """The widest bundle of this index that goes on from the edge and matches its tile; else the edge's entries."""
    known = edge.entries
    for width in [WIDTH, *disk.widths(str(TileName(None, index)))]:
        raw = disk.read_or_none(str(TileName(None, index, width))) if width > len(known) else None
        if raw is None:
            continue
        try:
            entries = decode_bundle(raw, width)
        except LogError:
            continue  # torn or altered, and no checkpoint covers it: a narrower one may be whole
        tile = disk.read_or_none(str(TileName(0, index, width)))
        if entries[: len(known)] == known and tile == b"".join(edge.tree.leaves(entries)):
            return entries
    return known


def _sweep(disk: Disk, size: int) -> None:
    """Remove tiles and bundles beyond `size`. An interrupted chunk reaches at most CHUNK_TILES further."""
    levels: list[int | None] = [None, *range(8)]
    for level in levels:
        index, width = divmod(size >> 8 * (level or 0), WIDTH)
        stem = str(TileName(level, index))
        disk.remove(stem)
        for wider in disk.widths(stem):
            if wider > width:
                disk.remove(f"{stem}.p/{wider}")
        for further in range(index + 1, index + 1 + CHUNK_TILES):
            stem = str(TileName(level, further))
            disk.remove(stem)
            disk.remove_partials(stem)


def finished_names(size: int, count: int) -> list[str]:
    """The last `count` full bundles and level-0 tiles, oldest first: their partial files are to be removed in time."""
    full = size // WIDTH
    return [str(TileName(level, index)) for index in range(max(0, full - count // 2), full) for level in (None, 0)]
