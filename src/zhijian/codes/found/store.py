"""SQL of reports found by a number."""

from collections.abc import Sequence

import sqlalchemy as sa

from zhijian.codes import tables as t
from zhijian.codes.code import parse
from zhijian.codes.model import CodeMalformed, own_number_key
from zhijian.codes.store import visible
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope

_r = t.report.c


def reports(db: Db, scope: Scope, words: str, most: int) -> Sequence[sa.RowMapping]:
    """code, own_number, title, uscc, state: one by its code, or the last registered of those with this own number."""
    which = _r.own_number_key == own_number_key(words)
    try:
        which = _r.code == parse(words)
    except CodeMalformed:
        if not own_number_key(words):
            return ()
    query = sa.select(_r.code, _r.own_number, _r.title, _r.uscc, _r.state).where(which, visible(scope, t.report))
    return db.execute(query.order_by(_r.registered_at.desc()).limit(most)).mappings().all()
