"""Demonstration laboratories: their keys, kept here because this is a demonstration, and their signed submissions."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from zhijian.codes import Office
from zhijian.codes.model import Declined, Issued, KeyOrder, Signed
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.kit.signing import PrivateKey, Suite
from zhijian.registry import enrol
from zhijian.wiring import Node

Record = dict[str, Any]
Keys = dict[str, tuple[str, PrivateKey]]
"""USCC → (kid, key)."""


def enrol_synthetic(db: Db, records: Iterable[tuple[str, Record]]) -> dict[str, int]:
    """Enrol records that we made ourselves; counts by entity.

    Raises: ValueError when one is refused, for then the generator is wrong.
    """
    done = enrol(db, Scope.everything(), records, synthetic=True)
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


def submit(db: Db, node: Node, uscc: str, keys: Keys, reports: list[Record], at: datetime) -> list[Issued | Declined]:
    """Register a batch signed as a laboratory's system would sign it, in the caller's transaction."""
    kid, key = keys[uscc]
    office, institution = node.office(db), node.institution(db, uscc)
    if institution is None:
        raise ValueError(f"{uscc} is not in the registry")
    leaves = [Office.leaf(json.dumps(report, ensure_ascii=False).encode()) for report in reports]
    root = Office.batch_root(leaves)
    base = f'"report-root": {root.hex()}'.encode()
    values = {
        "uscc": uscc, "idempotency_key": f"seed-{root.hex()[:32]}", "body_digest": root, "kid": kid, "root": root,
        "leaves": b"".join(leaves), "signature_base": base, "signature": key.sign(base), "received_at": at,
        "response_status": 207, "response": b"{}",
    }  # fmt: skip
    office.lock(db, Scope.everything(), uscc)
    submission_id = office.begin(db, Scope.everything(), values)
    if submission_id is None:  # the very same batch was registered before a crash
        return []
    signed = Signed(submission_id, kid, root, at)
    return office.register(db, Scope.of_institution(uscc), institution, signed, reports)
