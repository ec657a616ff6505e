"""SQL of the rebuilding: rows in the order of the log, and what the leaves say beside what the rows say.

All of it is the node's own, in every scope; the only table written ends with the transaction.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from zhijian.codes import tables as t
from zhijian.codes.store import Row
from zhijian.kit.db import Db, copy_rows

AT_ONCE = 2000
COLUMNS = ("number", "code", "kind", "state", "successor", "by_institution")
said = sa.Table(
    "log_said", sa.MetaData(),
    sa.Column("number", sa.BigInteger(), nullable=False, comment="order over all logs"),
    sa.Column("code", sa.String(18), nullable=False),
    sa.Column("kind", sa.SmallInteger(), nullable=False),
    sa.Column("state", sa.String(10)),
    sa.Column("successor", sa.String(18)),
    sa.Column("by_institution", sa.Boolean()),
    prefixes=["TEMPORARY"], postgresql_on_commit="DROP",
)  # fmt: skip


def begin(db: Db) -> None:
    """The moment that is looked at, and a place for what the leaves say."""
    db.execute(sa.text("SET LOCAL statement_timeout = 0"))
    said.create(db)


def put(db: Db, rows: Iterable[Sequence[Any]]) -> None:
    """In the order of COLUMNS."""
    copy_rows(db, said, COLUMNS, rows)


def ready(db: Db) -> None:
    """All leaves are in."""
    db.execute(sa.text("CREATE INDEX ON log_said (code, kind, number DESC)"))
    db.execute(sa.text("ANALYZE log_said"))


def records(db: Db, origin: str, first: int, end: int | None) -> Iterator[Row]:
    """Entries with a place from `first` to before `end` (None: all), by their place, each with its change of state or file."""
    c = t.log_entry.c
    where = [c.origin == origin, c.index >= first]
    if end is not None:
        where.append(c.index < end)
    return _streamed(db, _entries().where(*where).order_by(c.index))


def pending(db: Db) -> Iterator[Row]:
    """Entries without a place, in the order in which they came."""
    c = t.log_entry.c
    return _streamed(db, _entries().where(c.index.is_(None)).order_by(c.id))


def _entries() -> sa.Select[Any]:
    e, s, f = t.log_entry.c, t.state_change.c, t.report_file.c
    change = [s.id.label("change_id"), s.code.label("change_code"), s.state, s.at, s.by, s.actor, s.reason, s.successor]
    file = [
        f.id.label("file_id"),
        f.code.label("file_code"),
        f.media_type,
        f.length,
        f.sm3,
        f.sha256,
        f.at.label("filed_at"),
    ]
    query = sa.select(e.id, e.code, e.kind, e.record, e.entry, e.index, e.logged_at, *change, *file)
    joined = t.log_entry.outerjoin(t.state_change, s.log_entry_id == e.id)
    return query.select_from(joined.outerjoin(t.report_file, f.log_entry_id == e.id))


def twice(db: Db) -> Iterator[Row]:
    """Codes with more than one registration: `code`, `times`."""
    query = (
        "SELECT code, count(*) AS times FROM log_said WHERE kind = 1 GROUP BY code HAVING count(*) > 1 ORDER BY code"
    )
    return _streamed(db, sa.text(query))


def states(db: Db) -> Iterator[Row]:
    """Reports whose row says another state or successor than the leaves: `code`, `state`, `successor`, and as `logged_…`.

    A regulator's finding changes the state and leaves the successor.
    """
    query = """
        WITH last AS (SELECT DISTINCT ON (code) code, state FROM log_said WHERE kind = 2 ORDER BY code, number DESC),
        named AS (SELECT DISTINCT ON (code) code, successor FROM log_said WHERE kind = 2 AND by_institution
                  ORDER BY code, number DESC)
        SELECT r.code, r.state, r.successor, coalesce(last.state, 'valid') AS logged_state,
               named.successor AS logged_successor
        FROM report r LEFT JOIN last ON last.code = r.code LEFT JOIN named ON named.code = r.code
        WHERE r.state <> coalesce(last.state, 'valid') OR r.successor IS DISTINCT FROM named.successor ORDER BY r.code"""
    return _streamed(db, sa.text(query))


def without_leaf(db: Db) -> Iterator[Row]:
    """Reports that no leaf registers: `code`."""
    query = """SELECT r.code FROM report r
        WHERE NOT EXISTS (SELECT 1 FROM log_said s WHERE s.code = r.code AND s.kind = 1) ORDER BY r.code"""
    return _streamed(db, sa.text(query))


def without_report(db: Db) -> Iterator[Row]:
    """Codes that a leaf registers and no row has: `code`."""
    query = """SELECT DISTINCT s.code FROM log_said s
        WHERE s.kind = 1 AND NOT EXISTS (SELECT 1 FROM report r WHERE r.code = s.code) ORDER BY s.code"""
    return _streamed(db, sa.text(query))


def _streamed(db: Db, query: sa.Executable) -> Iterator[Row]:
    with db.execute(query, execution_options={"yield_per": AT_ONCE}) as found:
        yield from found.mappings()
