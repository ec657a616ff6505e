"""The node's log as the other modules use it: where it lies, who signs it, what it proves.

One folder a half-year under `home/log`, named as in its origin. The sequencer alone writes, one process by lock;
everyone else reads.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from zhijian.codes import log_store, record
from zhijian.codes.log import LogError, LogReader, Signer, TreeHash, Trust, Verifier, folder_fetch
from zhijian.codes.log.errors import LogRefused
from zhijian.codes.log.history import NAME as HISTORY
from zhijian.codes.log.history import around
from zhijian.codes.log.key import SM2
from zhijian.codes.log.spelling import NUMBER_MAX
from zhijian.codes.model import LogEvidence
from zhijian.codes.trust import TrustedLog, TrustList
from zhijian.kit.db import Db
from zhijian.kit.signing import BadSignature, PrivateKey, PublicKey, Suite, sm3

TIMES_KEPT = 50_000
SM3_TREE = TreeHash("sm3", sm3)


def sm2_check(point: bytes, message: bytes, signature: bytes) -> bool:
    """The log's way of asking; it knows no suite but its own."""
    try:
        PublicKey(Suite.SM2, point).verify(message, signature)
    except BadSignature:
        return False
    return True


def signers(origin: str, ed25519: bytes, sm2: PrivateKey) -> tuple[Signer, Signer]:
    """Both lines of a checkpoint: Ed25519 for every C2SP reader, SM2 for those who ask for it."""
    first = Signer.ed25519(origin, Ed25519PrivateKey.from_private_bytes(ed25519))
    return first, Signer(Verifier(origin, SM2, sm2.public.point, sm2_check), sm2.sign)


def trust_in(log: TrustedLog, known: TrustList) -> Trust:
    """Whose signatures a checkpoint needs, by the trust list: both of the log's keys, and its quorum of its witnesses.

    Raises: LogError when the list names what are no keys.
    """
    keys = Verifier.parse(log.vkey), Verifier.parse(log.sm2_vkey, sm2_check)
    return Trust(log.origin, keys, tuple(Verifier.parse(vkey) for vkey in known.witnesses), known.quorum)


def folder(home: Path, origin: str) -> Path:
    """
    >>> folder(Path("/srv"), "log.zhijian.example/2026h2").as_posix()
    '/srv/log/log.zhijian.example/2026h2'
    """
    host, half_year = origin.rsplit("/", 1)
    return home / "log" / host / half_year


@dataclass(frozen=True, slots=True)
class Proven:
    """A leaf shown to be under a verified checkpoint, with the text that shows it to others."""

    evidence: LogEvidence
    text: bytes


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was read under one trust."""

    stamp: tuple[int, int]
    """Of the checkpoint's file when it was last looked at."""
    known: TrustList
    trust: Trust
    """In this log, by `known`."""
    reader: LogReader | None
    """None: the checkpoint is below the quorum, and none before it was not."""
    at: datetime


@dataclass(frozen=True, slots=True)
class LogStanding:
    """How far a log is published."""

    origin: str
    size: int
    """Leaves under the newest checkpoint that is believed."""
    signed: int
    """Leaves under the newest that was signed. More than `size` for longer than a moment: the quorum is missing."""
    waiting_since: datetime | None
    """When the oldest checkpoint beyond the believed one was signed."""
    witnesses: tuple[str, ...]
    quorum: int


class Logbook:
    """Readers of this node's logs, each kept at the newest checkpoint. Safe to use from several threads.

    A checkpoint below the trust list's quorum of witnesses is not believed: it proves nothing, and the one believed
    before stays in its place.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._readers: dict[str, _Kept] = {}
        self._since: dict[tuple[str, int], datetime] = {}
        """A checkpoint that covers a leaf stays the first that does."""

    @staticmethod
    def folder(home: Path, origin: str) -> Path:
        """Where the files of a log lie."""
        return folder(home, origin)

    @staticmethod
    def copy(known: TrustList, origin: str, fetch: Callable[[str], bytes]) -> LogReader:
        """The log as somebody else holds it.

        Raises: LogError; CredentialRefused when the trust list does not know the log.
        """
        return LogReader.open(fetch, trust_in(known.log(origin), known))

    def prove(self, known: TrustList, origin: str, index: int, entry: bytes, extra: bytes = b"") -> Proven | None:
        """The proof that `entry` is leaf `index`; None while no checkpoint that is believed covers it.

        Raises: LogError when the log is damaged, or the entry is another than the database says; CredentialRefused
        when the trust list does not know the log.
        """
        found = self._reader(known, origin)
        if found is None or index >= found[0].checkpoint.size:
            return None
        reader, at = found
        with self._lock:  # a reader keeps tiles it has read, and is not made for several threads at once
            if not reader.holds(index, entry):
                raise LogError("entry-differs", index, f"leaf {index} of {origin} is not what the database holds")
            proof = reader.prove(index, extra)
        witnesses = tuple(by.verifier.name for by in reader.signed.witnesses)
        return Proven(LogEvidence(origin, index, reader.checkpoint.size, at, witnesses), proof.text())

    def published_size(self, known: TrustList, origin: str) -> int:
        """Leaves under the newest checkpoint that is believed; 0 before the first."""
        found = self._reader(known, origin)
        return found[0].checkpoint.size if found else 0

    def covered_since(self, origin: str, index: int) -> datetime | None:
        """When the first checkpoint with this leaf was signed, by the log's own history; None while none is.

        The time is the log's word, which nobody has signed; it does not stand in the database. Raises: LogError.
        """
        found = self._since.get((origin, index))
        if found is None:
            try:
                signed = around(folder(self._home, origin) / HISTORY, index)[1]
            except FileNotFoundError:
                return None
            if signed is None:
                return None
            with self._lock:
                if len(self._since) >= TIMES_KEPT:
                    self._since.clear()
                found = self._since[origin, index] = signed.at
        return found

    def standing(self, known: TrustList, origin: str) -> LogStanding:
        """How far the log is published, and whether it waits for witnesses. Raises: LogError, CredentialRefused."""
        found = self._reader(known, origin)
        size = found[0].checkpoint.size if found else 0
        by = tuple(one.verifier.name for one in found[0].signed.witnesses) if found else ()
        try:
            path = folder(self._home, origin) / HISTORY
            newest, waits = around(path, NUMBER_MAX)[0], around(path, size)[1]
        except FileNotFoundError:
            newest = waits = None
        signed = newest.size if newest else 0
        return LogStanding(origin, size, signed, waits.at if waits else None, by, known.quorum)

    @staticmethod
    def anchor(db: Db, seq: int, digest: bytes) -> bool:
        """A leaf that commits to the audit trail as far as entry `seq`; False where one did already, or to more."""
        newest = log_store.newest_record(db, record.ANCHOR_CODE, record.ANCHORED)
        if newest is not None and record.read_anchor(newest)[0] >= seq:
            return False
        kept, leaf = record.anchor(seq, digest), record.anchor_leaf(seq, digest)
        log_store.insert_anchor(db, record.ANCHOR_CODE, record.ANCHORED, kept, leaf)
        return True

    def anchors(self, known: TrustList) -> frozenset[bytes]:
        """Leaves of the published logs that commit to the audit trail, each shown to be in its tree. Read them before the trail.

        Raises: LogError.
        """
        found: set[bytes] = set()
        for log in known.logs:
            root = folder(self._home, log.origin)
            if (root / "checkpoint").exists():
                reader = LogReader.open(folder_fetch(root), trust_in(log, known))
                found.update(reader.entry(index) for index, entry in reader.entries() if entry[0] == record.ANCHORED)
        return frozenset(found)

    @staticmethod
    def anchor_leaf(seq: int, digest: bytes) -> bytes:
        """What of `anchors` is made of this entry of the trail."""
        return record.anchor_leaf(seq, digest)

    def _reader(self, known: TrustList, origin: str) -> tuple[LogReader, datetime] | None:
        root, listed = folder(self._home, origin), known.log(origin)
        try:
            stat = (root / "checkpoint").stat()
        except FileNotFoundError:
            return None
        stamp = (stat.st_mtime_ns, stat.st_ino)
        with self._lock:
            kept = self._readers.get(origin)
            if kept is None or kept.stamp != stamp or kept.known is not known:
                trust = trust_in(listed, known)
                if kept is None or kept.stamp != stamp or kept.trust != trust:
                    kept = self._read(root, trust, stamp, kept, known)
                self._readers[origin] = kept = replace(kept, known=known)
        return (kept.reader, kept.at) if kept.reader else None

    @staticmethod
    def _read(root: Path, trust: Trust, stamp: tuple[int, int], before: _Kept | None, known: TrustList) -> _Kept:
        """Raises: LogError, but not for a quorum that is missing."""
        try:
            reader = LogReader.open(folder_fetch(root), trust)
        except LogRefused as why:
            if why.why != "quorum":
                raise
            same = before if before and before.trust == trust else None
            return _Kept(
                stamp, known, trust, same.reader if same else None, same.at if same else datetime.fromtimestamp(0, UTC)
            )
        if before and before.reader:
            # What follows its own earlier checkpoint notices a log that was rolled back.
            reader.continues(before.reader.checkpoint.size, before.reader.checkpoint.root)
        return _Kept(stamp, known, trust, reader, datetime.fromtimestamp(stamp[0] / 1e9, UTC))
