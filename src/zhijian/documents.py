"""Documents over a node: print a report, stamp a laboratory's file, judge one that somebody holds, certify a key for seals.

The work on the bytes is done aside, in a process that dies alone; the database is asked before and after it, never
during it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from zhijian.codes import Office, TrustList
from zhijian.codes.model import Code, CodesError, Issued
from zhijian.kit.aside import Aside
from zhijian.kit.db import Db
from zhijian.kit.signing import PublicKey, Suite
from zhijian.registry import InstitutionFacts
from zhijian.registry.model import Instrument
from zhijian.wiring import Node

if TYPE_CHECKING:  # the PDF libraries take a second to load: only who works on a document pays for it
    from zhijian.codes.document.found import Inspection
    from zhijian.codes.document.ofd import OfdInspection

PDF, OFD = "application/pdf", "application/ofd"
MAX_BYTES = 20 << 20
_ASIDE = [
    *(f"zhijian.codes.document.{name}" for name in ("inspect", "ofd", "report", "stamp")),
    "zhijian.spec.workbook",
]
aside = Aside(_ASIDE, at_once=2, seconds=60.0, memory_bytes=2 << 30)
"""One for the process: two documents at a time, however many doors there are."""


@dataclass(frozen=True, slots=True)
class Stamped:
    """What of a registered report goes onto its file."""

    code: Code
    verifier: str
    credential: bytes
    institution: InstitutionFacts


def stamp(node: Node, office: Office, pdf: bytes, what: Stamped, place: str | None = None) -> bytes:
    """`pdf` with code, verifier and QR behind it.

    Raises: DocumentRefused, AsideFailed, QrTooDense.
    """
    whole, small = office.qr_texts(Issued(0, what.code, what.verifier, what.credential))
    label = _label(what.institution)
    host = urlsplit(node.settings.public_url).netloc
    return aside(_stamp, pdf, (what.code, what.verifier, whole, small, host, what.institution.name, label), place)


def render(report: Mapping[str, Any], institution: InstitutionFacts) -> tuple[bytes, int]:
    """`report` as a PDF, with the names that the registry has for what it refers to, and how many pages it has. The same
    input gives the same bytes.

    Raises: DocumentRefused, AsideFailed.
    """
    used = {n for item in report["items"] for n in item.get("instruments") or () if n in institution.instruments}
    on = date.fromisoformat(report["issued_on"])
    return aside(_render, dict(report), _label(institution), {
        "name": institution.name, "address": institution.sites[report["site_no"]].address, "phone": institution.public_phone or "",
        "people": {number: person.name for number, person in institution.people.items()},
        "instruments": {number: _printed(institution.instruments[number], on) for number in used},
        "standards": {r.standard: r.standard_name for rows in institution.scope.values() for r in rows if r.standard_name},
    })  # fmt: skip


def _printed(instrument: Instrument, on: date) -> tuple[str, str, str]:
    """Name, model and day until which it is calibrated."""
    calibration = instrument.calibration_on(on)
    until = calibration.good.to_on if calibration else None
    return instrument.name, instrument.model or "/", until.isoformat() if until else "/"


def _label(institution: InstitutionFacts) -> str:
    return "演示数据，不是真实报告" if institution.synthetic else ""


def inspect_pdf(node: Node, trust: TrustList, pdf: bytes, at: datetime) -> "Inspection":
    """`at` is the time at which certificates have to be in force: when the log saw the file, where that is known.

    Raises: DocumentRefused, AsideFailed.
    """
    return aside(_inspect, pdf, [node.root_certificate(Suite.ES256)], trust, at)


def inspect_ofd(node: Node, trust: TrustList, ofd: bytes, code: Code, at: datetime) -> "OfdInspection":
    """An OFD holds no code that could be read without drawing it: the caller names the report.

    Raises: DocumentRefused, AsideFailed.
    """
    return aside(_inspect_ofd, ofd, [node.root_certificate(Suite.SM2)], trust, code, at)


def certificate(node: Node, db: Db, kid: str, at: datetime) -> bytes:
    """A certificate (DER) by which an institution's key may seal documents, over the national root's key.

    Raises: CodesError for a key that is not in force, DocumentRefused.
    """
    from zhijian.codes.document.certificates import Subject, sealing_certificate

    key = node.office(db).key(db, kid)
    institution = node.institution(db, key["uscc"]) if key else None
    if (
        key is None
        or institution is None
        or key["revoked_at"] is not None
        or not key["not_before"] <= at <= key["not_after"]
    ):
        raise CodesError(kid, f"没有这个机构密钥，或已停用 no such key of an institution, or not in force: {kid}")
    suite = Suite(key["suite"])
    subject = Subject(institution.name, institution.uscc)
    since, until = key["not_before"], key["not_after"]
    public = PublicKey(suite, bytes(key["point"]))
    return sealing_certificate(node.roots()[suite], node.root_certificate(suite), subject, public, since, until)


def _render(report: dict[str, Any], label: str, laboratory: dict[str, Any]) -> tuple[bytes, int]:
    from pypdf import PdfReader

    from zhijian.codes.document.report import Laboratory, render

    pdf = render(report, Laboratory(**laboratory), label)
    return pdf, len(PdfReader(BytesIO(pdf)).pages)


def _stamp(pdf: bytes, what: tuple[Any, ...], place: str | None) -> bytes:
    from zhijian.codes.document.stamp import Stamp, stamp

    return stamp(pdf, Stamp(*what), place)


def _inspect(pdf: bytes, roots: list[bytes], trust: TrustList, at: datetime) -> "Inspection":
    from zhijian.codes.document.inspect import inspect

    return inspect(pdf, roots, trust.keys_at(at), at)


def _inspect_ofd(ofd: bytes, roots: list[bytes], trust: TrustList, code: Code, at: datetime) -> "OfdInspection":
    """Seals are made by a node of the report's province, and used by its institution."""
    from zhijian.codes.document.ofd import inspect_ofd

    keys = trust.keys_at(at)
    return inspect_ofd(ofd, roots, lambda kid: keys(kid, code), lambda kid: keys.node(kid, code[:2]), at)
