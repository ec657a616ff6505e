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
SEAL_BYTES = 200
"""Signature, headers, claims and zlib's own."""


def status_lists(db: Db, scope: Scope) -> list[tuple[str, int]]:
    """Name of every list there is, and about how many bytes it has when it is sealed."""
    found = store.status_lists(db, scope)
    return [(list_id(province, yymm), about_bytes(size, bad)) for province, yymm, size, bad in found]


def about_bytes(size: int, not_valid: int) -> int:
    """What zlib leaves of a list whose entries are nearly all 0: a thousandth, and 2.5 bytes for each that is not."""
    return SEAL_BYTES + size // 4000 + not_valid * 5 // 2


def status_list(
    db: Db, scope: Scope, node: IssuingNode, wanted: str, ttl_s: int, at: datetime, believed_s: int | None = None
) -> bytes | None:
    """The signed list `PP-YYYY-MM`; None when there is none. `ttl_s` is after how long a reader should fetch it again;
    it is believed for `believed_s` from now, by default just as long.
    """
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
    expires = at + timedelta(seconds=ttl_s if believed_s is None else believed_s)
    sealed = StatusList(list_id(province, yymm), at, expires, ttl_s, entries)
    return seal(sealed, node.key, node.kid)
