"""SQL of the codes room. What reads or writes reports takes the scope of its caller and puts it into the query; keys, trust
lists, counters and the log's queue belong to the node itself."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from zhijian.codes import tables as t
from zhijian.codes.channel import REPORT_CHANGED
from zhijian.codes.lease import Lease
from zhijian.codes.model import Code, State, own_number_key
from zhijian.kit.db import Db, copy_rows
from zhijian.kit.scope import Scope

Row = sa.RowMapping


def visible(scope: Scope, table: sa.Table) -> sa.ColumnElement[bool]:
    """The condition that keeps a query over `table` (with uscc and province) within the scope."""
    conditions: list[sa.ColumnElement[bool]] = [sa.true()]
    if scope.provinces is not None:
        conditions.append(table.c.province.in_(scope.provinces))
    if scope.institutions is not None:
        conditions.append(table.c.uscc.in_(scope.institutions))
    return sa.and_(*conditions)


def lock_institution(db: Db, scope: Scope, uscc: str) -> bool:
    """One writer an institution, until the transaction ends: counters and own numbers need no other guard.

    Waits two seconds at most, so that one busy institution does not hold every connection; False then.
    """
    try:
        with db.begin_nested():
            db.execute(sa.text("SET LOCAL lock_timeout = '2s'"))
            db.execute(sa.text("SELECT pg_advisory_xact_lock(736002, hashtext(:uscc))"), {"uscc": uscc})
            db.execute(sa.text("SET LOCAL lock_timeout = '20s'"))
    except sa.exc.OperationalError:
        return False
    return True


def advance_counter(db: Db, scope: Scope, institution: str, year: int, count: int) -> int:
    """Reserve `count` numbers; the first of them."""
    row = insert(t.counter).values(institution=institution, year=year, next=count)
    row = row.on_conflict_do_update(index_elements=["institution", "year"], set_={"next": t.counter.c.next + count})
    return int(db.execute(row.returning(t.counter.c.next)).scalar_one()) - count


def advance_status(db: Db, scope: Scope, province: str, yymm: int, count: int) -> int:
    row = insert(t.status_counter).values(province=province, yymm=yymm, next=count)
    row = row.on_conflict_do_update(index_elements=["province", "yymm"], set_={"next": t.status_counter.c.next + count})
    return int(db.execute(row.returning(t.status_counter.c.next)).scalar_one()) - count


def insert_lease(db: Db, scope: Scope, lease: Lease) -> Lease:
    values = asdict(lease)
    del values["id"]
    made = db.execute(insert(t.lease).values(**values).returning(t.lease.c.id)).scalar_one()
    return _lease({**values, "id": made})


def open_lease(db: Db, scope: Scope, uscc: str, year: int, yymm: int) -> Lease | None:
    """The node's own lease for this institution that still has room."""
    c = t.lease.c
    where = sa.and_(
        c.uscc == uscc, c.year == year, c.yymm == yymm, ~c.offline, c.used < c.count, visible(scope, t.lease)
    )
    row = db.execute(sa.select(t.lease).where(where).order_by(c.id).limit(1)).mappings().one_or_none()
    return _lease(row) if row else None


def use_lease(db: Db, scope: Scope, lease_id: int, count: int) -> None:
    db.execute(
        sa.update(t.lease).where(t.lease.c.id == lease_id, visible(scope, t.lease)).values(used=t.lease.c.used + count)
    )


def lease_at(db: Db, scope: Scope, province: str, institution: str, year: int, counter: int) -> Lease | None:
    c = t.lease.c
    where = sa.and_(c.institution == institution, c.year == year, c.first <= counter, c.province == province,
                    visible(scope, t.lease))  # fmt: skip
    row = db.execute(sa.select(t.lease).where(where).order_by(c.first.desc()).limit(1)).mappings().one_or_none()
    return _lease(row) if row and counter < row["first"] + row["count"] else None


def _lease(row: Mapping[str, Any] | sa.RowMapping) -> Lease:

    return Lease(**row)


def own_numbers_taken(db: Db, scope: Scope, uscc: str, keys: Sequence[str]) -> dict[str, Code]:
    """Own number (in the form in which they are compared) → code, of those among `keys` that are registered."""
    c = t.report.c
    wanted = sa.any_(sa.cast(list(keys), sa.ARRAY(sa.Text)))
    where = sa.and_(c.uscc == uscc, c.own_number_key == wanted, visible(scope, t.report))
    return {row.own_number_key: Code(row.code) for row in db.execute(sa.select(c.own_number_key, c.code).where(where))}


def codes_registered(db: Db, scope: Scope, codes: Sequence[Code]) -> set[Code]:
    where = t.report.c.code == sa.any_(sa.cast(list(codes), sa.ARRAY(sa.String)))
    return {Code(code) for code in db.execute(sa.select(t.report.c.code).where(where)).scalars()}


REPORT_COLUMNS = tuple(c.name for c in t.report.columns)
ITEM_COLUMNS = tuple(c.name for c in t.report_item.columns)


def insert_reports(
    db: Db, scope: Scope, reports: Iterable[Sequence[Any]], items: Iterable[Sequence[Any]], leaves: Iterable[Sequence[Any]]
) -> None:  # fmt: skip
    """Rows in the order of REPORT_COLUMNS, ITEM_COLUMNS, and (code, kind, record, entry)."""
    copy_rows(db, t.report, REPORT_COLUMNS, reports)
    copy_rows(db, t.report_item, ITEM_COLUMNS, items)
    copy_rows(db, t.log_entry, ("code", "kind", "record", "entry"), leaves)


def report(db: Db, scope: Scope, code: Code) -> Row | None:
    """One report with its leaf in the log (`log_origin`, `log_index`: None while it waits), and whether any of its leaves is
    a change of state (`is_changed`)."""
    return db.execute(_report(scope), {"code": code}).mappings().one_or_none()


# Statements that every look-up runs are written once a scope: to write one again costs more than to run it.
@lru_cache(maxsize=1024)
def _report(scope: Scope) -> sa.Select[Any]:
    leaf, other = t.log_entry.c, t.log_entry.alias()
    changed = sa.exists().where(other.c.code == t.report.c.code, other.c.kind == 2)
    return (
        sa.select(t.report, changed.label("is_changed"), leaf.origin.label("log_origin"), leaf.index.label("log_index"),
                  leaf.logged_at, leaf.record.label("record"),
                  leaf.entry.label("entry"), t.submission.c.kid.label("submitted_kid"),
            t.submission.c.signature_base, t.submission.c.signature, t.lease.c.offline)
        .join(t.log_entry, sa.and_(leaf.code == t.report.c.code, leaf.kind == 1))
        .join(t.submission, t.submission.c.id == t.report.c.submission_id)
        .join(t.lease, t.lease.c.id == t.report.c.lease_id)
        .where(t.report.c.code == sa.bindparam("code"), visible(scope, t.report))
    )  # fmt: skip


def items(db: Db, scope: Scope, code: Code) -> Sequence[Row]:
    return db.execute(_items(scope), {"code": code}).mappings().all()


@lru_cache(maxsize=1024)
def _items(scope: Scope) -> sa.Select[Any]:
    query = sa.select(t.report_item).join(t.report, t.report.c.code == t.report_item.c.code)
    return query.where(t.report_item.c.code == sa.bindparam("code"), visible(scope, t.report)).order_by(
        t.report_item.c.seq
    )


def codes_by_own_number(db: Db, scope: Scope, certificate_number: str, own_number: str) -> list[Code]:
    c = t.report.c
    where = sa.and_(
        c.certificate_number == certificate_number,
        c.own_number_key == own_number_key(own_number),
        visible(scope, t.report),
    )
    query = sa.select(c.code).where(where).order_by(c.registered_at).limit(5)
    return [Code(code) for code in db.execute(query).scalars()]


def codes_by_digest(db: Db, scope: Scope, algorithm: str, digest: str) -> list[Code]:
    c = t.report.c
    where = sa.and_(c.file_digest == digest, c.file_digest_algorithm == algorithm, visible(scope, t.report))
    return [
        Code(code) for code in db.execute(sa.select(c.code).where(where).order_by(c.registered_at).limit(5)).scalars()
    ]


def own_reports(
    db: Db, scope: Scope, uscc: str, *, before: tuple[datetime, Code] | None, equal: Mapping[str, str], limit: int
) -> Sequence[Row]:  # fmt: skip
    """Newest first; `before` is the (registered_at, code) of the last row of the page before, `equal` what columns must
    hold."""
    c = t.report.c
    where = [c.uscc == uscc, visible(scope, t.report)]
    if before:
        where.append(sa.tuple_(c.registered_at, c.code) < sa.tuple_(*before))
    where += [c[name] == value for name, value in equal.items()]
    query = sa.select(c.code, c.own_number, c.title, c.issued_on, c.state, c.successor, c.registered_at)
    query = query.where(*where).order_by(c.registered_at.desc(), c.code.desc()).limit(limit)
    return db.execute(query).mappings().all()


def state_of(db: Db, code: Code) -> State | None:
    """State of a report, which anyone may know; None for a code that is not registered."""
    found = db.execute(sa.select(t.report.c.state).where(t.report.c.code == code)).scalar()
    return State(found) if found else None


def set_state(db: Db, scope: Scope, code: Code, state: str, successor: Code | None) -> None:
    where = sa.and_(t.report.c.code == code, visible(scope, t.report))
    db.execute(sa.update(t.report).where(where).values(state=state, successor=successor))


def lock_report(db: Db, scope: Scope, code: Code) -> Row | None:
    where = sa.and_(t.report.c.code == code, visible(scope, t.report))
    return db.execute(sa.select(t.report).where(where).with_for_update()).mappings().one_or_none()


def insert_change(db: Db, scope: Scope, change: dict[str, Any], record: bytes, entry: bytes) -> None:
    leaf = (
        insert(t.log_entry).values(code=change["code"], kind=2, record=record, entry=entry).returning(t.log_entry.c.id)
    )
    db.execute(insert(t.state_change).values(**change, log_entry_id=db.execute(leaf).scalar_one()))


def changes(db: Db, scope: Scope, code: Code) -> Sequence[Row]:
    """Oldest first, each with its leaf. Taken from the log's side: an entry whose change is gone comes with empty
    columns."""
    leaf, change = t.log_entry.c, t.state_change
    query = sa.select(change, leaf.index.label("log_index"), leaf.origin.label("log_origin"), leaf.record, leaf.entry)
    # By code as well: that is the column with an index.
    of_leaf = sa.and_(change.c.code == leaf.code, change.c.log_entry_id == leaf.id)
    query = query.select_from(t.log_entry).outerjoin(change, of_leaf)
    query = query.join(t.report, t.report.c.code == leaf.code)
    query = query.where(leaf.code == code, leaf.kind == 2, visible(scope, t.report)).order_by(leaf.id)
    return db.execute(query).mappings().all()


def not_valid(db: Db, scope: Scope, province: str, yymm: int) -> Sequence[tuple[int, str]]:
    """(status index, state) of every report of the list that is not simply valid."""
    c = t.report.c
    where = sa.and_(c.province == province, c.yymm == yymm, c.state != "valid", visible(scope, t.report))
    return [(int(i), s) for i, s in db.execute(sa.select(c.status_index, c.state).where(where))]


def status_size(db: Db, scope: Scope, province: str, yymm: int) -> int | None:
    c = t.status_counter.c
    return db.execute(sa.select(c.next).where(c.province == province, c.yymm == yymm)).scalar()


def status_lists(db: Db, scope: Scope) -> list[tuple[str, int, int, int]]:
    """(province, yymm, size, how many of them are not valid) of every list."""
    c, r = t.status_counter.c, t.report.c
    counted = sa.select(r.province, r.yymm, sa.func.count().label("bad")).where(
        r.state != "valid", visible(scope, t.report)
    )
    bad = counted.group_by(r.province, r.yymm).subquery()
    joined = t.status_counter.outerjoin(bad, sa.and_(bad.c.province == c.province, bad.c.yymm == c.yymm))
    query = sa.select(c.province, c.yymm, c.next, sa.func.coalesce(bad.c.bad, 0)).select_from(joined)
    return [(p, y, int(n), int(b)) for p, y, n, b in db.execute(query.order_by(c.province, c.yymm))]


def notify(db: Db, code: Code) -> None:
    """Delivered to listeners when the transaction commits, and only then."""
    db.execute(sa.text("SELECT pg_notify(:channel, :code)"), {"channel": REPORT_CHANGED, "code": code})


def pending_entries(db: Db, limit: int) -> Sequence[tuple[int, bytes]]:
    """Leaves that wait for their place, in the order in which they came."""
    c = t.log_entry.c
    query = sa.select(c.id, c.entry).where(c.index.is_(None)).order_by(c.id).limit(limit)
    return [(i, e) for i, e in db.execute(query)]


def backlog(db: Db) -> int:
    query = sa.select(sa.func.count()).select_from(t.log_entry).where(t.log_entry.c.index.is_(None))
    return int(db.execute(query).scalar_one())


def oldest_waiting(db: Db) -> datetime | None:
    """When the leaf that waits longest for its place was put down; None when none waits."""
    leaf = t.log_entry.c
    first = sa.select(leaf.id, leaf.code, leaf.kind).where(leaf.index.is_(None)).order_by(leaf.id).limit(1).subquery()
    at = sa.case(
        (first.c.kind == 1, t.report.c.registered_at), else_=sa.func.coalesce(t.state_change.c.at, t.report_file.c.at)
    )
    query = sa.select(at).select_from(first).outerjoin(t.report, t.report.c.code == first.c.code)
    for table in (t.state_change, t.report_file):
        query = query.outerjoin(table, sa.and_(table.c.code == first.c.code, table.c.log_entry_id == first.c.id))
    return db.execute(query).scalar()


def assign(db: Db, origin: str, first: int, ids: Sequence[int], at: datetime) -> None:
    """Give the leaves `ids` the places first, first + 1, …"""
    db.execute(
        sa.text(
            'UPDATE log_entry SET origin = :origin, "index" = :first + o.n - 1, logged_at = :at '
            'FROM unnest(CAST(:ids AS bigint[])) WITH ORDINALITY AS o(id, n) WHERE log_entry.id = o.id AND "index" IS NULL'
        ),
        {"origin": origin, "first": first, "ids": list(ids), "at": at},
    )


def assigned(db: Db, origin: str, first: int, limit: int) -> list[bytes]:
    """Leaves of a log by their place, from `first`."""
    c = t.log_entry.c
    query = sa.select(c.entry).where(c.origin == origin, c.index >= first).order_by(c.index).limit(limit)
    return list(db.execute(query).scalars())


def log_size(db: Db, origin: str) -> int:
    return int(db.execute(sa.select(sa.func.coalesce(sa.func.max(t.log_entry.c.index) + 1, 0)).where(
        t.log_entry.c.origin == origin)).scalar_one())  # fmt: skip


def close_leases(db: Db) -> int:
    """No code is taken any more out of a lease that the node keeps for itself."""
    c = t.lease.c
    open_ones = sa.and_(c.offline.is_(False), c.used < c.count)
    return db.execute(sa.update(t.lease).where(open_ones).values(used=c.count)).rowcount


def jump_counters(db: Db, codes: int, status: int) -> int:
    moved = db.execute(sa.update(t.counter).values(next=t.counter.c.next + codes)).rowcount
    return moved + db.execute(sa.update(t.status_counter).values(next=t.status_counter.c.next + status)).rowcount


def begin_submission(db: Db, scope: Scope, values: dict[str, Any]) -> int | None:
    """Its id; None when the institution used this idempotency key before (waits for one that is under way)."""
    made = insert(t.submission).values(**values).on_conflict_do_nothing().returning(t.submission.c.id)
    return db.execute(made).scalar()


def submission(db: Db, scope: Scope, uscc: str, idempotency_key: str) -> Row | None:
    c = t.submission.c
    query = sa.select(t.submission).where(c.uscc == uscc, c.idempotency_key == idempotency_key)
    return db.execute(query).mappings().one_or_none()


def answer_submission(db: Db, scope: Scope, submission_id: int, status: int, response: bytes) -> None:
    values = {"response_status": status, "response": response}
    db.execute(sa.update(t.submission).where(t.submission.c.id == submission_id).values(**values))
