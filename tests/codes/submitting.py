"""What the tests of the codes room share: a laboratory at the office's desk, in a transaction that leaves no trace."""

import base64
import hashlib
import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.conftest import Seeded, key_of, kid_of

from zhijian.codes import Office
from zhijian.codes.model import Code, Declined, Issued, Party, Signed, State
from zhijian.kit.db import Db
from zhijian.kit.digests import Digests
from zhijian.kit.scope import Scope
from zhijian.kit.signing import PrivateKey, Suite
from zhijian.registry import InstitutionFacts
from zhijian.wiring import Node

_numbers = itertools.count()


@contextmanager
def rolled_back(node: Node) -> Iterator[Db]:
    """A transaction that never happened."""
    with node.engine.connect() as db:
        yield db
        db.rollback()


@dataclass(frozen=True)
class Counter:
    """One institution before the office. `report` is one that will be admitted."""

    node: Node
    uscc: str
    kid: str
    key: PrivateKey
    report: dict[str, Any]
    at: datetime

    @property
    def scope(self) -> Scope:
        return Scope.of_institution(self.uscc)

    def facts(self, db: Db) -> InstitutionFacts:
        found = self.node.institution(db, self.uscc)
        assert found is not None
        return found

    def fresh(self, own_number: str, **changes: Any) -> dict[str, Any]:
        return {**json.loads(json.dumps(self.report)), "own_number": own_number, **changes}

    def submit(self, db: Db, reports: list[Any], at: datetime | None = None) -> list[Issued | Declined]:
        office, at = self.node.office(db), at or self.at
        assert office.lock(db, self.scope, self.uscc)
        root = Office.batch_root([Office.leaf(repr(report).encode()) for report in reports])
        base = f'"report-root": {root.hex()}'.encode()
        values = {
            "uscc": self.uscc, "idempotency_key": f"desk-{at.timestamp()}-{next(_numbers)}", "body_digest": root,
            "kid": self.kid, "root": root, "leaves": b"", "signature_base": base, "signature": self.key.sign(base),
            "received_at": at,
        }  # fmt: skip
        submission_id = office.begin(db, self.scope, values)
        assert submission_id is not None
        signed = Signed(submission_id, self.kid, root, at)
        return office.register(db, self.scope, self.facts(db), signed, reports)

    def issue(self, db: Db, own_number: str, **changes: Any) -> Issued:
        outcome = self.submit(db, [self.fresh(own_number, **changes)])[0]
        assert isinstance(outcome, Issued), outcome
        return outcome

    def change(
        self, db: Db, code: str, to: State, by: Party = "institution", successor: str | None = None,
        scope: Scope | None = None,
    ) -> Code:  # fmt: skip
        """By the institution's signed request, or as the regulator's decision."""
        office = self.node.office(db)
        if by == "regulator":
            return office.decide(
                db, scope or Scope.everything(), code, to, actor="示例监管局", reason="原因", at=self.at
            )
        asked = office.request(code, to, "原因", successor, self.kid, self.key)
        return office.change(db, scope or self.scope, code, to, actor="示例", reason="原因", successor=successor, asked=asked,
                             at=self.at)  # fmt: skip

    def hand_out(self, db: Db, code: str, file: bytes) -> bool:
        """Put down a file, brought by a signed request."""
        sha256 = hashlib.sha256(file).digest()
        digest = base64.b64encode(sha256).decode()
        base = f'"@path": /api/v1/reports/{code}/document\n"content-digest": sha-256=:{digest}:'.encode()
        asked = Office.asked(self.kid, self.key.sign(base), base, b"")
        return self.node.office(db).file(db, self.scope, code, "application/pdf", Digests.of(file), asked, self.at)


def counter(seeded: Seeded, suite: Suite | None = None, *, but: str | None = None) -> Counter:
    """The institution of the newest report whose key is of `suite`, another than `but`."""
    for report in reversed(list(seeded.world.reports())):
        uscc = report.pop("uscc")
        key = key_of(seeded.node, uscc)
        if report["cma_marked"] and uscc != but and suite in (None, key.suite):
            return Counter(seeded.node, uscc, kid_of(seeded.node, uscc), key, report, seeded.at)
    raise AssertionError("the small world has no such institution")
