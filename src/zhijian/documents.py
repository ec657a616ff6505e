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

PDF, OFD = "application/pdf", "application/ofd"
MAX_BYTES = 20 << 20
_ASIDE = [
    *(f"zhijian.codes.document.{name}" for name in ("inspect", "ofd_inspect", "ofd_stamp", "report", "stamp")),
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


def stamp(node: Node, office: Office, raw: bytes, what: Stamped, place: str | None = None) -> bytes:
    """`raw`, a PDF or an OFD, with code, verifier and QR on it.

    Raises: DocumentRefused, AsideFailed, QrTooDense.
    """
    whole, small = office.qr_texts(Issued(0, what.code, what.verifier, what.credential))
    label = _label(what.institution)
    host = urlsplit(node.settings.public_url).netloc
    return aside(_stamp, raw, (what.code, what.verifier, whole, small, host, what.institution.name, label), place)


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


def inspect(node: Node, trust: TrustList, raw: bytes, at: datetime, named: Code | None = None) -> "Inspection":
    """A PDF or an OFD, by its first bytes. `at` is the time at which certificates have to be in force: when the log saw the
    file, where that is known. `named` is the report's code where the caller knows it: an OFD sealed elsewhere bears none.

    Raises: DocumentRefused, AsideFailed.
    """
    suite, work = (Suite.SM2, _inspect_ofd) if is_ofd(raw) else (Suite.ES256, _inspect)
    return aside(work, raw, [node.root_certificate(suite)], trust, at, named)


def is_ofd(raw: bytes) -> bool:
    """By its first bytes: every OFD is a zip, and no PDF is."""
    return raw.startswith(b"PK")


def certificate(node: Node, db: Db, kid: str, at: datetime) -> bytes:
    """A certificate (DER) by which an institution's key may seal documents, over the national root's key.

    Raises: CodesError for a key that is not in force, DocumentRefused.
    """
    from zhijian.codes.document.certificates import Subject, sealing_certificate

    key, institution = _key_in_force(node, db, kid, at)
    suite = Suite(key["suite"])
    subject = Subject(institution.name, institution.uscc)
    since, until = key["not_before"], key["not_after"]
    public = PublicKey(suite, bytes(key["point"]))
    return sealing_certificate(node.roots()[suite], node.root_certificate(suite), subject, public, since, until)


def _key_in_force(node: Node, db: Db, kid: str, at: datetime) -> tuple[Any, InstitutionFacts]:
    key = node.office(db).key(db, kid)
    institution = node.institution(db, key["uscc"]) if key else None
    if (
        key is None
        or institution is None
        or key["revoked_at"] is not None
        or not key["not_before"] <= at <= key["not_after"]
    ):
        raise CodesError(kid, f"没有这个机构密钥，或已停用 no such key of an institution, or not in force: {kid}")
    return key, institution


def _render(report: dict[str, Any], label: str, laboratory: dict[str, Any]) -> tuple[bytes, int]:
    from pypdf import PdfReader

    from zhijian.codes.document.report import Laboratory, render

    pdf = render(report, Laboratory(**laboratory), label)
    return pdf, len(PdfReader(BytesIO(pdf)).pages)


@dataclass(frozen=True, slots=True)
class SealAsked:
    """What the operator says of a seal. `picture` is a PNG, None for one drawn from the institution's name."""

    kid: str
    """Of the institution's SM2 key that may use the seal."""
    name: str | None
    picture: bytes | None
    width_mm: int = 38
    height_mm: int = 38


def electronic_seal(node: Node, db: Db, asked: SealAsked, at: datetime) -> bytes:
    """An SESeal (GB/T 38540-2020) for one key, made by this node's own key, which the trust list lets make seals.

    Raises: CodesError for a key that is not in force, DocumentRefused, also `certificate-suite` when this node's key or the
    institution's is not SM2.
    """
    from zhijian.codes.document import DocumentRefused, ses
    from zhijian.codes.document.certificates import Subject, read, sealing_certificate
    from zhijian.codes.document.seal_picture import seal_png

    key, institution = _key_in_force(node, db, asked.kid, at)
    for whose_zh, whose_en, suite in (("机构", "institution", key["suite"]), ("节点", "node", node.signing_key.suite)):
        if suite != Suite.SM2:
            raise DocumentRefused("certificate-suite", suite, f"{whose_zh}的密钥是 {suite}，电子印章须用 SM2-SM3 密钥。",
                                  f"The {whose_en}'s key is of {suite}; an electronic seal takes SM2-SM3.")  # fmt: skip
    holder = certificate(node, db, asked.kid, at)
    root = node.root_certificate(Suite.SM2)
    maker = node.trust(db).key(node.issuing.kid)
    ends = min(maker.not_after, read(root).not_valid_after)
    subject = Subject(f"制章 seal maker {node.settings.log_host}")
    own = sealing_certificate(node.roots()[Suite.SM2], root, subject, maker.public, maker.not_before, ends)
    picture = seal_png(institution.name) if asked.picture is None else asked.picture
    facts = ses.SealFacts(
        f"{institution.province}{asked.kid}{at:%Y%m%d%H%M%S}", asked.name or f"{institution.name}检验检测专用章",
        ses.Picture("PNG", picture, asked.width_mm, asked.height_mm), (holder,), at, max(at, key["not_before"]), key["not_after"],
    )  # fmt: skip
    return ses.make_seal(facts, node.signing_key, own)


def _stamp(raw: bytes, what: tuple[Any, ...], place: str | None) -> bytes:
    from zhijian.codes.document.stamp import Stamp, stamp

    if is_ofd(raw):
        from zhijian.codes.document.ofd_stamp import stamp_ofd

        return stamp_ofd(raw, Stamp(*what), place)
    return stamp(raw, Stamp(*what), place)


def _inspect(pdf: bytes, roots: list[bytes], trust: TrustList, at: datetime, _: Code | None) -> "Inspection":
    from zhijian.codes.document.inspect import inspect

    return inspect(pdf, roots, trust.keys_at(at), at)


def _inspect_ofd(ofd: bytes, roots: list[bytes], trust: TrustList, at: datetime, named: Code | None) -> "Inspection":
    from zhijian.codes.document.ofd_inspect import inspect_file

    keys = trust.keys_at(at)
    return inspect_file(ofd, roots, keys, keys.maker, at, named)
