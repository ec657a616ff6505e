"""The node's log as the other modules use it: where it lies, who signs it, what it proves.

One folder a half-year under `home/log`, named as in its origin. The sequencer alone writes, one process by lock;
everyone else reads.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from zhijian.codes.log import LogError, LogReader, Signer, TreeHash, Trust, Verifier, folder_fetch
from zhijian.codes.log.key import SM2
from zhijian.codes.model import LogEvidence
from zhijian.codes.trust import TrustedLog
from zhijian.kit.signing import BadSignature, PrivateKey, PublicKey, Suite, sm3

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


def trust_in(log: TrustedLog) -> Trust:
    """Whose signatures a checkpoint needs, by the trust list. No witnesses yet: quorum 0."""
    return Trust(log.origin, (Verifier.parse(log.vkey), Verifier.parse(log.sm2_vkey, sm2_check)))


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


class Logbook:
    """Readers of this node's logs, each kept at the newest checkpoint. Safe to use from several threads."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._readers: dict[str, tuple[tuple[int, int], LogReader, datetime]] = {}

    @staticmethod
    def folder(home: Path, origin: str) -> Path:
        """Where the files of a log lie."""
        return folder(home, origin)

    @staticmethod
    def copy(log: TrustedLog, fetch: Callable[[str], bytes]) -> LogReader:
        """The log as somebody else holds it.

        Raises: LogError.
        """
        return LogReader.open(fetch, trust_in(log))

    def prove(self, log: TrustedLog, index: int, entry: bytes, extra: bytes = b"") -> Proven | None:
        """The proof that `entry` is leaf `index`; None while no checkpoint covers it.

        Raises: LogError when the log is damaged, or the entry is another than the database says.
        """
        found = self._reader(log)
        if found is None or index >= found[0].checkpoint.size:
            return None
        reader, at = found
        with self._lock:  # a reader keeps tiles it has read, and is not made for several threads at once
            if reader.entry(index) != entry:
                raise LogError("entry-differs", index, f"leaf {index} of {log.origin} is not what the database holds")
            proof = reader.prove(index, extra)
        witnesses = tuple(by.verifier.name for by in reader.signed.witnesses)
        return Proven(LogEvidence(log.origin, index, reader.checkpoint.size, at, witnesses), proof.text())

    def published_size(self, log: TrustedLog) -> int:
        """Leaves under the newest checkpoint; 0 before the first."""
        found = self._reader(log)
        return found[0].checkpoint.size if found else 0

    def _reader(self, log: TrustedLog) -> tuple[LogReader, datetime] | None:
        root = folder(self._home, log.origin)
        try:
            stat = (root / "checkpoint").stat()
        except FileNotFoundError:
            return None
        stamp = (stat.st_mtime_ns, stat.st_ino)
        with self._lock:
            kept = self._readers.get(log.origin)
            if kept is None or kept[0] != stamp:
                # A reader that follows its own earlier checkpoint notices a log that was rolled back.
                reader = kept[1].newer() if kept else LogReader.open(folder_fetch(root), trust_in(log))
                kept = (stamp, reader, datetime.fromtimestamp(stat.st_mtime, UTC))
                self._readers[log.origin] = kept
        return kept[1], kept[2]
