"""Demonstration laboratories: their keys, kept here because this is a demonstration, and their signed submissions."""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zhijian.codes import Office
from zhijian.codes.model import Code, Declined, Issued, KeyOrder, Signed
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.kit.signing import PrivateKey, Suite
from zhijian.registry import enrol
from zhijian.wiring import Node

Record = dict[str, Any]
Keys = dict[str, tuple[str, PrivateKey]]
"""USCC → (kid, key)."""


def enrol_synthetic(db: Db, records: Iterable[tuple[str, Record]], at: datetime) -> dict[str, int]:
    """Enrol records that we made ourselves, each as holding from its own first day; counts by entity.

    Raises: ValueError when one is refused, for then the generator is wrong.
    """
    done = enrol(db, Scope.everything(), records, on=None, source="synthetic", at=at, synthetic=True)
    for refused in done.refused:
        raise ValueError(f"synthetic {refused.entity} {refused.pointer}: {refused.reason}")
    return done.counts


def issue_keys(node: Node, usccs: list[str], since: datetime, at: datetime) -> Keys:
    """A key for each institution that has none, and a trust list that vouches for them."""
    keys = {uscc: node.keys.key(f"demo-{uscc}", _suite(node, uscc)) for uscc in usccs}
    ring = node.keyring()
    with node.transaction() as db:
        orders = []
        for uscc, key in keys.items():
            facts = node.institution(db, uscc)
            if facts and not ring.knows(db, key.public):
                orders.append(KeyOrder(uscc, facts.code_index, f"{facts.code_index.lower()}-{since.year}a", key.public))
        if orders:
            ring.issue(db, Scope.everything(), orders, node.settings.reports_per_key_per_day, since)
            ring.publish(db, at)
    return {uscc: (ring.kid(key.public), key) for uscc, key in keys.items()}


def _suite(node: Node, uscc: str) -> Suite:
    # Both suites are shown: by the last character of the credit code, so that it stays the same.
    return Suite.SM2 if ord(uscc[-1]) % 2 else Suite.ES256


@dataclass(frozen=True, slots=True)
class Settled:
    """One report of a batch: registered now, or found registered before a crash; or declined."""

    position: int
    code: Code
    """Empty when it was declined."""
    verifier: str
    declined: Declined | None

    @property
    def fresh(self) -> bool:
        return self.declined is None


def submit(db: Db, node: Node, uscc: str, keys: Keys, reports: list[Record], at: datetime) -> list[Settled]:
    """Register a batch signed as a laboratory's system would sign it, in the caller's transaction.

    Reports that are registered already are found by their own number, so that a second try gives the same codes.
    """
    kid, key = keys[uscc]
    office, institution, scope = node.office(db), node.institution(db, uscc), Scope.of_institution(uscc)
    if institution is None:
        raise ValueError(f"{uscc} is not in the registry")
    leaves = [Office.leaf(json.dumps(report, ensure_ascii=False).encode()) for report in reports]
    root = Office.batch_root(leaves)
    base = f'"report-root": {root.hex()}'.encode()
    values = {
        "uscc": uscc, "idempotency_key": str(uuid.uuid4()), "body_digest": root, "kid": kid, "root": root,
        "leaves": b"".join(leaves), "signature_base": base, "signature": key.sign(base), "received_at": at,
        "response_status": 207, "response": b"{}",
    }  # fmt: skip
    if not office.lock(db, scope, uscc):
        raise TimeoutError(f"{uscc} is busy with another request")
    submission_id = office.begin(db, scope, values)
    outcomes = office.register(db, scope, institution, Signed(submission_id or 0, kid, root, at), reports)
    return [_settled(db, office, scope, outcome) for outcome in outcomes]


def _settled(db: Db, office: Office, scope: Scope, outcome: Issued | Declined) -> Settled:
    if isinstance(outcome, Issued):
        return Settled(outcome.position, outcome.code, outcome.verifier, None)
    if outcome.registered_as is None:
        return Settled(outcome.position, Code(""), "", outcome)
    return Settled(
        outcome.position, outcome.registered_as, office.own_report(db, scope, outcome.registered_as)[3], outcome
    )
