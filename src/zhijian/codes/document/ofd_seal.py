"""Seal an OFD (GB/T 33190-2016, 18; GB/T 38540-2020): Signature.xml lists the SM3 of every other file, and the SES_Signature
beside it signs Signature.xml with the institution's seal.

It comes last, as on a PDF: proof and QR text are attached before. Only another seal may follow, and only where the one before
leaves the list of seals open.
"""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zhijian.codes.document import ofd_body, ses
from zhijian.codes.document.certificates import SM2_WITH_SM3
from zhijian.codes.document.ofd_attach import attach_ofd
from zhijian.codes.document.ofd_body import Body, file
from zhijian.codes.document.ofd_shapes import numbers
from zhijian.codes.document.ofd_xml import element, every, one, parsed, resolved, written
from zhijian.codes.document.refused import DocumentRefused
from zhijian.codes.model import Code
from zhijian.kit.signing import Signer, sm3

SM3_OID = "1.2.156.10197.1.401"
SEAL_MM = 38.0


@dataclass(frozen=True, slots=True)
class OfdPlace:
    """Where the seal is seen: page from one, upper left corner and size in millimetres."""

    page: int
    left_mm: float
    top_mm: float
    width_mm: float = SEAL_MM
    height_mm: float = SEAL_MM


def seal_ofd(
    ofd: bytes, seal: bytes, key: Signer, certificate: bytes, place: OfdPlace | None, at: datetime, *, is_last: bool = True
) -> bytes:  # fmt: skip
    """The sealed OFD. `seal` is an SESeal whose holders have `certificate`. `place` None: it is not seen. `is_last` False
    leaves the list of seals uncovered, so that another institution can add its own.

    Raises: DocumentRefused, see `ofd_zip`, `ofd_xml` and `ses`, and `sealed`, `page-unknown`, `place-outside`, `seal-holder`.
    """
    if certificate not in ses.read_seal(seal).holders:
        raise DocumentRefused("seal-holder", "", "该证书无权使用此印章。", "This certificate may not use the seal.")
    body = Body.of(ofd)
    annotation = [] if place is None else [_seen(body, place)]
    listed, where = _entered(body)
    body.files[f"{where}/Seal.esl"] = seal
    body = Body.of(body.zip())  # what is signed are the bytes that will stand in the container
    files = body.files
    covered = {name: data for name, data in files.items() if is_last or name != listed}
    described = written(element("Signature", None, _information(covered, where, annotation, at),
                                element("SignedValue", f"/{where}/SignedValue.dat")))  # fmt: skip
    files[f"{where}/Signature.xml"] = described
    files[f"{where}/SignedValue.dat"] = ses.sign(seal, key, certificate, sm3(described), f"/{where}/Signature.xml", at)
    return body.zip()


@dataclass(frozen=True, slots=True)
class OfdSeal:
    """What of a report goes into its OFD before the seal."""

    code: Code
    qr: str
    proof: bytes


def attach_evidence(stamped: bytes, what: OfdSeal, at: datetime) -> bytes:
    """Proof and QR text as attachments of a stamped OFD, under the names that they have in a PDF.

    Raises: DocumentRefused `not-stamped`, `code-differs`, `sealed`, and those of `ofd_attach`.
    """
    from zhijian.codes.document.seal import QR_SUFFIX
    from zhijian.codes.log.proof import FILE_SUFFIX

    body = Body.of(stamped)
    said = body.said(ofd_body.CODE)
    if said is None:
        raise DocumentRefused("not-stamped", "", "文件未加盖报告编码；请先盖码（stamp）再签章。",
                              "The document bears no stamp; stamp it first, then seal it.")  # fmt: skip
    if said != what.code:
        raise DocumentRefused("code-differs", said[:40], f"文件所盖编码是 {said[:40]}，不是 {what.code}。",
                              f"The document is stamped {said[:40]}, not {what.code}.")  # fmt: skip
    if every(body.listing, "Signatures"):
        raise _sealed()
    attach_ofd(body, what.code + FILE_SUFFIX, what.proof, at)
    attach_ofd(body, what.code + QR_SUFFIX, what.qr.encode(), at)
    return body.zip()


def is_sealed(ofd: bytes) -> bool:
    """Whether it lists seals, whatever they are worth. Raises: DocumentRefused."""
    return bool(every(Body.of(ofd).listing, "Signatures"))


def from_bottom(ofd: bytes, page: int, left_mm: float, bottom_mm: float) -> OfdPlace:
    """A place given as on a PDF, by the seal's lower left corner. Raises: DocumentRefused."""
    pages = Body.of(ofd).pages()
    height = pages[page - 1].height_mm if 1 <= page <= len(pages) else 0
    return OfdPlace(page, left_mm, height - bottom_mm - SEAL_MM)


def original_said(stamped: bytes) -> dict[str, str]:
    """Digests, by algorithm, of the file that was stamped, as the stamp says. Raises: DocumentRefused."""
    body = Body.of(stamped)
    said = {"sm3": body.said(ofd_body.ORIGINAL_SM3), "sha256": body.said(ofd_body.ORIGINAL_SHA256)}
    return {algorithm: value for algorithm, value in said.items() if value is not None}


def _entered(body: Body) -> tuple[str, str]:
    """The seal entered into the list: path of the list, and the folder for the seal's files."""
    folder = f"{body.folder}/Signs" if body.folder else "Signs"
    listings = every(body.listing, "Signatures")
    if not listings:
        if any(name.startswith(f"{folder}/") for name in body.files):
            raise DocumentRefused(
                "sealed", folder, "OFD 内已有签章目录。", "The OFD has a folder of signatures already."
            )
        listed, root, number = f"{folder}/Signatures.xml", element("Signatures"), 0
        body.listing.append(element("Signatures", f"/{listed}"))
    else:
        listed = resolved(one(body.listing, "Signatures", ofd_body.ENTRY).text, ofd_body.ENTRY)
        root = parsed(file(body.files, listed), listed)
        number = len(every(root, "Signature"))
        _refuse_covered(body, root, listed)
    where = f"{folder}/Sign_{number}"
    if any(name.startswith(f"{where}/") for name in body.files):
        raise DocumentRefused("sealed", where, f"OFD 内已有 {where}。", f"The OFD has {where} already.")
    root.append(element("Signature", None, ID=f"s{number + 1}", Type="Seal", BaseLoc=f"/{where}/Signature.xml"))
    body.files[listed] = written(root)
    return listed, where


def _refuse_covered(body: Body, root: Any, listed: str) -> None:
    """A further seal changes the list: the seals before must not cover it, nor OFD.xml in another form than it keeps."""
    for entry in every(root, "Signature"):
        where = resolved(entry.get("BaseLoc"), listed)
        references = every(parsed(file(body.files, where), where), "SignedInfo/References/Reference")
        if any(resolved(one.get("FileRef"), where) == listed for one in references):
            raise _sealed()


def _information(covered: dict[str, bytes], where: str, annotation: list[Any], at: datetime) -> Any:
    references = [
        element("Reference", None, element("CheckValue", base64.b64encode(sm3(data)).decode()), FileRef=f"/{name}")
        for name, data in covered.items()
    ]
    return element(
        "SignedInfo", None,
        element("Provider", None, ProviderName="zhijian", Version="1", Company="zhijian"), element("SignatureMethod", SM2_WITH_SM3),
        element("SignatureDateTime", at.strftime("%Y%m%d%H%M%SZ")), element("References", None, *references, CheckMethod=SM3_OID),
        *annotation, element("Seal", None, element("BaseLoc", f"/{where}/Seal.esl")),
    )  # fmt: skip


def _seen(body: Body, place: OfdPlace) -> Any:
    pages = body.pages()
    if not 1 <= place.page <= len(pages):
        raise DocumentRefused("page-unknown", place.page, f"签章页须在 1–{len(pages)} 之间。",
                              f"The page of the seal must be one of 1–{len(pages)}.")  # fmt: skip
    page = pages[place.page - 1]
    fits = (
        0 <= place.left_mm <= page.width_mm - place.width_mm and 0 <= place.top_mm <= page.height_mm - place.height_mm
    )
    if not fits:
        raise DocumentRefused("place-outside", (place.left_mm, place.top_mm), f"印章超出页面：页面 {page.width_mm:.0f}×{page.height_mm:.0f} 毫米。",
                              f"The seal would lie outside of the page, {page.width_mm:.0f}×{page.height_mm:.0f} mm.")  # fmt: skip
    boundary = numbers(place.left_mm, place.top_mm, place.width_mm, place.height_mm)
    return element("StampAnnot", None, ID="a1", PageRef=page.id, Boundary=boundary)


def _sealed() -> DocumentRefused:
    return DocumentRefused("sealed", "", "OFD 已签章，且签章不容许再加；请提交签章前的文件。",
                           "The OFD is sealed and takes no other seal; send it as it was before.")  # fmt: skip
