"""Watch a log that somebody else keeps, for ever: each round holds it against everything seen before.

A round reads every new entry and tile, makes the root from what was seen before and from them, and so shows that the
newer checkpoint continues the older. It also reads some older bundles again, in turn, with the tiles above them: a file
that is altered later is found too, in time. What does not hold is kept as evidence, with both checkpoints.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from zhijian.codes.log.audit_path import inclusion_path, verify_inclusion
from zhijian.codes.log.checkpoint import Checkpoint, SignedCheckpoint, Trust, verify_checkpoint
from zhijian.codes.log.disk import Disk
from zhijian.codes.log.edge import RightEdge, replay
from zhijian.codes.log.errors import LogDamaged, LogError, LogRefused
from zhijian.codes.log.note import Note
from zhijian.codes.log.tile import WIDTH, Fetch, Tiles

AGAIN = 64
"""Older bundles read again in a round: 16,384 entries."""
EVIDENCE_MAX = 1000
_CHECKPOINT, _CURSOR = "checkpoint", "cursor"


@dataclass(frozen=True, slots=True)
class Finding:
    """What does not hold. `kind`: unreachable, refused (the checkpoint itself), quorum, rollback, fork, damaged."""

    kind: str
    detail: str
    kept: int | None
    """Size of the newest checkpoint that was found good before; None in a first round."""
    seen: int | None
    """Size that the log shows now; None when it shows no checkpoint that is believed."""
    evidence: Path
    """Folder with both checkpoints and this finding."""


@dataclass(frozen=True, slots=True)
class Round:
    """One look at the log. Without a finding, all of it held."""

    at: datetime
    origin: str
    size: int
    root: bytes
    fresh: int
    """Entries read for the first time."""
    again: int
    """Older entries read again."""
    witnesses: tuple[str, ...]
    finding: Finding | None


class _Found(Exception):
    def __init__(self, kind: str, detail: str, seen: SignedCheckpoint | None, raw: bytes | None) -> None:
        super().__init__(detail)
        self.kind, self.detail, self.seen, self.raw = kind, detail, seen, raw


class Monitor:
    """Keeps its memory in a folder of its own, one for each log. One process at a time, by lock."""

    def __init__(self, folder: Path) -> None:
        """Raises LogBusy (locked)."""
        self._disk = Disk(folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._disk.close()

    def kept(self, trust: Trust) -> SignedCheckpoint | None:
        """The newest checkpoint found good; None before the first. Raises LogDamaged (monitor-state)."""
        raw = self._disk.read_or_none(_CHECKPOINT)
        try:
            # The quorum may have been another at that time.
            return verify_checkpoint(raw, Trust(trust.origin, trust.keys)) if raw is not None else None
        except LogError as why:
            raise LogDamaged("monitor-state", str(self._disk.root), f"{self._disk.root}: what this monitor remembers is altered, or of "
                             f"another log or other keys ({why}); keep it and begin another folder") from why  # fmt: skip

    def round(self, fetch: Fetch, trust: Trust, at: datetime) -> Round:
        """Raises LogDamaged (monitor-state); everything that is wrong with the log is a finding."""
        kept = self.kept(trust)
        try:
            signed = _checkpoint(fetch, trust)
            fresh, again = self._hold(fetch, kept, signed)
        except _Found as found:
            head = kept.checkpoint if kept else None
            root, size = (head.root, head.size) if head else (b"", 0)
            return Round(at, trust.origin, size, root, 0, 0, (), self._keep(found, kept, at))
        self._disk.put([(_CHECKPOINT, signed.raw)], replace=True)
        names = tuple(by.verifier.name for by in signed.witnesses)
        head = signed.checkpoint
        return Round(at, trust.origin, head.size, head.root, fresh, again, names, None)

    def untrusted(self, detail: str, unreachable: bool, at: datetime) -> Round:
        """A round in which nobody could be found to believe: no checkpoint to be had, or one of no log that is trusted."""
        raw = self._disk.read_or_none(_CHECKPOINT)
        kept = None
        if raw is not None:
            try:
                kept = SignedCheckpoint(Checkpoint.parse(Note.parse(raw).text), raw, ())
            except LogError:
                raise LogDamaged("monitor-state", str(self._disk.root)) from None
        found = _Found("unreachable" if unreachable else "refused", detail, None, None)
        head = kept.checkpoint if kept else Checkpoint("?", 0, bytes(32))
        return Round(at, head.origin, head.size, head.root, 0, 0, (), self._keep(found, kept, at))

    def _hold(self, fetch: Fetch, kept: SignedCheckpoint | None, signed: SignedCheckpoint) -> tuple[int, int]:
        """How many entries were read, new ones and older ones again. Raises _Found."""
        old, new = kept.checkpoint if kept else None, signed.checkpoint
        if old and new.size < old.size:
            raise _Found("rollback", f"{old.size} leaves were shown, now {new.size}", signed, signed.raw)
        if old and new.size == old.size and new.root != old.root:
            raise _Found("fork", f"two roots of size {new.size} are signed", signed, signed.raw)
        try:
            tiles = Tiles(fetch, new.size)
            edge = _edge(tiles, old.size, old.root) if old else RightEdge()
            fresh = sum(len(entries) for entries in replay(edge, tiles))
            if edge.root() != new.root:
                raise LogDamaged("root-mismatch", new.size, f"entries and tiles make another root at {new.size}")
            return fresh, self._again(tiles, new.root, old.size if old else 0)
        except LogError as why:
            if (
                kept
                and old
                and why.why == "root-mismatch"
                and (self._known("fork", kept, signed) or _whole(fetch, signed))
            ):
                detail = f"entries and tiles make the root of {new.size}, and not the root of {old.size} that was signed before"
                raise _Found("fork", detail, signed, signed.raw) from why
            raise _Found("damaged", str(why), signed, signed.raw) from why
        except OSError as why:
            raise _Found("unreachable", f"{type(why).__name__} {why}", signed, signed.raw) from why

    def _again(self, tiles: Tiles, root: bytes, known: int) -> int:
        """Read the next of the full bundles below `known`, with every tile above them. Raises LogError."""
        full = known // WIDTH
        raw = self._disk.read_or_none(_CURSOR) or b"0"
        start = int(raw) % full if full and raw.isdigit() else 0
        chosen = [(start + n) % full for n in range(min(AGAIN, full))]
        for index in chosen:
            leaves = tiles.hashes(0, index)
            if tiles.tree.leaves(tiles.bundle(index)) != leaves:
                raise LogDamaged("bundle-mismatch", index, f"entries of bundle {index} are not those of its tile")
            # The path of one leaf is made of all other hashes of its tile, and of the tiles above it.
            first = index * WIDTH
            try:
                verify_inclusion(first, tiles.size, leaves[0], inclusion_path(tiles.node, first, tiles.size), root)
            except LogRefused as why:
                raise LogDamaged("tile-mismatch", index, f"tile 0/{index}, or one above it, is altered") from why
        if chosen:
            self._disk.put([(_CURSOR, str((chosen[-1] + 1) % full).encode())], replace=True)
        return len(chosen) * WIDTH

    def _known(self, kind: str, kept: SignedCheckpoint, seen: SignedCheckpoint) -> bool:
        """Whether this was found before: a fork need not be made sure of again by reading the whole log."""
        return (self._disk.root / _name(kind, kept.raw, seen.raw)).is_dir()

    def _keep(self, found: _Found, kept: SignedCheckpoint | None, at: datetime) -> Finding:
        """Once for each pair of checkpoints and kind."""
        pair = [kept.raw if kept else b"", found.raw or b""]
        name = _name(found.kind, *pair)
        sizes = kept.checkpoint.size if kept else None, found.seen.checkpoint.size if found.seen else None
        finding = Finding(found.kind, found.detail, *sizes, self._disk.root / name)
        folder = self._disk.root / "evidence"
        full = folder.is_dir() and sum(1 for _ in folder.iterdir()) >= EVIDENCE_MAX
        if not finding.evidence.is_dir() and not full:
            said = {
                "kind": found.kind,
                "detail": found.detail,
                "kept": sizes[0],
                "seen": sizes[1],
                "at": at.isoformat(),
            }
            files = {"kept": pair[0], "seen": pair[1], "finding.json": json.dumps(said, ensure_ascii=False).encode()}
            self._disk.put((f"{name}/{file}", data) for file, data in files.items() if data)
        return finding


def _name(kind: str, kept: bytes, seen: bytes) -> str:
    return f"evidence/{kind}-{hashlib.sha256(kept + b'|' + seen).hexdigest()[:16]}"


def _checkpoint(fetch: Fetch, trust: Trust) -> SignedCheckpoint:
    """Raises _Found."""
    try:
        raw = fetch("checkpoint")
    except OSError as why:
        raise _Found("unreachable", f"{type(why).__name__} {why}", None, None) from why
    try:
        return verify_checkpoint(raw, trust)
    except LogRefused as why:
        raise _Found("quorum" if why.why == "quorum" else "refused", str(why)[:500], None, raw) from why
    except LogError as why:
        raise _Found("refused", str(why)[:500], None, raw) from why


def _edge(tiles: Tiles, size: int, root: bytes) -> RightEdge:
    """The edge where the last round ended, cut out of the tiles of today: of those of that day a log may have dropped
    the partial ones. Raises LogDamaged."""
    edge = RightEdge(tiles.tree)
    edge.size = size
    for level in range((size.bit_length() + 7) // 8):
        index, width = divmod(size >> 8 * level, WIDTH)
        edge.levels.append(tiles.hashes(level, index)[:width] if width else [])
    if size % WIDTH:
        edge.entries = tiles.bundle(size // WIDTH)[: size % WIDTH]
        if tiles.tree.leaves(edge.entries) != edge.levels[0]:
            raise LogDamaged("bundle-mismatch", size // WIDTH)
    if edge.root() != root:
        raise LogDamaged("root-mismatch", size, f"the tiles make another root at {size} than was signed before")
    return edge


def _whole(fetch: Fetch, signed: SignedCheckpoint) -> bool:
    """Whether the log's files make the root it signs now: then it is the history that is another, not a file."""
    edge, head = RightEdge(), signed.checkpoint
    try:
        _drain(replay(edge, Tiles(fetch, head.size)))
    except (LogError, OSError):
        return False
    return edge.root() == head.root


def _drain(steps: Iterator[object]) -> None:
    for _ in steps:
        pass
