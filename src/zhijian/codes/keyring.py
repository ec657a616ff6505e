"""Institution keys and the trust list that vouches for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from zhijian.codes import key_store
from zhijian.codes.credential import kid_of
from zhijian.codes.model import CodesError, KeyOrder
from zhijian.codes.node import IssuingNode
from zhijian.codes.trust import LIFETIME, TrustedKey, TrustedLog, TrustList, seal, unseal
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.kit.signing import PrivateKey, PublicKey, Suite
from zhijian.spec import specification

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


@dataclass(frozen=True, slots=True)
class Keyring:
    """Institution keys and the trust list, sealed by the national root."""

    roots: Mapping[Suite, PrivateKey]
    node_keys: tuple[TrustedKey, ...]
    logs: tuple[TrustedLog, ...]
    hosts: tuple[str, ...]
    label: str
    witnesses: tuple[str, ...] = ()
    quorum: int = 0

    @classmethod
    def of(
        cls, roots: Mapping[Suite, PrivateKey], node: IssuingNode, log_keys: tuple[bytes, PrivateKey], host: str,
        label: str, witnesses: tuple[str, ...] = (), quorum: int = 0,
    ) -> "Keyring":  # fmt: skip
        """For a node that speaks for every province, with its logs of the coming years."""
        since = datetime(2026, 1, 1, tzinfo=UTC)
        scope, point = ",".join(specification().codelists["province"]), node.key.public.point.hex()
        key = TrustedKey(
            node.kid.hex(), "node-1", node.key.suite, point, "node", scope, since, since + timedelta(days=3650)
        )
        origins = (f"{node.log_host}/{year}h{half}" for year in range(2026, 2036) for half in (1, 2))
        logs = tuple(node.trusted_log(origin, *log_keys) for origin in origins)
        return cls(roots, (key,), logs, (host,), label, witnesses, quorum)

    def stale(self, current: TrustList | None, at: datetime) -> bool:
        """Whether the list on record says something else of node, logs, hosts or witnesses, or has lived half its
        time."""
        if current is None or at > current.issued_at + LIFETIME / 2:
            return True
        said = current.hosts, current.logs, current.witnesses, current.quorum
        if said != (self.hosts, self.logs, self.witnesses, self.quorum):
            return True
        return not set(self.node_keys) <= set(current.keys)

    @staticmethod
    def is_ours(db: Db, node: IssuingNode) -> bool:
        """Whether the codes in this database were made with this node's secret. An empty one becomes ours."""
        return key_store.secret_mark(db, node.secret.mark) == node.secret.mark

    def knows(self, db: Db, public: PublicKey) -> bool:
        """Whether this key is registered for some institution."""
        return key_store.key(db, self.kid(public)) is not None

    @staticmethod
    def holder(db: Db, kid: str) -> tuple[str, datetime | None] | None:
        """(USCC, since when it is revoked) of a key; None for none. Whose it may be shown is for the caller to ask by the USCC."""
        row = key_store.key(db, kid)
        return (row["uscc"], row["revoked_at"]) if row else None

    @staticmethod
    def kid(public: PublicKey) -> str:
        """Eight hex digits that name a key."""
        return kid_of(public).hex()

    def issue(self, db: Db, scope: Scope, orders: Sequence[KeyOrder], reports_per_day: int, at: datetime) -> list[str]:
        """See `issue_keys`."""
        return issue_keys(db, scope, orders, reports_per_day, at)

    def publish(self, db: Db, at: datetime) -> TrustList:
        """Seal the next version over all keys on record. The database keeps every version; none goes back."""
        newest = key_store.newest_trust(db)
        institutions = (
            TrustedKey(r["kid"], r["name"], Suite(r["suite"]), bytes(r["point"]).hex(), "institution", r["institution"],
                       r["not_before"], r["not_after"], r["revoked_at"])
            for r in key_store.keys(db)
        )  # fmt: skip
        version = (newest["version"] if newest else 0) + 1
        keys = (*self.node_keys, *self._former(newest, at), *institutions)
        trust = TrustList(
            version, at, at + LIFETIME, self.label, self.hosts, keys, self.logs, self.witnesses, self.quorum
        )
        key_store.insert_trust(db, version, seal(trust, self.roots), at)
        return trust

    def _former(self, newest: key_store.Row | None, at: datetime) -> list[TrustedKey]:
        """Node keys of the list before that are out of use: what they signed until now stays good."""
        if newest is None:
            return []
        kids, before = {key.kid for key in self.node_keys}, unseal(bytes(newest["sealed"]), self._points)
        gone = (k for k in before.keys if k.holder == "node" and k.kid not in kids)
        return [replace(k, not_after=min(k.not_after, at)) for k in gone]

    @property
    def _points(self) -> dict[Suite, PublicKey]:
        return {suite: key.public for suite, key in self.roots.items()}

    def current(self, db: Db) -> TrustList | None:
        """Raises: TrustListRefused."""
        return self.newest(db, self._points)

    @staticmethod
    def newest_version(db: Db) -> int | None:
        """None before the first list."""
        return key_store.newest_trust_version(db)

    @staticmethod
    def newest(db: Db, root_keys: Mapping[Suite, PublicKey]) -> TrustList | None:
        """The newest list, held against the root's public keys; None before the first.

        Raises: TrustListRefused.
        """
        newest = key_store.newest_trust(db)
        return unseal(bytes(newest["sealed"]), root_keys, newest["version"]) if newest else None
