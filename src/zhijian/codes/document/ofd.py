"""Seal an OFD and verify one (GB/T 33190-2016, chapter 18; GB/T 38540-2020).

Signature.xml lists the SM3 of every other file; the SES_Signature beside it signs Signature.xml with the institution's seal.
A zip has no revisions: unlike a PDF, a sealed OFD does not begin with its original's bytes, so both digests are registered.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from zhijian.codes.document import certificates, ses
from zhijian.codes.document.certificates import SM2_WITH_SM3, Subject, check_chain
from zhijian.codes.document.found import Verdict
from zhijian.codes.document.ofd_xml import element, every, one, parsed, resolved, written
from zhijian.codes.document.ofd_zip import unzipped, zipped
from zhijian.codes.document.refused import DocumentRefused
from zhijian.codes.model import CredentialRefused
from zhijian.kit.signing import PrivateKey, PublicKey, sm3

SM3_OID = "1.2.156.10197.1.401"
ENTRY = "OFD.xml"
KeyOfKid = Callable[[bytes], PublicKey]
"""The key of a kid when the trust list lets it speak here, or CredentialRefused."""


@dataclass(frozen=True, slots=True)
class OfdPlace:
    """Where the seal is seen: page from one, upper left corner and size in millimetres."""

    page: int
    left_mm: float
    top_mm: float
    width_mm: float = 38
    height_mm: float = 38


@dataclass(frozen=True, slots=True)
class OfdSignature:
    """One signature of the OFD. `problem` is a key, None when everything holds and everybody is known."""

    by: Subject | None
    seal_name: str
    signed_at: datetime | None
    """As the sealer says; nothing proves it."""
    is_known: bool
    """Certificates of holder and maker come from our root, were in force, and both keys are known for what they did."""
    changed: tuple[str, ...]
    """Files that are not what was sealed."""
    missing: tuple[str, ...]
    uncovered: tuple[str, ...]
    """Files that the seal says nothing of: added later, or left out."""
    problem: str | None


@dataclass(frozen=True, slots=True)
class OfdInspection:
    sm3: bytes
    files: tuple[str, ...]
    signatures: tuple[OfdSignature, ...]
    verdict: Verdict


def seal_ofd(ofd: bytes, seal: bytes, key: PrivateKey, certificate: bytes, place: OfdPlace, at: datetime) -> bytes:
    """The sealed OFD. `seal` is an SESeal whose holders have `certificate`.

    Raises: DocumentRefused, see `ofd_zip`, `ofd_xml` and `ses`, and `sealed`, `page-unknown`, `seal-holder`.
    """
    files = unzipped(ofd)
    if certificate not in ses.read_seal(seal).holders:
        raise DocumentRefused("seal-holder", "", "该证书无权使用此印章。", "This certificate may not use the seal.")
    root = parsed(_file(files, ENTRY), ENTRY)
    body = one(root, "DocBody", ENTRY)
    if every(body, "Signatures"):
        raise DocumentRefused(
            "sealed", "", "OFD 已签章；请提交签章前的文件。", "The OFD is sealed; send it as it was before."
        )
    document = resolved(one(body, "DocRoot", ENTRY).text, ENTRY)
    folder = document.rpartition("/")[0]
    listed, where = f"{folder}/Signs/Signatures.xml", f"{folder}/Signs/Sign_0"
    if any(name.startswith(f"{folder}/Signs/") for name in files):
        raise DocumentRefused("sealed", folder, "OFD 内已有签章目录。", "The OFD has a folder of signatures already.")
    page = _page(parsed(_file(files, document), document), document, place.page)
    body.append(element("Signatures", f"/{listed}"))
    files[ENTRY] = written(root)
    files[listed] = written(element("Signatures", None, element("MaxSignId", "1"),
                                    element("Signature", None, ID="1", Type="Seal", BaseLoc=f"/{where}/Signature.xml")))  # fmt: skip
    files[f"{where}/Seal.esl"] = seal
    boundary = f"{place.left_mm:g} {place.top_mm:g} {place.width_mm:g} {place.height_mm:g}"
    references = [
        element("Reference", None, element("CheckValue", base64.b64encode(sm3(data)).decode()), FileRef=f"/{name}") for name, data in files.items()
    ]  # fmt: skip
    information = element(
        "SignedInfo", None,
        element("Provider", None, ProviderName="zhijian", Version="1", Company="zhijian"), element("SignatureMethod", SM2_WITH_SM3),
        element("SignatureDateTime", at.strftime("%Y%m%d%H%M%SZ")), element("References", None, *references, CheckMethod=SM3_OID),
        element("StampAnnot", None, ID="2", PageRef=page, Boundary=boundary),
        element("Seal", None, element("BaseLoc", f"/{where}/Seal.esl")),
    )  # fmt: skip
    described = written(element("Signature", None, information, element("SignedValue", f"/{where}/SignedValue.dat")))
    files[f"{where}/Signature.xml"] = described
    files[f"{where}/SignedValue.dat"] = ses.sign(seal, key, certificate, sm3(described), f"/{where}/Signature.xml", at)
    return zipped(files)


def inspect_ofd(
    ofd: bytes, roots: Sequence[bytes], holder_of: KeyOfKid, maker_of: KeyOfKid, at: datetime
) -> OfdInspection:
    """`roots` are DER, with SM2 keys. `holder_of` knows the keys of those who seal, `maker_of` of those who make seals.

    Raises: DocumentRefused for what has no one meaning, see `ofd_zip` and `ofd_xml`.
    """
    files = unzipped(ofd)
    body = one(parsed(_file(files, ENTRY), ENTRY), "DocBody", ENTRY)
    lists = every(body, "Signatures")
    if not lists:
        hidden = [name for name in files if "/Signs/" in name]
        return OfdInspection(sm3(ofd), tuple(files), (), Verdict.EDITED if hidden else Verdict.NOT_SEALED)
    listed = resolved(one(body, "Signatures", ENTRY).text, ENTRY)
    entries = every(parsed(_file(files, listed), listed), "Signature")
    descriptions = [resolved(entry.get("BaseLoc"), listed) for entry in entries]
    found = tuple(_examined(files, where, roots, holder_of, maker_of, at) for where in descriptions)
    return OfdInspection(sm3(ofd), tuple(files), found, _verdict(found))


def _verdict(found: Sequence[OfdSignature]) -> Verdict:
    if not found:
        return Verdict.EDITED  # a list of signatures with nothing on it
    if not any(s.is_known for s in found):
        return Verdict.STRANGER
    return Verdict.UNCHANGED if all(s.problem is None for s in found) else Verdict.EDITED


def _examined(
    files: dict[str, bytes], where: str, roots: Sequence[bytes], holder_of: KeyOfKid, maker_of: KeyOfKid, at: datetime
) -> OfdSignature:
    try:
        described = _file(files, where)
        root = parsed(described, where)
        value_at = resolved(one(root, "SignedValue", where).text, where)
        signed = ses.read(_file(files, value_at))
        information = one(root, "SignedInfo", where)
        seal_at = resolved(one(information, "Seal/BaseLoc", where).text, where)
        references = _references(information, where)
    except DocumentRefused as why:
        return OfdSignature(None, "", None, False, (), (), (), why.why)
    changed = tuple(name for name, digest in references.items() if name in files and sm3(files[name]) != digest)
    missing = tuple(name for name in references if name not in files)
    uncovered = tuple(name for name in files if name not in references and name not in (where, value_at))
    unknown = _unknown(signed, roots, holder_of, maker_of, at)
    problem = None
    if signed.data_hash != sm3(described) or signed.covers.lstrip("/") != where:
        problem = "signature-broken"
    elif signed.seal_raw != files.get(seal_at):
        problem = "seal-differs"
    elif changed or missing or uncovered:
        problem = "files-changed" if changed or missing else "files-uncovered"
    by = certificates.subject_of(certificates.read(signed.certificate))
    return OfdSignature(
        by, signed.seal.name, signed.at, unknown is None, changed, missing, uncovered, problem or unknown
    )


def _unknown(
    signed: ses.Sealing, roots: Sequence[bytes], holder_of: KeyOfKid, maker_of: KeyOfKid, at: datetime
) -> str | None:
    try:
        holder, maker = (
            check_chain(signed.certificate, roots, at),
            check_chain(signed.seal.maker, roots, signed.seal.created),
        )
    except DocumentRefused as why:
        return why.why
    try:
        known = holder_of(holder.kid) == holder.public and maker_of(maker.kid) == maker.public
    except CredentialRefused:
        known = False
    if not known:
        return "key-unknown"
    return None if signed.seal.valid_from <= at <= signed.seal.valid_to else "seal-expired"


def _references(information: object, where: str) -> dict[str, bytes]:
    """Digest by file. Raises: DocumentRefused `xml-malformed`, `digest-unknown`."""
    parent = one(information, "References", where)
    if parent.get("CheckMethod") != SM3_OID or one(information, "SignatureMethod", where).text != SM2_WITH_SM3:
        raise DocumentRefused("digest-unknown", str(parent.get("CheckMethod")), "签章须用 SM3 摘要与 SM2 签名。",
                              "The seal must use SM3 digests and SM2 signatures.")  # fmt: skip
    found: dict[str, bytes] = {}
    for reference in every(parent, "Reference"):
        name = resolved(reference.get("FileRef"), where)
        try:
            digest = base64.b64decode(one(reference, "CheckValue", where).text or "", validate=True)
        except (binascii.Error, ValueError):
            digest = b""
        if len(digest) != 32 or name in found:
            raise DocumentRefused(
                "xml-malformed", name, f"{name} 的摘要无效或重复。", f"The digest of {name} is invalid or there twice."
            )
        found[name] = digest
    return found


def _page(document: object, where: str, number: int) -> str:
    pages = every(document, "Pages/Page")
    if not 1 <= number <= len(pages):
        raise DocumentRefused(
            "page-unknown",
            number,
            f"签章页须在 1–{len(pages)} 之间。",
            f"The page of the seal must be one of 1–{len(pages)}.",
        )
    return str(pages[number - 1].get("ID"))


def _file(files: dict[str, bytes], name: str) -> bytes:
    if name not in files:
        raise DocumentRefused("file-absent", name, f"OFD 内缺少 {name}。", f"{name} is absent from the OFD.")
    return files[name]
