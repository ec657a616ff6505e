"""SQL of lists and figures over the registry, for pages. Every function takes the scope of its caller and puts it into the query."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import tables as t
from zhijian.registry.search.store import is_named
from zhijian.registry.sought import plain
from zhijian.registry.store import begins, in_order, visible

_i, _c = t.institution.c, t.certificate.c
Row = sa.RowMapping


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of a list of institutions. Empty texts do not narrow it."""

    words: str = ""
    """In the name, its initials or full pinyin or the USCC, or the beginning of a certificate number."""
    division: str = ""
    """Beginning of the division code."""
    expires_by: date | None = None
    """With a certificate that ends by that day, and has not ended."""
    sort: str = "name"
    down: bool = False


SORTS: dict[str, Any] = {"name": _i.name, "uscc": _i.uscc, "division": _i.division}


def institutions(db: Db, scope: Scope, wanted: Wanted, on: date, start: int, most: int) -> tuple[int, Sequence[Row]]:
    """(how many there are, those of the page): uscc, name, division, province, synthetic, certificates, expires_on (the next)."""
    where = _where(scope, wanted, on)
    count = db.execute(sa.select(sa.func.count()).select_from(t.institution).where(where)).scalar_one()

    def order(c: Any) -> list[Any]:
        return [
            c[wanted.sort].desc() if wanted.down else c[wanted.sort].asc(),
            c.uscc.desc() if wanted.down else c.uscc,
        ]

    page = (
        sa.select(_i.uscc, _i.name, _i.division, _i.province, _i.synthetic)
        .where(where)
        .order_by(*order(_i))
        .offset(start)
        .limit(most)
        .subquery("page")
    )
    ends = (
        sa.select(sa.func.count().label("certificates"), sa.func.min(_c.expires_on).filter(_c.expires_on >= on).label("expires_on"))
        .where(_c.uscc == page.c.uscc).lateral("ends")
    )  # fmt: skip
    query = sa.select(page, ends).select_from(page.join(ends, sa.true())).order_by(*order(page.c))
    with in_order(db) if not wanted.words else contextlib.nullcontext():
        return count, db.execute(query).mappings().all()


def _where(scope: Scope, wanted: Wanted, on: date) -> sa.ColumnElement[bool]:
    conditions = [visible(scope)]
    if wanted.words:
        text = plain(wanted.words)
        numbers = sa.select(_c.uscc).where(begins(_c.number, text))
        named = sa.select(t.sought.c.uscc).where(is_named(scope, text))
        conditions.append(sa.or_(_i.uscc.in_(named), _i.uscc.in_(numbers)) if text else sa.false())
    if wanted.division:
        conditions.append(begins(_i.division, wanted.division))
    if wanted.expires_by is not None:
        conditions.append(_i.uscc.in_(sa.select(_c.uscc).where(_c.expires_on.between(on, wanted.expires_by))))
    return sa.and_(*conditions)


RENEWAL = timedelta(days=90)
"""《检验检测机构资质认定管理办法》: renewal is asked for three months before the certificate ends."""


def province_of(db: Db, scope: Scope, uscc: str) -> str | None:
    """None where it is not there, or not the caller's."""
    found: str | None = db.execute(sa.select(_i.province).where(_i.uscc == uscc, visible(scope))).scalar()
    return found
