"""The one writer of the log: gives pending leaves their place, writes the files, publishes the checkpoint.

Order of events, each durable before the next: (1) the places are committed in the database, (2) the tiles are
written, (3) the checkpoint is signed and renamed into place. A crash after (1) leaves leaves with a place and no
file: the next run writes them again from the database, byte for byte. So an index never gets two entries, and a
published checkpoint never loses one.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Self

from zhijian.codes import store
from zhijian.codes.log import LogError, LogFolder
from zhijian.codes.logbook import SM3_TREE, folder, signers
from zhijian.codes.node import log_origin, log_origin_before
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
    """Holds the lock of the current half-year's log for as long as it is open."""

    def __init__(
        self, transaction: Transaction, home: Path, log_host: str, ed25519: bytes, sm2: PrivateKey, at: datetime
    ) -> None:
        self._transaction, self._home, self._host, self._keys = transaction, home, log_host, (ed25519, sm2)
        self._finish_half_year_before(at)
        self._log = self._open(log_origin(log_host, at))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._log.close()

    def run_once(self, at: datetime) -> int:
        """Sequence and publish what waits; how many leaves it was.

        Raises: LogBehind, LogError.
        """
        if (origin := log_origin(self._host, at)) != self._log.origin:
            self._log.close()
            self._log = self._open(origin)
        with self._transaction() as db:
            pending = store.pending_entries(db, BATCH)
            first = self._log.size
            if pending:
                store.assign(db, self._log.origin, first, [i for i, _ in pending], at)
        if pending:
            self._log.append_at(first, [entry for _, entry in pending])
        if self._unpublished(self._log):
            self._log.publish(at)
        return len(pending)

    @staticmethod
    def _unpublished(log: LogFolder) -> bool:
        """Whether leaves wait for a checkpoint: fresh ones, or those that a crash left without one."""
        return log.published is None or log.published.checkpoint.size < log.size

    def _finish_half_year_before(self, at: datetime) -> None:
        """A crash at the turn of the half-year can leave places in the old log without file or checkpoint."""
        origin = log_origin_before(self._host, at)
        with self._transaction() as db:
            known = store.log_size(db, origin)
        if known:
            with self._open(origin) as log:
                if self._unpublished(log):
                    log.publish(at)

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
