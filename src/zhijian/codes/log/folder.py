"""The log on disk, and its only writer.

The database is the write-ahead record: it decides which entry has which index and keeps the bytes. This folder only
has to be equal to it, so that after any crash the caller hands in the same entries again.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Self

from zhijian.codes.log import sm3 as sm3_ranges
from zhijian.codes.log.audit_path import consistency_path, tree_root
from zhijian.codes.log.checkpoint import Checkpoint, SignedCheckpoint, sm3_line
from zhijian.codes.log.disk import Disk
from zhijian.codes.log.errors import LogAbsent, LogBusy, LogError, LogForked, LogMalformed
from zhijian.codes.log.history import History, Published
from zhijian.codes.log.key import COSIGNATURE, Signer, Verifier
from zhijian.codes.log.merkle import CompactRange, TreeHash
from zhijian.codes.log.note import Note, sign_note
from zhijian.codes.log.recover import CHUNK_TILES, finished_names, recover
from zhijian.codes.log.standing import CHECKPOINT, audited, stored_checkpoint
from zhijian.codes.log.tile import ENTRY_BYTES_MAX, WIDTH, Tiles

PARTIALS_KEPT = 128
"""Finished tiles whose partial files are still served, for readers that hold an older checkpoint."""


class LogFolder:
    """One log, open for writing. One thread at a time; `LogReader` reads the same folder while this writes.

    After an exception out of a write nothing more is written (LogBusy, must-reopen): what reached the disk is then
    known again only by opening the folder anew.
    """

    def __init__(
        self, disk: Disk, origin: str, signers: Sequence[Signer], sm3: TreeHash | None, formerly: Sequence[Verifier]
    ) -> None:
        """Use `open`."""
        self._disk, self.origin, self._signers, self._sm3_tree = disk, origin, tuple(signers), sm3
        self._keys = [*(signer.verifier for signer in signers), *formerly]
        self._history = History(disk.root)
        self._published = stored_checkpoint(disk, origin, self._keys, self._history.last)
        head = self._published.checkpoint if self._published else None
        if head and head.sm3 is not None and sm3 is None:
            raise LogError("sm3-needed", head.size, "the published checkpoint has an SM3 root: so must the next")
        self._edge = recover(disk, self._history.last)
        # The newest that this writer signed or found published. What the history has beyond it was signed before a
        # crash and perhaps cosigned: its entries are fixed, and the next `sign` states the same root for its size.
        self._signed = self._own(self._published)
        # Invariant: at the size of `_signed`, never ahead of it.
        self._sm3: CompactRange | None = sm3_ranges.load_range(disk, sm3, head) if sm3 else None
        self._finished = deque(finished_names(self._edge.size, PARTIALS_KEPT))
        self._usable = True

    @classmethod
    def open(
        cls,
        path: Path,
        origin: str,
        signers: Sequence[Signer],
        *,
        sm3: TreeHash | None = None,
        formerly: Sequence[Verifier] = (),
    ) -> Self:
        """Open or begin a log, and mend what a crash left. `formerly` are keys that signed before a change of keys.

        Raises LogBusy (locked), LogRefused when the stored checkpoint is not of this origin and these keys, and
        LogDamaged when the stored tiles do not make the tree that was published.
        """
        if not signers or any(signer.verifier.kind == COSIGNATURE for signer in signers):
            raise LogMalformed("signers", [signer.verifier.name for signer in signers])
        Checkpoint(origin, 0, bytes(32))  # an origin that no checkpoint can carry is refused before anything is made
        disk = Disk(path)
        try:
            return cls(disk, origin, signers, sm3, formerly)
        except BaseException:
            disk.close()
            raise

    def close(self) -> None:
        self._disk.close()
        self._usable = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def keys(self) -> tuple[Verifier, ...]:
        """Those that sign now."""
        return tuple(signer.verifier for signer in self._signers)

    @property
    def latest(self) -> datetime | None:
        """When the newest checkpoint was signed. No later one is older, whatever the clock says."""
        return self._history.last.at if self._history.last else None

    @property
    def size(self) -> int:
        """Entries that are durable; those from `published.checkpoint.size` on are under no published checkpoint yet."""
        return self._edge.size

    def root_at(self, size: int) -> bytes:
        """Root of the first `size` entries as they are stored."""
        return tree_root(Tiles(self._disk.read, self.size).node, size)

    def _own(self, found: SignedCheckpoint | None) -> SignedCheckpoint | None:
        """Without the lines of others."""
        return found and SignedCheckpoint(found.checkpoint, Note.parse(found.raw).only(self._keys), found.signed)

    @property
    def published(self) -> SignedCheckpoint | None:
        return self._published

    def append(self, entries: Sequence[bytes]) -> range:
        """Add entries; their indexes, once every byte is durable. Not yet published."""
        return self.append_at(self.size, entries)

    def append_at(self, first: int, entries: Sequence[bytes]) -> range:
        """Let entry `first + i` be `entries[i]`: what is there already must be equal, the rest is added.

        Raises LogForked (entry-differs) with the index, LogAbsent (gap) when `first` lies beyond the end, and
        LogMalformed (entry-length); nothing is written then.
        """
        if not 0 <= first <= self.size:
            raise LogAbsent("gap", first)
        for entry in entries:
            if len(entry) > ENTRY_BYTES_MAX:
                raise LogMalformed("entry-length", len(entry))
        fresh = entries[self._compared(first, entries) :]
        step = (CHUNK_TILES - 1) * WIDTH  # it may begin inside a tile, and so touch one more
        with self._writing():
            for start in range(0, len(fresh), step):
                self._write(fresh[start : start + step])
        return range(first, first + len(entries))

    def _compared(self, first: int, entries: Sequence[bytes]) -> int:
        """How many of `entries` are stored already, all of them equal."""
        stored, tiles = min(self.size - first, len(entries)), Tiles(self._disk.read, self.size)
        bundle: list[bytes] = []
        for offset in range(stored):
            index = first + offset
            if not offset or index % WIDTH == 0:
                bundle = tiles.bundle(index // WIDTH)
            if bundle[index % WIDTH] != entries[offset]:
                raise LogForked("entry-differs", index)
        return stored

    def _write(self, entries: Sequence[bytes]) -> None:
        grown = self._edge.copy()
        full = grown.grow(entries)
        self._disk.put([(str(name), data) for name, data in (*full, *grown.partials())])
        self._edge = grown
        self._finished.extend(str(name) for name, _ in full)
        while len(self._finished) > PARTIALS_KEPT:
            self._disk.remove_partials(self._finished.popleft())

    def publish(self, at: datetime) -> SignedCheckpoint:
        """Sign and publish the checkpoint of everything appended; the present one when nothing was."""
        if self._published is None or self._published.checkpoint.size < self.size:
            self.sign(at)
            return self.release()
        return self._published

    def sign(self, at: datetime) -> SignedCheckpoint:
        """Sign the checkpoint of everything appended, without publishing it; the newest one when nothing was.

        From now on it may be anywhere: a witness may have it. It stands in the history before this returns, and what
        stands there is never contradicted (`recover`): every later checkpoint continues it, after any crash.

        Before signing, the root is made again from what is on disk: the edge of the tree signed before, then every
        entry and tile since. Raises LogDamaged when it differs from what was written, LogForked (checkpoint-changed)
        when the stored checkpoint is not the one this writer put there.
        """
        if at.tzinfo is None:
            raise LogError("time-naive", at)
        with self._writing():
            self._compare_checkpoint()
            head = self._signed.checkpoint if self._signed else None
            if self._signed and head and head.size == self.size:
                return self._signed
            root, sm3 = audited(self._disk, head, self._edge, self._sm3)
            checkpoint = Checkpoint(self.origin, self.size, root, (sm3_line(sm3.root()),) if sm3 else ())
            raw = sign_note(checkpoint.text(), self._signers)
            signed = SignedCheckpoint(checkpoint, raw, Note.parse(raw).verify(self._keys))
            self._record(Published(checkpoint.size, checkpoint.root, max(at, self.latest or at)))
            self._signed, self._sm3 = signed, sm3
            return signed

    def release(self, cosignatures: bytes = b"") -> SignedCheckpoint:
        """Publish the newest signed checkpoint, with these lines of witnesses behind the log's own.

        The lines are not verified here: the caller knows the witnesses. Raises LogAbsent (unsigned) before the first
        `sign`, LogMalformed for what are no lines of signatures, and LogForked as `sign` does.
        """
        if self._signed is None:
            raise LogAbsent("unsigned", self.origin)
        raw = self._signed.raw + cosignatures
        if Note.parse(raw).text != self._signed.checkpoint.text():
            raise LogMalformed("signature-line", cosignatures)
        with self._writing():
            self._compare_checkpoint()
            if self._sm3:
                sm3_ranges.store_range(self._disk, self._sm3)
            self._disk.put([(CHECKPOINT, raw)], replace=True)
            self._published = SignedCheckpoint(self._signed.checkpoint, raw, self._signed.signed)
            if self._sm3:
                sm3_ranges.drop_other_ranges(self._disk, self._sm3.size)
        return self._published

    def consistency(self, first: int, second: int) -> list[bytes]:
        """The path between two sizes (RFC 6962 section 2.1.2). Only reads: another thread may ask while this writes."""
        return consistency_path(Tiles(self._disk.read, second).node, first, second)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        if not self._usable:
            raise LogBusy("must-reopen", str(self._disk.root))
        self._usable = False
        yield
        self._usable = True

    def _compare_checkpoint(self) -> None:
        """The compare of compare-and-set: the lock alone does not guard a folder that was restored or shared."""
        if self._disk.read_or_none(CHECKPOINT) != (self._published.raw if self._published else None):
            raise LogForked("checkpoint-changed", self.origin)

    def _record(self, published: Published) -> None:
        """Into the history, unless the writer died between this and the checkpoint the last time."""
        last = self._history.last
        if last and last.size == published.size:
            if last.root != published.root:
                raise LogForked("history-differs", published.size)
            return
        self._history.append(published)
