"""A node after its database was restored: its logs made again, and nothing given a second time.

What was issued after the backup is not known any more, but what could have been is: the codes of open leases and those
that the counters would give next. They are skipped. Leaves that others still hold (a mirror of the log, its own files)
are taken back under their places, without the records that only the lost rows had; so the log goes on as it was.
"""

import gzip
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from zhijian.codes import log_store, store
from zhijian.codes.log import LogError, LogFolder, LogReader
from zhijian.codes.logbook import SM3_TREE, folder, signers
from zhijian.codes.sequencer import BATCH, Transaction
from zhijian.kit.db import Db
from zhijian.kit.signing import PrivateKey

CODES_SKIPPED = 100_000_000
"""For each institution and year: more than any lost day can have issued, a ten-thousandth of the numbers there are."""
STATUS_SKIPPED = 4_000_000
"""For each province and month: a megabyte of zeros in the status list, which compresses to a thousandth."""


def remake_log(
    transaction: Transaction, home: Path, origin: str, keys: tuple[bytes, PrivateKey], saved: Path,
    progress: Callable[[str, int], None],
) -> None:  # fmt: skip
    """The files of one log from the rows of `log_entry`, held against the checkpoint and history in `saved`.

    A log whose files survived is left alone.

    Raises: LogDamaged when the rows do not make the tree that was published.
    """
    path = folder(home, origin)
    if (path / "checkpoint").exists():
        return
    with LogFolder.open(path, origin, signers(origin, *keys), sm3=SM3_TREE) as log:
        while entries := _assigned(transaction, origin, log.size):
            log.append_at(log.size, entries)
            progress(origin, log.size)
    for name in ("history", "checkpoint"):
        with gzip.open(saved / f"{name}.gz") as kept, (path / name).open("wb") as file:
            shutil.copyfileobj(kept, file)
    # Opening compares: the tree must be the one of the last signed line, for SM3 too.
    LogFolder.open(path, origin, signers(origin, *keys), sm3=SM3_TREE).close()


def _assigned(transaction: Transaction, origin: str, first: int) -> list[bytes]:
    with transaction() as db:
        return store.assigned(db, origin, first, BATCH)


def adopt(transaction: Transaction, home: Path, keys: tuple[bytes, PrivateKey], copy: LogReader, at: datetime) -> int:
    """Take back the leaves that a copy of our log has and the rows do not; how many.

    Raises: LogError (two-histories) when rows and copy differ: nothing is taken then.
    """
    head = copy.checkpoint
    with LogFolder.open(folder(home, head.origin), head.origin, signers(head.origin, *keys), sm3=SM3_TREE) as log:
        while entries := _assigned(transaction, head.origin, log.size):
            log.append_at(log.size, entries)
        common = min(log.size, head.size)
        if log.root_at(common) != copy.root(common):
            raise LogError(
                "two-histories",
                common,
                f"{head.origin}: the rows and the copy are two histories; keep both, and inquire",
            )
        with transaction() as db:
            known = store.log_size(db, head.origin)
        for first in range(known, head.size, BATCH):
            lost = [copy.entry(n) for n in range(first, min(first + BATCH, head.size))]
            with transaction() as db:
                log_store.insert_lost(db, head.origin, first, lost, at)
            log.append_at(first, lost)
    return max(0, head.size - known)


def skip(db: Db) -> tuple[int, int]:
    """Close every open lease and let each counter jump; (leases closed, counters moved)."""
    return store.close_leases(db), store.jump_counters(db, CODES_SKIPPED, STATUS_SKIPPED)
