"""The one writer of the log: gives pending leaves their place, writes the files, publishes the checkpoint.

Order of events, each durable before the next: (1) the places are committed in the database, (2) the tiles are
written, (3) the checkpoint is signed and stands in the log's history, (4) witnesses cosign it, (5) it is renamed into
place. A crash after (1) leaves leaves with a place and no file: the next run writes them again from the database, byte
for byte. So an index never gets two entries, and a checkpoint that was signed, published or not, never loses one.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Self

from zhijian.codes import log_store, store
from zhijian.codes.log import LogError, LogFolder
from zhijian.codes.log.checkpoint import Checkpoint
from zhijian.codes.log.cosigning import Ask
from zhijian.codes.log.note import Note
from zhijian.codes.logbook import SM3_TREE, folder, signers
from zhijian.codes.node import log_origin
from zhijian.codes.publishing import Policy, Publisher, Waiting
from zhijian.codes.trust import TrustList
from zhijian.kit.db import Db
from zhijian.kit.signing import PrivateKey

BATCH = 5000
Transaction = Callable[[], AbstractContextManager[Db]]
"""Opens a transaction that commits at its end; the sequencer is a door of its own."""


class LogBehind(LogError):
    """The database holds fewer leaves than the log has published: it was restored from an older copy."""

    @classmethod
    def of(cls, origin: str, known: int, size: int) -> Self:
        return cls("database-behind", (known, size),
                   f"{origin}: the database knows {known} leaves, the log has {size}; it was restored from an older copy. "
                   "Do not issue; see docs/howto/operate.md")  # fmt: skip


class Sequencer:
    """Holds the lock of the current half-year's log for as long as it is open, and of those that are not finished."""

    def __init__(
        self, transaction: Transaction, home: Path, log_host: str, ed25519: bytes, sm2: PrivateKey, at: datetime,
        trust: Callable[[Db], TrustList | None], asks: Mapping[str, Ask],
    ) -> None:  # fmt: skip
        """`trust` gives the newest list, in every turn; `asks` are the ways to witnesses, by verifier key."""
        self._transaction, self._home, self._host, self._keys = transaction, home, log_host, (ed25519, sm2)
        self._trust, self._publisher = trust, Publisher(asks)
        self.waiting: tuple[Waiting, ...] = ()
        """What of the last turn is to be told: checkpoints that wait for witnesses, witnesses that refused."""
        self._unfinished: dict[str, LogFolder] = {}
        """Older logs of which something is not published, or not under the witnesses of now."""
        self._log: LogFolder | None = None
        try:
            with transaction() as db:
                known = trust(db)
            current = _named(log_origin(log_host, at), known)
            self._publisher.follow(Policy.of(known))
            self._look_for_unfinished(current)
            self._log = self._open(current)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        for log in (self._log, *self._unfinished.values()):
            if log is not None:
                log.close()

    def run_once(self, at: datetime) -> int:
        """Sequence and publish what waits; how many leaves it was.

        Raises: LogBehind, LogError.
        """
        with self._transaction() as db:
            known = self._trust(db)
        policy, log = Policy.of(known), self._current(_named(log_origin(self._host, at), known))
        at = max(at, log.latest or at)  # a clock that was set back makes nothing older than what came before it
        with self._transaction() as db:
            pending = store.pending_entries(db, BATCH)
            first = log.size
            if pending:
                store.assign(db, log.origin, first, [i for i, _ in pending], at)
        if pending:
            log.append_at(first, [entry for _, entry in pending])
        if self._publisher.follow(policy):
            self._look_for_unfinished(log.origin)
        told = [self._publisher.settle(log, at)[1]]
        for older in [*self._unfinished.values()]:
            settled, waits = self._publisher.settle(older, at)
            told.append(waits)
            if settled:
                self._unfinished.pop(older.origin).close()
        self.waiting = tuple(waits for waits in told if waits)
        return len(pending)

    def _current(self, origin: str) -> LogFolder:
        """The log of this half-year; at its turn the one before is kept until it is published to its end."""
        if self._log is None or self._log.origin != origin:
            if self._log is not None:
                self._unfinished[self._log.origin] = self._log
            self._log = self._unfinished.pop(origin, None) or self._open(origin)
        return self._log

    def _look_for_unfinished(self, current: str) -> None:
        """A crash at the turn of the half-year, or other witnesses, leave older logs with something to publish."""
        with self._transaction() as db:
            known = {origin: store.log_size(db, origin) for origin in log_origins(db, self._host)}
        for origin, size in known.items():
            if origin != current and origin not in self._unfinished and not self._finished(origin, size):
                self._unfinished[origin] = self._open(origin)

    def _finished(self, origin: str, size: int) -> bool:
        """By its checkpoint. One that is whole and not of these keys is not for the sequencer to judge."""
        keys = [signer.verifier for signer in signers(origin, *self._keys)]
        try:
            raw = (folder(self._home, origin) / "checkpoint").read_bytes()
            note = Note.parse(raw)
            if Checkpoint.parse(note.text).size < size:
                return False
            note.verify(keys)
        except FileNotFoundError:
            return False
        except LogError:
            return True
        return self._publisher.holds(raw, origin, keys)

    def _open(self, origin: str) -> LogFolder:
        log = LogFolder.open(folder(self._home, origin), origin, signers(origin, *self._keys), sm3=SM3_TREE)
        try:
            self._catch_up(log)
        except BaseException:
            log.close()
            raise
        return log

    def _catch_up(self, log: LogFolder) -> None:
        """Write what has a place but no file. Compares the unpublished end, where a crash can have struck."""
        published = log.published.checkpoint.size if log.published else 0
        with self._transaction() as db:
            known = store.log_size(db, log.origin)
            if known < log.size:
                raise LogBehind.of(log.origin, known, log.size)
            at = published
            while at < known and (entries := store.assigned(db, log.origin, at, BATCH)):
                log.append_at(at, entries)
                at += len(entries)


def _named(origin: str, known: TrustList | None) -> str:
    """`origin`, when the trust list names it. Leaves in any other log could never be verified: most likely the clock is
    wrong, and they wait.

    Raises: LogError.
    """
    if known is not None and all(log.origin != origin for log in known.logs):
        raise LogError("log-unknown", origin, f"log-unknown: the trust list names no log {origin}; is the clock right?")
    return origin


def log_origins(db: Db, host: str) -> list[str]:
    return [origin for origin in log_store.origins(db) if origin.rsplit("/", 1)[0] == host]
