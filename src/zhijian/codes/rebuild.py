"""Derive every report's public state from the log alone, and hold the database against it.

The files say which leaves there are and in which order; a record counts only when it opens its leaf. What the rows say
of a report must then be what the leaves say, and a leaf whose record is gone tells that something was deleted: with the
log entry and the change of state both deleted, no single answer can notice that.

Everything is streamed; what must be sorted by report is sorted by the database, in a table that ends with the
transaction. Nothing of the node is changed.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from zhijian.codes import log_store, rebuild_store
from zhijian.codes.log import LogError, LogReader, Trust, folder_fetch
from zhijian.codes.log.edge import RightEdge, replay
from zhijian.codes.log.errors import LogDamaged, LogRefused
from zhijian.codes.log.history import NAME as HISTORY
from zhijian.codes.log.tile import Tiles
from zhijian.codes.logbook import folder, trust_in
from zhijian.codes.rebuild_leaf import Found, LeafCheck, Said, times_around
from zhijian.codes.store import Row
from zhijian.codes.trust import TrustList
from zhijian.kit.db import Db

CHUNK = 10_000


Progress = Callable[[str, int, int], None]
"""(log, leaves read, of how many)."""


def rebuild(db: Db, home: Path, known: TrustList, progress: Progress) -> Iterator[Found]:
    """What does not agree, of every log of the node. `db` must be one transaction that sees one moment (REPEATABLE READ), without a query
    yet: the checkpoints are read first, so that whatever they cover is in that moment. Its caller keeps nothing of it.
    """
    opened = {log.origin: _opened(home, log.origin, known) for log in known.logs}
    rebuild_store.begin(db)
    work = _Rebuilding(db, home, progress)
    for origin in log_store.origins(db):
        if origin not in opened:
            work.whole = False
            yield Found("log-missing", origin, "rows have a place in a log that the trust list does not name")
    for origin in sorted(opened):  # named by half-year: in the order of time
        reader, refused = opened[origin]
        if refused is not None:
            yield Found("log-refused", origin, str(refused)[:300])
        work.whole = work.whole and (reader is not None or refused is None)
        if reader is not None:
            yield from work.read(reader)
        yield from work.beyond(origin, reader.checkpoint.size if reader else 0, refused)
    yield from work.pending()
    yield from work.compared()


def _opened(home: Path, origin: str, known: TrustList) -> tuple[LogReader | None, LogError | None]:
    """Below the quorum it is read all the same, and told. Neither: no checkpoint was published."""
    trust = trust_in(known.log(origin), known)
    fetch = folder_fetch(folder(home, origin))
    try:
        if not (folder(home, origin) / "checkpoint").exists():
            return None, None
        return LogReader.open(fetch, trust), None
    except LogRefused as why:
        return (LogReader.open(fetch, Trust(origin, trust.keys)) if why.why == "quorum" else None), why
    except LogError as why:
        return None, why


class _Rebuilding:
    """One run: what the leaves have said so far, and whether all of them were read."""

    def __init__(self, db: Db, home: Path, progress: Progress) -> None:
        self._db, self._home, self._progress = db, home, progress
        self._said: list[Said] = []
        self._number = 0
        self.whole = True

    def read(self, reader: LogReader) -> Iterator[Found]:
        """Every leaf under the checkpoint, with its record."""
        head, edge = reader.checkpoint, RightEdge()
        fetch = folder_fetch(folder(self._home, head.origin))
        rows = rebuild_store.records(self._db, head.origin, 0, head.size)
        times = times_around(folder(self._home, head.origin) / HISTORY)
        check, row, index = LeafCheck(head.origin), next(rows, None), 0
        try:
            for entries in replay(edge, Tiles(fetch, head.size)):
                for entry in entries:
                    mine = row if row is not None and row["index"] == index else None
                    yield from check.leaf(index, entry, mine, times(index))
                    self._put(check.said)
                    if mine is not None:
                        row = next(rows, None)
                    index += 1
                    if index % CHUNK == 0:
                        self._progress(head.origin, index, head.size)
            if edge.root() != head.root:
                raise LogDamaged("root-mismatch", head.size)
        except (LogError, OSError) as why:
            self.whole = False
            yield Found("log-damaged", f"{head.origin} {index}", f"{type(why).__name__} {why}"[:300])
        self._progress(head.origin, index, head.size)

    def beyond(self, origin: str, size: int, refused: LogError | None) -> Iterator[Found]:
        """Entries with a place that no checkpoint covers yet."""
        signed = (folder(self._home, origin) / HISTORY).exists()
        for row in rebuild_store.records(self._db, origin, size, None):
            if size == 0 and not signed and refused is None:
                self.whole = False
                yield Found("log-missing", origin, "rows have a place in it, and its files are not there")
                return
            yield from self._waits(f"{origin} {row['index']}", row)

    def pending(self) -> Iterator[Found]:
        """Entries without a place."""
        for row in rebuild_store.pending(self._db):
            yield from self._waits(f"{row['code']}", row)

    def _waits(self, where: str, row: Row) -> Iterator[Found]:
        check = LeafCheck(where)
        yield from check.record(where, bytes(row["entry"]), row)
        self._put(check.said)

    def _put(self, said: Said | None) -> None:
        if said is not None:
            self._said.append(said)
        if len(self._said) >= CHUNK:
            self._flush()

    def _flush(self) -> None:
        rows, self._said = self._said, []
        first, self._number = self._number, self._number + len(rows)
        rebuild_store.put(self._db, ((first + n, *one) for n, one in enumerate(rows)))

    def compared(self) -> Iterator[Found]:
        """Reports, by what all leaves say of them."""
        self._flush()
        if not self.whole:
            yield Found("not-compared", "", "not every leaf could be read: what reports should say is not known")
            return
        rebuild_store.ready(self._db)
        for row in rebuild_store.twice(self._db):
            yield Found("registered-twice", row["code"], f"{row['times']} leaves register it")
        for row in rebuild_store.states(self._db):
            said = f"{row['logged_state']}" + (f" → {row['logged_successor']}" if row["logged_successor"] else "")
            stands = f"{row['state']}" + (f" → {row['successor']}" if row["successor"] else "")
            yield Found("state-differs", row["code"], f"the row says {stands}, the log {said}")
        for row in rebuild_store.without_leaf(self._db):
            yield Found("report-without-leaf", row["code"], "no leaf registers it")
        for row in rebuild_store.without_report(self._db):
            yield Found("leaf-without-report", row["code"], "a leaf registers it, and there is no row")
