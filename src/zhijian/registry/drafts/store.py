"""SQL of capability tables that wait to be confirmed, and of the table in force. Every function takes the scope of its caller."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import tables as t
from zhijian.registry.store import visible

_d = t.scope_draft.c


def _mine(scope: Scope, uscc: str) -> sa.Select[Any]:
    return sa.select(t.institution.c.uscc).where(t.institution.c.uscc == uscc, visible(scope))


def keep(db: Db, scope: Scope, values: dict[str, Any]) -> None:
    """Nothing where the institution is not the caller's."""
    where = sa.select(*(sa.literal(value, t.scope_draft.c[name].type) for name, value in values.items()))
    made = insert(t.scope_draft).from_select(list(values), where.where(sa.exists(_mine(scope, values["uscc"]))))
    db.execute(made.on_conflict_do_nothing())


def one(db: Db, scope: Scope, uscc: str, digest: str, *, lock: bool = False) -> sa.RowMapping | None:
    query = sa.select(t.scope_draft).where(_d.uscc.in_(_mine(scope, uscc)), _d.digest == digest)
    return db.execute(query.with_for_update() if lock else query).mappings().one_or_none()


def hold(db: Db, scope: Scope, uscc: str, number: str) -> None:
    """The certificate, until the end of the transaction."""
    c = t.certificate.c
    db.execute(sa.select(c.number).where(c.number == number, c.uscc.in_(_mine(scope, uscc))).with_for_update())


def confirmed(db: Db, scope: Scope, uscc: str, digest: str, by: str, at: datetime) -> None:
    where = sa.and_(_d.uscc.in_(_mine(scope, uscc)), _d.digest == digest)
    db.execute(sa.update(t.scope_draft).where(where).values(confirmed_by=by, confirmed_at=at))


def forget(db: Db, scope: Scope, before: datetime) -> int:
    """Drafts handed in before that time which nobody confirmed; how many."""
    mine = sa.select(t.institution.c.uscc).where(visible(scope))
    where = sa.and_(_d.at < before, _d.confirmed_at.is_(None), _d.uscc.in_(mine))
    return db.execute(sa.delete(t.scope_draft).where(where)).rowcount


def certificates(db: Db, scope: Scope, uscc: str) -> Sequence[sa.RowMapping]:
    """number, expires_on: the newest first."""
    c = t.certificate.c
    query = (
        sa.select(c.number, c.expires_on).where(c.uscc.in_(_mine(scope, uscc))).order_by(c.expires_on.desc(), c.number)
    )
    return db.execute(query).mappings().all()


def capabilities(db: Db, scope: Scope, uscc: str, number: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Records `capability` and `capability_level` of a certificate."""
    found = []
    for table in (t.capability, t.capability_level):
        names = [e.id for e in t.elements_of(table.name)]
        query = sa.select(*(table.c[name] for name in names)).where(
            table.c.uscc.in_(_mine(scope, uscc)), table.c.number == number
        )
        found.append([{k: v for k, v in row.items() if v is not None} for row in db.execute(query).mappings()])
    return found[0], found[1]
