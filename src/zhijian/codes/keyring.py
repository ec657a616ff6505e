"""Institution keys and the trust list that vouches for them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from zhijian.codes import key_store
from zhijian.codes.credential import kid_of
from zhijian.codes.model import CodesError, KeyOrder
from zhijian.codes.trust import LIFETIME, TrustedKey, TrustedLog, TrustList, seal, unseal
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.kit.signing import PrivateKey, PublicKey, Suite

KEY_YEARS = 2


class KeyTaken(CodesError):
    """Another key has the same four-byte id: make a new one."""

    why = "key-taken"


def issue_keys(db: Db, scope: Scope, orders: Sequence[KeyOrder], reports_per_day: int, at: datetime) -> list[str]:
    """Register institution keys; their kids. Publish a new trust list afterwards.

    Raises: KeyTaken.
    """
    kids: list[str] = []
    rows = []
    for order in orders:
        kid = kid_of(order.public).hex()
        if kid in kids or key_store.key(db, kid):
            raise KeyTaken(kid)
        kids.append(kid)
        rows.append({"kid": kid, "uscc": order.uscc, "institution": order.institution, "name": order.name, "suite": order.public.suite.value,
                     "point": order.public.point, "not_before": at - timedelta(minutes=5),
                     "not_after": at + timedelta(days=365 * KEY_YEARS), "reports_per_day": reports_per_day})  # fmt: skip
    if rows:
        key_store.insert_keys(db, scope, rows)
    return kids


def publish_trust(
    db: Db, roots: Mapping[Suite, PrivateKey], node_keys: Sequence[TrustedKey], logs: Iterable[TrustedLog],
    hosts: tuple[str, ...], label: str, at: datetime, witnesses: tuple[str, ...] = (), quorum: int = 0,
) -> TrustList:  # fmt: skip
    """Seal the next version over all keys on record. The database keeps every version; none goes back."""
    newest = key_store.newest_trust(db)
    institutions = tuple(
        TrustedKey(r["kid"], r["name"], Suite(r["suite"]), bytes(r["point"]).hex(), "institution", r["institution"],
                   r["not_before"], r["not_after"], r["revoked_at"])
        for r in key_store.keys(db)
    )  # fmt: skip
    version = (newest["version"] if newest else 0) + 1
    node_keys = (*node_keys, *_former(newest, node_keys, roots, at))
    trust = TrustList(
        version, at, at + LIFETIME, label, hosts, (*node_keys, *institutions), tuple(logs), witnesses, quorum
    )
    key_store.insert_trust(db, version, seal(trust, roots), at)
    return trust


def _former(
    newest: key_store.Row | None, now: Iterable[TrustedKey], roots: Mapping[Suite, PrivateKey], at: datetime
) -> list[TrustedKey]:
    """Node keys of the list before that are out of use: what they signed until now stays good."""
    if newest is None:
        return []
    kids = {key.kid for key in now}
    before = unseal(bytes(newest["sealed"]), {suite: key.public for suite, key in roots.items()})
    return [replace(k, not_after=min(k.not_after, at)) for k in before.keys if k.holder == "node" and k.kid not in kids]


def current_trust(db: Db, roots: Mapping[Suite, PublicKey]) -> TrustList | None:
    """The newest list, its signatures checked; None before the first.

    Raises: TrustListRefused.
    """
    newest = key_store.newest_trust(db)
    return unseal(bytes(newest["sealed"]), roots, newest["version"]) if newest else None
