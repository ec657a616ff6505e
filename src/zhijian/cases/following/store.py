"""SQL of what follows from cases. Every function takes the scope of its caller and puts it into the query."""

from collections.abc import Sequence

import sqlalchemy as sa

from zhijian.cases.flow import tables as t
from zhijian.cases.flow.store import Row, visible
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope

_f = t.case_file.c


def behind(db: Db, scope: Scope, most: int) -> Sequence[Row]:
    """Cases with events that nothing has followed from yet, held until the transaction ends; oldest change first."""
    query = (
        sa.select(t.case_file)
        .where(_f.followed < _f.version, visible(scope))
        .order_by(_f.changed_at, _f.no)
        .limit(most)
    )
    return db.execute(query.with_for_update(skip_locked=True)).mappings().all()


def followed(db: Db, scope: Scope, no: str, version: int, problems: Sequence[str]) -> None:
    where = sa.and_(_f.no == no, visible(scope))
    db.execute(sa.update(t.case_file).where(where).values(followed=version, follow_problems=list(problems)))


def standing(db: Db, scope: Scope, no: str) -> Row | None:
    """(followed, follow_problems)"""
    query = sa.select(_f.followed, _f.follow_problems).where(_f.no == no, visible(scope))
    return db.execute(query).mappings().one_or_none()
