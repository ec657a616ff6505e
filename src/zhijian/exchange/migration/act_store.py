"""What people did to a migration beside its steps, noted in the transaction in which they did it: who, when, how many, why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from zhijian.exchange import tables
from zhijian.exchange.migration.model import Migration
from zhijian.exchange.migration.store import allowed, of
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope

Doing = Literal["reveal", "mend", "retry", "give-up", "gone"]


@dataclass(frozen=True, slots=True)
class Act:
    act: str
    by: str
    """Account that ran the command."""
    records: int
    note: str
    at: datetime


def noted(db: Db, scope: Scope, migration: Migration, act: Doing, by: str, records: int, note: str, at: datetime) -> None:  # fmt: skip
    allowed(scope, migration)
    db.execute(
        sa.insert(tables.act).values(
            province=migration.province, mapping=migration.mapping.id, run=migration.run, act=act, by=by, records=records,
            note=note, at=at,
        )
    )  # fmt: skip


def acts(db: Db, scope: Scope, migration: Migration) -> list[Act]:
    """In the order in which they were done."""
    allowed(scope, migration)
    a = tables.act.c
    rows = db.execute(
        sa.select(a.act, a.by, a.records, a.note, a.at).where(*of(tables.act, migration)).order_by(a.id)
    ).mappings()
    return [Act(**row) for row in rows]
