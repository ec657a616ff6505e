"""SQL of "who may test this parameter by this standard?".

Capability tables are searched by the spellings that stand in them (`scope_term`), with nothing but equality: that is what the wall's
role may use an index for, see docs/decisions/0018. Of each pair of spellings rows come in the order of an index, province and USCC, which has
all that decides about a row: a page is read, and not the nation.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import tables as t
from zhijian.registry.model import normal_parameter, normal_standard, standard_without_year
from zhijian.registry.search.model import Count, Sought, Spellings
from zhijian.registry.store import begins, ended, in_order, is_there, visible

Row = sa.RowMapping
COUNTED = 1000
"""Rows up to which is counted."""
MOST_PAIRS = 60
_i, _k, _c, _s, _term, _site = (
    t.institution.c,
    t.capability.c,
    t.certificate.c,
    t.certificate_state.c,
    t.term.c,
    t.site.c,
)


def spellings(db: Db, scope: Scope, wanted: Sought) -> Spellings:
    """As `registry.admission` compares them: width, case, blanks and kinds of hyphen make no other standard or parameter."""
    key, stem = normal_standard(wanted.standard), standard_without_year(wanted.standard)
    parameters = _said(db, "parameter", _term.key == normal_parameter(wanted.parameter)) if wanted.parameter else ()
    standards = (
        _said(db, "standard", _term.stem == stem if key == stem else _term.key == key) if wanted.standard else ()
    )
    return Spellings(parameters, standards)


def _said(db: Db, kind: str, which: sa.ColumnElement[bool]) -> tuple[str, ...]:
    query = sa.select(_term.said).where(_term.kind == kind, which).order_by(_term.said).limit(MOST_PAIRS)
    return tuple(db.execute(query).scalars())


def is_whole(by: Spellings) -> bool:
    """Whether every pair of spellings is looked for."""
    kinds = [len(by.parameters), len(by.standards)]
    return max(kinds) < MOST_PAIRS and max(kinds[0], 1) * max(kinds[1], 1) <= MOST_PAIRS


def rows(db: Db, scope: Scope, wanted: Sought, by: Spellings, start: int, most: int) -> Sequence[Row]:
    """By province and institution: uscc, name, province, division, synthetic, number, expires_on, site_no, site_name, address, sequence,
    category, object, parameter, standard, standard_name, restriction, note, valid_from, valid_to, levels (names, first level first)."""
    found = _found(scope, wanted, by, start + most).subquery()
    f = found.c
    levels = (
        sa.select(sa.func.array_agg(sa.text("l.name ORDER BY l.level"))).select_from(t.capability_level.alias("l"))
        .where(sa.text("l.number = found.number AND l.site_no = found.site_no AND l.sequence = found.sequence")).scalar_subquery()
    )  # fmt: skip
    page = sa.select(found).order_by(*_order(f)).offset(start).limit(most).subquery("found")
    p = page.c
    same = sa.and_(_k.number == p.number, _k.site_no == p.site_no, _k.sequence == p.sequence)
    of = (
        page.join(t.capability, same).join(t.institution, _i.uscc == p.uscc).join(t.certificate, _c.number == p.number)
        .outerjoin(t.site, sa.and_(_site.uscc == p.uscc, _site.site_no == p.site_no))
    )  # fmt: skip
    shown = sa.select(*_SHOWN, _i.name, _i.division, _i.synthetic, _c.expires_on, _site.name.label("site_name"), _site.address,
                      levels.label("levels")).select_from(of).order_by(*_order(p))  # fmt: skip
    with in_order(db):
        return db.execute(shown).mappings().all()


def count(db: Db, scope: Scope, wanted: Sought, by: Spellings) -> Count:
    found = _found(scope, wanted, by, COUNTED + 1).subquery()
    query = sa.select(sa.func.count(), sa.func.count(sa.distinct(found.c.uscc))).select_from(found)
    with in_order(db):
        number, institutions = db.execute(query).one()
    return Count(min(number, COUNTED), institutions, number <= COUNTED and is_whole(by))


_SHOWN = (_k.uscc, _k.province, _k.number, _k.site_no, _k.sequence, _k.category, _k.object, _k.parameter, _k.standard, _k.standard_name,
          _k.restriction, _k.note, _k.valid_from, _k.valid_to)  # fmt: skip


def _order(c: Any) -> list[Any]:
    return [c[name] for name in ("province", "uscc", "number", "site_no", "sequence")]


def _found(scope: Scope, wanted: Sought, by: Spellings, most: int) -> sa.Select[Any]:
    """The first `most` rows in order, of all pairs of spellings together."""
    pairs = [(p, s) for p in by.parameters or ("",) for s in by.standards or ("",)][:MOST_PAIRS]
    where = _where(scope, wanted)
    parts = [_of_pair(where, parameter, standard, most) for parameter, standard in pairs]
    if len(parts) == 1:
        return parts[0]
    whole = sa.union_all(*(sa.select(one.subquery()) for one in parts)).subquery()
    return sa.select(whole).order_by(*_order(whole.c)).limit(most)


def _of_pair(where: sa.ColumnElement[bool], parameter: str, standard: str, most: int) -> sa.Select[Any]:
    pair = [column == said for column, said in ((_k.parameter, parameter), (_k.standard, standard)) if said]
    order = _order(t.capability.c)
    return sa.select(*order).where(*pair, where).order_by(*order).limit(most)


def _where(scope: Scope, wanted: Sought) -> sa.ColumnElement[bool]:
    on = wanted.on
    conditions = [_k.valid_from <= on, sa.or_(_k.valid_to.is_(None), _k.valid_to >= on), _in_force(on)]
    if scope.provinces is not None:
        conditions.append(_k.province.in_(sorted(scope.provinces)))
    if scope.institutions is not None:
        conditions.append(_k.uscc.in_(sorted(scope.institutions)))
    if wanted.division:
        conditions.append(_k.province == wanted.division[:2])
    if scope.divisions is not None or len(wanted.division) > 2:
        here = sa.select(_i.uscc).where(_i.uscc == _k.uscc, visible(scope), begins(_i.division, wanted.division))
        conditions.append(is_there(here))
    return sa.and_(*conditions)


def _in_force(on: date) -> sa.ColumnElement[bool]:
    """As `Certificate.state_on`."""
    term = sa.select(_c.number).where(_c.number == _k.number, _c.issued_on <= on, _c.expires_on >= on)
    return sa.and_(is_there(term), sa.not_(ended(_k.number, on)))
