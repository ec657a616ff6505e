"""People of institutions as they are registered, unmasked: for whoever gave a reason, or had it confirmed by a second account."""

from collections.abc import Sequence

import sqlalchemy as sa

from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import tables as t
from zhijian.registry.store import visible
from zhijian.spec import specification

_i, _s = t.institution.c, t.staff.c
Row = sa.RowMapping
PERSONAL = tuple(e.id for e in specification().entities["staff"].elements if e.mask)
"""Elements that pages show masked."""


def people(db: Db, scope: Scope, *, uscc: str = "", province: str = "") -> Sequence[Row]:
    """Of an institution, or of all institutions of a province within the scope: the elements of staff and `institution_name`."""
    of = t.staff.join(t.institution, _i.uscc == _s.uscc)
    query = sa.select(t.staff, _i.name.label("institution_name")).select_from(of).where(visible(scope))
    query = query.where(_s.uscc == uscc) if uscc else query.where(_i.province == province)
    return db.execute(query.order_by(_s.uscc, _s.staff_no)).mappings().all()


def person(db: Db, scope: Scope, uscc: str, staff_no: str) -> Row | None:
    """None where there is none, or it is not the caller's to see."""
    of = t.staff.join(t.institution, _i.uscc == _s.uscc)
    query = sa.select(t.staff, _i.name.label("institution_name")).select_from(of)
    return db.execute(query.where(_s.uscc == uscc, _s.staff_no == staff_no, visible(scope))).mappings().one_or_none()
