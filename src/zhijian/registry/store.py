"""SQL of the registry. Every function takes the scope of its caller and puts it into the query."""

import contextlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import tables as t
from zhijian.registry.assembling import Rows, assembled
from zhijian.registry.model import InstitutionFacts

ENDED = ("暂停", "撤销", "注销")
"""States in which nothing may be issued under a certificate."""


def ended(number: Any, on: date, states: Sequence[str] = ENDED) -> sa.ColumnElement[bool]:
    """Whether the certificate of that number is in one of `states` on that day."""
    s = t.certificate_state.c
    holds = sa.and_(s.from_on <= on, sa.or_(s.to_on.is_(None), s.to_on >= on))
    return is_there(sa.select(s.number).where(s.number == number, s.state.in_(states), holds))


def in_force(c: Any, on: date) -> sa.ColumnElement[bool]:
    """Of columns of `certificate`: in its term, and nothing has ended or suspended it. As `Certificate.state_on`."""
    return sa.and_(c.issued_on <= on, c.expires_on >= on, sa.not_(ended(c.number, on)))


def visible(scope: Scope) -> sa.ColumnElement[bool]:
    """The condition on `institution` that keeps a query within its scope."""
    conditions: list[sa.ColumnElement[bool]] = [sa.true()]
    if scope.provinces is not None:
        conditions.append(t.institution.c.province.in_(scope.provinces))
    if scope.divisions is not None:
        conditions.append(sa.or_(*(t.institution.c.division.like(f"{one}%") for one in sorted(scope.divisions))))
    if scope.institutions is not None:
        conditions.append(t.institution.c.uscc.in_(scope.institutions))
    return sa.and_(*conditions)


def begins(column: Any, text: str) -> sa.ColumnElement[bool]:
    """That a column begins with a text, as a range: behind the wall an index serves order, and no LIKE.

    >>> print(begins(sa.column("no"), "339").compile(compile_kwargs={"literal_binds": True}))
    no >= '339' AND no < '33:'
    """
    if not text:
        return sa.true()
    last = ord(text[-1]) + 1
    after = 0xE000 if last == 0xD800 else last
    return sa.and_(column >= text, *([column < text[:-1] + chr(after)] if after < 0x110000 else []))


def is_there(query: sa.Select[Any]) -> sa.ColumnElement[bool]:
    """EXISTS, asked of each row in turn: as a join PostgreSQL would begin with the other table and read the nation for one page."""
    return query.limit(1).scalar_subquery().is_not(None)


@contextlib.contextmanager
def in_order(db: Db) -> Iterator[None]:
    """Statements inside read an index from its beginning until they have enough. By itself PostgreSQL would not: it takes the wall's
    conditions to leave next to nothing, reads all that fits, and sorts it."""
    for how in ("off", "on"):
        names = ("enable_bitmapscan", "enable_seqscan", "enable_sort")
        db.execute(sa.select(*(sa.func.set_config(name, how, True) for name in names)))
        if how == "off":
            yield


def revision(db: Db, scope: Scope, uscc: str) -> int | None:
    """Number that grows with every change of the institution; None when it is not there or not the caller's."""
    found: int | None = db.execute(_revision(scope), {"uscc": uscc}).scalar()
    return found


@lru_cache(maxsize=1024)
def _revision(scope: Scope) -> sa.Select[Any]:
    """Written once a scope: every look-up asks for it."""
    return sa.select(t.institution.c.revision).where(t.institution.c.uscc == sa.bindparam("uscc"), visible(scope))


def one_at_a_time(db: Db) -> None:
    """Wait until no other enrolment adds institutions, and keep others waiting until the transaction ends."""
    db.execute(sa.text("SELECT pg_advisory_xact_lock(736001)"))


def last_code_index(db: Db) -> str | None:
    """Highest index any institution has in its codes. Serialised, so that two enrolments never share one."""
    one_at_a_time(db)
    return db.execute(sa.select(sa.func.max(t.institution.c.code_index))).scalar()


def touch(db: Db, scope: Scope, usccs: Iterable[str]) -> None:
    """Raise the revision of institutions whose facts changed."""
    where = sa.and_(t.institution.c.uscc.in_(list(usccs)), visible(scope))
    db.execute(sa.update(t.institution).where(where).values(revision=t.institution.c.revision + 1))


def lock(db: Db, scope: Scope, usccs: Iterable[str]) -> dict[str, str]:
    """USCC → province, within scope. Nobody else changes these institutions' records until the transaction ends."""
    where = sa.and_(t.institution.c.uscc.in_(sorted(usccs)), visible(scope))
    query = sa.select(t.institution.c.uscc, t.institution.c.province).where(where).order_by(t.institution.c.uscc)
    return {row.uscc: row.province for row in db.execute(query.with_for_update(key_share=True))}


def institution_row(db: Db, scope: Scope, uscc: str) -> sa.RowMapping | None:
    """With what the platform adds; None when it is not there or not the caller's."""
    where = sa.and_(t.institution.c.uscc == uscc, visible(scope))
    return db.execute(sa.select(t.institution).where(where)).mappings().one_or_none()


def facts(db: Db, scope: Scope, uscc: str) -> InstitutionFacts | None:
    """All that admission needs of one institution, as of now; None when it is not there or not the caller's."""
    if (row := institution_row(db, scope, uscc)) is None:
        return None
    return assembled(row, records(db, scope, uscc, _OF_FACTS))


_OF_FACTS = (
    "certificate",
    "site",
    "authorisation",
    "staff",
    "calibration",
    "instrument",
    "certificate_state",
    "capability",
)


def records(db: Db, scope: Scope, uscc: str, entities: Collection[str]) -> dict[str, Rows]:
    """What holds now of one institution that the caller has seen within the scope; of no entity that is nobody's.

    Certificates are among it where what hangs on them is.
    """
    of_certificates = [name for name in entities if t.PARENTS.get(name) == "certificate"]
    names = {*entities, *(["certificate"] if of_certificates else [])} - set(of_certificates)
    found = {name: _of(db, t.BY_NAME[name], uscc) for name in sorted(names)}
    numbers = [r["number"] for r in found["certificate"]] if of_certificates else []
    return found | {name: _of_certificates(db, t.BY_NAME[name], numbers) for name in of_certificates}


def counts(db: Db, scope: Scope, uscc: str) -> dict[str, int]:
    """Entity → how many records it has now: certificates, capability, staff, instrument."""
    c = t.certificate.c
    numbers = sa.select(c.number).where(c.uscc == uscc)
    which = {"certificate": c.uscc == uscc, "capability": t.capability.c.number.in_(numbers), "staff": t.staff.c.uscc == uscc,
             "instrument": t.instrument.c.uscc == uscc}  # fmt: skip
    count = {
        name: sa.select(sa.func.count()).select_from(t.BY_NAME[name]).where(one).scalar_subquery().label(name)
        for name, one in which.items()
    }
    seen = sa.select(t.institution.c.uscc).where(t.institution.c.uscc == uscc, visible(scope)).exists()
    row = db.execute(sa.select(*count.values()).where(seen)).mappings().first()
    return dict(row) if row else {}


def _of(db: Db, table: sa.Table, uscc: str) -> Rows:
    return db.execute(_elements(table).where(table.c.uscc == uscc)).mappings().all()


def _of_certificates(db: Db, table: sa.Table, numbers: list[str]) -> Rows:
    """By the certificates' numbers, which lead the tables' keys."""
    return db.execute(_elements(table).where(table.c.number.in_(numbers))).mappings().all()


def _elements(table: sa.Table) -> sa.Select[Any]:
    """Without what the platform adds: a capability table has thousands of rows."""
    return sa.select(*(table.c[e.id] for e in t.elements_of(table.name)))
