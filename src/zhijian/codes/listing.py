"""The status list of a province and month, as the database stands now."""

import re
from datetime import datetime, timedelta

from zhijian.codes import store
from zhijian.codes.model import State
from zhijian.codes.node import IssuingNode
from zhijian.codes.status import BITS, VALUE, StatusList, encode, list_id, seal
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope

_ID = re.compile(r"(\d{2})-20(\d{2})-(\d{2})")


def status_list(db: Db, scope: Scope, node: IssuingNode, wanted: str, ttl_s: int, at: datetime) -> bytes | None:
    """The signed list `PP-YYYY-MM`; None when there is none. Believed until `ttl_s` from now."""
    named = _ID.fullmatch(wanted)
    if named is None:
        return None
    province, yymm = named[1], int(named[2] + named[3])
    size = store.status_size(db, scope, province, yymm)
    if size is None:
        return None
    values = {index: VALUE[State(state)] for index, state in store.not_valid(db, scope, province, yymm)}
    # Counter and states are two looks: a report may have come between them.
    entries = encode(BITS, values, max([size, *(index + 1 for index in values)]))
    sealed = StatusList(list_id(province, yymm), at, at + timedelta(seconds=ttl_s), ttl_s, entries)
    return seal(sealed, node.key, node.kid)
