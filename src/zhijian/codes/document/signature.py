"""The signatures of a PDF, each with what it covers, who made it and what came after it."""

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from asn1crypto import parser, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature, async_validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from zhijian.codes.credential import kid_of
from zhijian.codes.document import certificates
from zhijian.codes.document.awaiting import finished
from zhijian.codes.document.found import SignatureFound
from zhijian.codes.document.manifest import KeyOf
from zhijian.codes.document.refused import DocumentRefused, excerpt
from zhijian.codes.model import Code, CredentialRefused

MAX_SIGNATURES = 20
_COVERS: dict[Any, Literal["whole-file", "revision", "part"]] = {
    SignatureCoverageLevel.ENTIRE_FILE: "whole-file", SignatureCoverageLevel.ENTIRE_REVISION: "revision",
}  # fmt: skip


def signatures(
    pdf: bytes, roots: Sequence[bytes], key_of: KeyOf, code: Code | None, at: datetime
) -> tuple[SignatureFound, ...]:
    """In the order of the file. A signature that cannot even be read is one with a problem, never none."""
    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=False)
        embedded = list(reader.embedded_regular_signatures)[:MAX_SIGNATURES]
    except Exception as why:  # of a file whose table or fields are broken; pyHanko raises many kinds
        return (_unread(excerpt(why)),) if b"/ByteRange" in pdf else ()
    found = tuple(_examined(one, roots, key_of, code, at) for one in embedded)
    return found or ((_unread("in no field"),) if b"/ByteRange" in pdf else ())


def _unread(detail: str) -> SignatureFound:
    return SignatureFound(
        "", "", None, None, False, False, "part", False, "unknown", detail, None, "signature-unreadable"
    )


def _examined(
    one: EmbeddedPdfSignature, roots: Sequence[bytes], key_of: KeyOf, code: Code | None, at: datetime
) -> SignatureFound:
    try:
        trusted = [certificates.read(root) for root in roots]
        context = ValidationContext(trust_roots=trusted, moment=at, allow_fetching=False, revocation_mode="soft-fail")
        status: PdfSignatureStatus = finished(async_validate_pdf_signature(one, signer_validation_context=context))
        certificate = status.signing_cert
        subject = certificates.subject_of(certificate)
        intact = bool(status.intact and status.valid)
        unknown = _unknown(certificate, roots, key_of, code, at)
        if unknown is None and intact and not status.trusted:  # pyHanko follows the chain by itself, of what holds
            unknown = "certificate-untrusted"
        if intact and unknown is None and _is_padded(one.pkcs7_content):
            unknown = "signature-padded"
        return SignatureFound(
            str(one.field_name), subject.name, subject.number, _kid(certificate), intact, unknown is None,
            _COVERS.get(status.coverage, "part"), one.docmdp_level is not None, *_later(status), status.signer_reported_dt,
            unknown if intact else "signature-broken",
        )  # fmt: skip
    except Exception as why:  # a hole in the byte range, a signature object without its parts, CMS that is none …
        return _unread(excerpt(why))


def _is_padded(contents: bytes) -> bool:
    """Whether something lies behind the signature in the room kept free for it, which no signature covers."""
    *_, header, content, trailer = parser.parse(contents)
    return bool(contents[len(header) + len(content) + len(trailer) :].strip(b"\0"))


def _kid(certificate: x509.Certificate) -> bytes | None:
    try:
        return kid_of(certificates.public_key(certificate))
    except DocumentRefused:
        return None


def _unknown(
    certificate: x509.Certificate, roots: Sequence[bytes], key_of: KeyOf, code: Code | None, at: datetime
) -> str | None:
    """Why the signer is nobody we know; None when the root vouches for the certificate and the trust list for its key."""
    try:
        chain = certificates.check_chain(certificate, roots, at)
    except DocumentRefused as why:
        return why.why
    if code is None:
        return "code-absent"
    try:
        named = key_of(chain.kid, code)
    except CredentialRefused:
        return "key-unknown"
    return None if named == chain.public else "key-unknown"


def _later(status: PdfSignatureStatus) -> tuple[Literal["none", "permitted", "forbidden", "unknown"], str]:
    if status.coverage is SignatureCoverageLevel.ENTIRE_FILE:
        return "none", ""
    level = status.modification_level
    if level is None:
        return "unknown", ""
    if level is ModificationLevel.NONE and status.docmdp_ok:
        return "none", ""
    detail = excerpt(status.diff_result) if isinstance(status.diff_result, BaseException) else level.name.lower()
    return ("permitted" if status.docmdp_ok else "forbidden"), detail
