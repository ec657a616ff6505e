"""Codes out of ranges: a lease is a span of an institution's counter, with as many places in the status list.

Online issue takes from an open lease of the node's own; a laboratory that works offline gets one of its own, with the
verifier key. The counter only grows, so that no code is given twice; what a lease leaves unused stays unused.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from zhijian.codes import store
from zhijian.codes.code import compose, parts
from zhijian.codes.lease import Lease, Place
from zhijian.codes.model import Code, CodesError
from zhijian.codes.node import IssuingNode
from zhijian.codes.secrets import verifier
from zhijian.kit.clock import day
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import InstitutionFacts

ONLINE_BLOCK = 256
OFFLINE_DAYS = 7
"""A leased code may be issued for so long, and registered for as long again."""


class LeaseRefused(CodesError):
    why = "lease-refused"


def lease_offline(db: Db, scope: Scope, node: IssuingNode, facts: InstitutionFacts, count: int, at: datetime) -> Lease:
    """A range of `count` codes for the institution to use without the node.

    Raises: LeaseRefused.
    """
    if count < 1:
        raise LeaseRefused(str(count), "a lease has at least one code")
    return _open(db, scope, facts, count, at, offline=True)


def places(node: IssuingNode, lease: Lease) -> Iterator[Place]:
    """Every code of the lease, in the order of its status places."""
    for first in range(0, lease.count, ONLINE_BLOCK):
        yield from _places(node, lease, range(first, min(first + ONLINE_BLOCK, lease.count)))


def take(db: Db, scope: Scope, node: IssuingNode, facts: InstitutionFacts, count: int, at: datetime) -> list[Place]:
    """The next `count` codes for online issue. The caller holds the institution's lock."""
    taken: list[Place] = []
    lease = store.open_lease(db, scope, facts.uscc, day(at).year, _yymm(at))
    while len(taken) < count:
        if lease is None or lease.used == lease.count:
            lease = _open(db, scope, facts, max(ONLINE_BLOCK, count - len(taken)), at, offline=False)
        n = min(count - len(taken), lease.count - lease.used)
        taken += _places(node, lease, range(lease.used, lease.used + n))
        store.use_lease(db, scope, lease.id, n)
        lease = None
    return taken


def _places(node: IssuingNode, lease: Lease, within: range) -> list[Place]:
    """Those codes of the lease, counted from its first."""
    permutation = node.secret.permutation(lease.province, lease.year, lease.institution)
    serials = permutation.serials([lease.first + n for n in within])
    return [
        Place(
            compose(lease.province, lease.year, lease.institution, serial), lease.id, lease.yymm, lease.status_first + n
        )
        for n, serial in zip(within, serials, strict=True)
    ]


def place_of(db: Db, scope: Scope, node: IssuingNode, code: Code) -> tuple[Lease, Place] | None:
    """The lease out of which `code` came; None when nobody leased it, so that a guess is told from a code."""
    p = parts(code)
    counter = node.secret.permutation(p.province, p.year, p.institution).inverse(p.serial)
    lease = store.lease_at(db, scope, p.province, p.institution, p.year, counter)
    if lease is None:
        return None
    return lease, Place(code, lease.id, lease.yymm, lease.status_first + counter - lease.first)


def verifier_for(node: IssuingNode, lease_id: int, code: Code, facts_digest: bytes) -> str:
    return verifier(node.secret.lease_key(lease_id), code, facts_digest)


def _open(db: Db, scope: Scope, facts: InstitutionFacts, count: int, at: datetime, *, offline: bool) -> Lease:
    year, yymm = day(at).year, _yymm(at)
    first = store.advance_counter(db, scope, facts.code_index, year, count)
    status_first = store.advance_status(db, scope, facts.province, yymm, count)
    lease = Lease(0, facts.uscc, facts.code_index, facts.province, year, first, count, 0, yymm, status_first, offline, at,
                  at + timedelta(days=OFFLINE_DAYS))  # fmt: skip
    return store.insert_lease(db, scope, lease)


def _yymm(at: datetime) -> int:
    on = day(at)
    return on.year % 100 * 100 + on.month
