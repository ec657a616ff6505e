"""Before a report is registered: what an institution's records say, and its report checked and printed."""

from datetime import date
from typing import Any

import msgspec

from zhijian import documents
from zhijian.api.aside import aside
from zhijian.api.caller import Received, authenticate
from zhijian.api.problems import refused
from zhijian.api.submit import Answered, AnsweredWithHeaders, decode
from zhijian.codes import intake
from zhijian.kit.clock import day
from zhijian.kit.db import Db
from zhijian.registry import InstitutionFacts
from zhijian.wiring import Node

OF_THE_FILE = {"file_digest": "0" * 64, "file_digest_algorithm": "sm3", "file_pages": 1}
"""Whoever has the file fills these in; this stands in while it is still to be made."""


def institution(db: Db, node: Node, received: Received) -> Answered:
    """GET /institution: what a report may refer to today, and what each reference is called."""
    facts, on = authenticate(db, node, received).institution, day(received.at)
    return 200, msgspec.json.encode({
        "uscc": facts.uscc, "name": facts.name, "as_of": on.isoformat(),
        "certificates": [{"number": c.number, "state": c.state_on(on), "expires_on": _said(c.term.to_on)}
                         for c in facts.certificates.values()],
        "sites": [{"site_no": s.site_no, "name": s.name, "address": s.address} for s in facts.sites.values() if s.used.covers(on)],
        "people": [{"staff_no": p.staff_no, "name": p.name,
                    "signs": sorted({c for kinds, span in p.authorised if span.covers(on) for c in kinds})}
                   for p in facts.people.values() if p.employed.covers(on)],
        "instruments": [_instrument(facts, number, on) for number, i in facts.instruments.items() if i.used.covers(on)],
        "capabilities": [
            {"certificate": certificate, "site_no": site, "category": row.category, "parameter": row.parameter, "standard": row.standard}
            for (certificate, site, _), rows in facts.scope.items() for row in rows if row.valid.covers(on)
        ],
    })  # fmt: skip


def _instrument(facts: InstitutionFacts, number: str, on: date) -> dict[str, Any]:
    found = facts.instruments[number]
    calibration = found.calibration_on(on)
    return {"management_no": number, "name": found.name, "model": found.model, "needs_calibration": found.needs_calibration,
            "calibrated_until": _said(calibration.good.to_on) if calibration else None}  # fmt: skip


def draft(node: Node, received: Received) -> AnsweredWithHeaders:
    """POST /reports:draft: the report, without its `file_…`, held against every rule and printed. Nothing is kept: register
    it with the digest and pages of what came back.

    Raises: Problem 422 with every finding; and those of the printing.
    """
    with node.transaction() as db:
        facts = authenticate(db, node, received).institution
    report = decode(received.body)
    whole = {**OF_THE_FILE, **report} if isinstance(report, dict) else report
    if found := intake.refusals(whole, facts, day(received.at)):
        raise refused(found)
    pdf, pages = aside(lambda: documents.render(whole, facts))
    return 200, pdf, {"report-pages": str(pages)}


def _said(on: date | None) -> str | None:
    return on.isoformat() if on else None
