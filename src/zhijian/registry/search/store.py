"""SQL of the search of everything: what a few words or a number may mean, the first few of each kind.

Numbers and names of people are compared as a whole, by equality, or by how they begin, as a range: both are what the wall's role may use an
index for. Only institutions are looked through: one narrow line each.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import tables as t
from zhijian.registry.model import normal_parameter, normal_standard
from zhijian.registry.search.model import Hit
from zhijian.registry.sought import plain
from zhijian.registry.store import begins, is_there, visible

_i, _c, _st, _in, _so, _term = t.institution.c, t.certificate.c, t.staff.c, t.instrument.c, t.sought.c, t.term.c
_SHORTEST = sa.type_coerce(
    sa.func.array_agg(aggregate_order_by(_term.said, sa.func.length(_term.said), _term.said)), ARRAY(sa.Text)
)[1].label("said")
"""Of several spellings of one thing."""


def institutions(db: Db, scope: Scope, words: str, most: int) -> Sequence[Hit]:
    """By name or a part of it, initials or full pinyin, USCC; whose name begins so comes first."""
    if (text := plain(words)) == "":
        return ()
    query = (
        sa.select(_i.uscc, _i.name, _i.division).select_from(t.sought.join(t.institution, _i.uscc == _so.uscc))
        .where(is_named(scope, text), visible(scope)).order_by(~_so.text.startswith(text, autoescape=True), _so.text).limit(most)
    )  # fmt: skip
    return [Hit("institution", r.uscc, r.uscc, r.name, r.division) for r in db.execute(query)]


def is_named(scope: Scope, text: str) -> sa.ColumnElement[bool]:
    """The condition on `institution_sought`; `text` is plain."""
    return sa.and_(_so.text.contains(text, autoescape=True), *_within(scope, _so))


def _within(scope: Scope, c: Any) -> list[sa.ColumnElement[bool]]:
    """The scope once more, on the table that is searched: the wall's own condition is none that an index serves."""
    found: list[sa.ColumnElement[bool]] = []
    if scope.provinces is not None:
        found.append(c.province.in_(sorted(scope.provinces)))
    if scope.institutions is not None:
        found.append(c.uscc.in_(sorted(scope.institutions)))
    return found


def certificates(db: Db, scope: Scope, words: str, most: int) -> Sequence[Hit]:
    """By number, or how it begins."""
    number = plain(words)
    if len(number) < 4 or not number.isdecimal():
        return ()
    which = begins(_c.number, number)
    query = _of_institution(t.certificate, scope, [which], _c.number, _c.expires_on, most)
    return [Hit("certificate", r.key, r.uscc, r.name, str(r.about)) for r in db.execute(query)]


def people(db: Db, scope: Scope, words: str, most: int, *, by_name: bool) -> Sequence[Hit]:
    """By the staff number, and by the whole name: whoever may not read names must not guess them either."""
    columns = (_st.name, _st.staff_no) if by_name else (_st.staff_no,)
    return _either(db, scope, t.staff, columns, words, most, "staff", _st.staff_no, _st.name)


def instruments(db: Db, scope: Scope, words: str, most: int) -> Sequence[Hit]:
    """By management number or serial number."""
    columns = (_in.management_no, _in.serial_no)
    return _either(db, scope, t.instrument, columns, words, most, "instrument", _in.management_no, _in.name)


def _either(
    db: Db, scope: Scope, table: sa.Table, columns: Sequence[Any], words: str, most: int, group: str, key: Any, about: Any
) -> Sequence[Hit]:  # fmt: skip
    """Those in which one of the columns is what was typed, in its case or in capitals. A query each: an index serves one column."""
    said, found = sorted({words.strip(), words.strip().upper()} - {""}), dict[tuple[str, str], Hit]()
    for column in columns if said else ():
        query = _of_institution(table, scope, [column.in_(said)], key, about, most)
        for r in db.execute(query):
            found[r.uscc, r.key] = Hit(group, r.key, r.uscc, r.name, r.about)
    return list(found.values())[:most]


def _of_institution(
    table: sa.Table, scope: Scope, which: Sequence[sa.ColumnElement[bool]], key: Any, about: Any, most: int
) -> sa.Select[Any]:
    """By `key`. The first are chosen before institutions are looked at: PostgreSQL would begin with those."""
    seen = (
        [] if scope.divisions is None else [is_there(sa.select(_i.uscc).where(_i.uscc == table.c.uscc, visible(scope)))]
    )
    chosen = (
        sa.select(key.label("key"), about.label("about"), table.c.uscc)
        .where(*which, *_within(scope, table.c), *seen)
        .limit(most)
    )
    first = (chosen.order_by(key) if table is t.certificate else chosen).subquery()
    query = sa.select(first.c.key, first.c.about, _i.uscc, _i.name).select_from(
        first.join(t.institution, _i.uscc == first.c.uscc)
    )
    return query.where(visible(scope)).order_by(first.c.key)


def standards(db: Db, scope: Scope, words: str, most: int) -> Sequence[Hit]:
    """As they begin."""
    key = normal_standard(words)
    if len(key) < 3 or not key.isascii():
        return ()
    return _terms(db, "standard", begins(_term.key, key), most)


def parameters(db: Db, scope: Scope, words: str, most: int) -> Sequence[Hit]:
    """As they are called or begin to be, and by initials."""
    key = normal_parameter(words)
    named = begins(_term.key, key)
    return (
        _terms(db, "parameter", sa.or_(named, _term.stem == plain(words)) if plain(words) else named, most)
        if key
        else ()
    )


def _terms(db: Db, kind: str, which: sa.ColumnElement[bool], most: int) -> Sequence[Hit]:
    """One spelling of each."""
    query = (
        sa.select(_term.key, _SHORTEST)
        .where(_term.kind == kind, which)
        .group_by(_term.key)
        .order_by(sa.func.length(_term.key), _term.key)
    )
    return [Hit(kind, r.said, "", r.said, "") for r in db.execute(query.limit(most))]


def near(db: Db, scope: Scope, kind: str, text: str, most: int) -> Sequence[str]:
    """Spellings that stand in the text, or have two characters beside each other with it; the nearest first."""
    words = (normal_standard if kind == "standard" else normal_parameter)(text)[:20]
    pairs = {words[n : n + 2] for n in range(len(words) - 1)}
    within = sa.func.strpos(words, _term.key) > 0
    shares = [_term.key.contains(one, autoescape=True) for one in sorted(pairs)]
    score = sum((sa.case((one, 1), else_=0) for one in shares), sa.case((within, 3), else_=0))
    query = (
        sa.select(_SHORTEST).where(_term.kind == kind, _term.key != words, sa.or_(within, *shares))
        .group_by(_term.key).order_by(sa.func.max(score).desc(), sa.func.length(_term.key), _term.key).limit(most)
    )  # fmt: skip
    return list(db.execute(query).scalars())
