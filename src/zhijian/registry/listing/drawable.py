"""SQL of whom a draw may be made from: institutions with a certificate in force, with what their chance goes by."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import tables as t
from zhijian.registry.store import in_force, visible

NATION = "10"
_i, _c, _n = t.institution.c, t.certificate.c, t.inspection.c


def drawable(db: Db, scope: Scope, province: str, division: str, on: date) -> Sequence[sa.RowMapping]:
    """uscc, name, fields, division, credit_class, inspected_on (last, by that day). `province`: 10 is the national office.

    `division`: beginning of the code, or nothing."""
    last = sa.select(sa.func.max(sa.func.coalesce(_n.ended_on, _n.began_on))).where(
        _n.uscc == _i.uscc, _n.began_on <= on
    )
    in_term = sa.exists().where(_c.uscc == _i.uscc, in_force(_c, on))
    columns = (_i.uscc, _i.name, _i.fields, _i.division, _i.credit_class, last.scalar_subquery().label("inspected_on"))
    where = [visible(scope), in_term, *([_i.province == province] if province != NATION else [])]
    if division:
        where.append(_i.division.startswith(division, autoescape=True))
    return db.execute(sa.select(*columns).where(*where).order_by(_i.uscc)).mappings().all()
