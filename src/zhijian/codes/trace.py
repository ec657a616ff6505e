"""From a report down to the instrument and its calibration, and up to the people and the institution."""

from datetime import datetime

from zhijian.codes import store
from zhijian.codes.answer import answer, item_facts
from zhijian.codes.evidence import Means
from zhijian.codes.model import CalibrationFacts, InstrumentFacts, Trace, TracedItem, VerifierWrong
from zhijian.kit import mask
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import InstitutionFacts
from zhijian.registry.model import Capability


def trace(db: Db, scope: Scope, desk: Means, text: str, verifier: str, at: datetime) -> Trace:
    """The whole chain of one report, people masked. The verifier is needed: the chain names samples and results.

    Raises: CodeMalformed, CodeUnknown, VerifierWrong.
    """
    found = answer(db, scope, desk, text, verifier, at)
    row = store.report(db, scope, found.code)
    institution = desk.institution(db, found.issuer.uscc)
    if row is None or institution is None:
        raise VerifierWrong(verifier)
    site = institution.sites[row["site_no"]]
    return Trace(
        answer=found, site_name=site.name, site_address=site.address,
        prepared_by=_person(institution, row["prepared_by"]), reviewed_by=_person(institution, row["reviewed_by"]),
        items=tuple(_item(institution, row, item) for item in store.items(db, scope, found.code)),
    )  # fmt: skip


def _item(institution: InstitutionFacts, report: store.Row, item: store.Row) -> TracedItem:
    rows: tuple[Capability, ...] = ()
    if report["cma_marked"]:
        rows = institution.capabilities_on(
            report["certificate_number"], report["site_no"], item["parameter"], item["standard"], item["tested_on"]
        )
    capability = rows[0] if rows else None
    return TracedItem(
        item=item_facts(item), tested_on=item["tested_on"], tester=_person(institution, item["tester"]),
        in_scope=capability.sequence if capability else None,
        standard_name=capability.standard_name if capability else None,
        instruments=tuple(_instrument(institution, no, item) for no in item["instruments"]),
    )  # fmt: skip


def _instrument(institution: InstitutionFacts, management_no: str, item: store.Row) -> InstrumentFacts:
    known = institution.instruments.get(management_no)
    if known is None:
        return InstrumentFacts(management_no, management_no, None, None, None)
    c = known.calibration_on(item["tested_on"])
    calibration = None
    if c and c.good.to_on:
        calibration = CalibrationFacts(c.kind, c.certificate_no, c.provider, c.good.from_on, c.good.to_on)
    return InstrumentFacts(management_no, known.name, known.model, known.serial_no, calibration)


def _person(institution: InstitutionFacts, staff_no: str | None) -> str | None:
    person = institution.people.get(staff_no or "")
    return mask.name(person.name) if person else None
