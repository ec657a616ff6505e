"""The seals of an OFD, verified (GB/T 33190-2016, chapter 18; GB/T 38540-2020): what each covers, and who made it.

Every file has to be covered by every seal, but for what the seals themselves are made of: a second seal comes after the first.
A zip has no revisions: unlike a PDF, a sealed OFD does not begin with its original's bytes, so both digests are registered.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from zhijian.codes.credential import kid_of
from zhijian.codes.document import certificates, ses
from zhijian.codes.document.certificates import SM2_WITH_SM3, Subject, check_chain
from zhijian.codes.document.found import Verdict
from zhijian.codes.document.ofd_body import ENTRY, file
from zhijian.codes.document.ofd_seal import SM3_OID
from zhijian.codes.document.ofd_xml import every, one, parsed, resolved
from zhijian.codes.document.ofd_zip import unzipped
from zhijian.codes.document.refused import DocumentRefused
from zhijian.codes.model import CredentialRefused, KeyRevoked
from zhijian.kit.signing import PublicKey, sm3

MAX_SIGNATURES = 32
_BROKEN = ("signature-broken", "seal-differs", "files-changed")
KeyOfKid = Callable[[bytes], PublicKey]
"""The key of a kid when the trust list lets it speak here, or CredentialRefused."""


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
    where: str = ""
    """Path of its Signature.xml."""
    kid: bytes | None = None


@dataclass(frozen=True, slots=True)
class OfdInspection:
    sm3: bytes
    files: tuple[str, ...]
    signatures: tuple[OfdSignature, ...]
    verdict: Verdict
    is_listed: bool = True
    """False when files of seals lie in the container and its OFD.xml names no list of them: somebody took it away."""


@dataclass(frozen=True, slots=True)
class Judges:
    """Who is known. `roots` are DER, with SM2 keys; `holder_of` knows the keys of those who seal, and is None when nobody
    knows for whom they should; `maker_of` those of who makes seals."""

    roots: Sequence[bytes]
    holder_of: KeyOfKid | None
    maker_of: KeyOfKid
    at: datetime


def inspect_ofd(ofd: bytes, by: Judges) -> OfdInspection:
    """Raises: DocumentRefused for what has no one meaning, see `ofd_zip` and `ofd_xml`, and `too-complex`."""
    files = unzipped(ofd)
    body = one(parsed(file(files, ENTRY), ENTRY), "DocBody", ENTRY)
    listed = resolved(one(body, "Signatures", ENTRY).text, ENTRY) if every(body, "Signatures") else None
    if listed is None:
        descriptions = [name for name in files if "Signs/" in name and name.endswith("/Signature.xml")]
    else:
        entries = every(parsed(file(files, listed), listed), "Signature")
        descriptions = [resolved(entry.get("BaseLoc"), listed) for entry in entries]
    if len(descriptions) > MAX_SIGNATURES:
        raise DocumentRefused("too-complex", len(descriptions), f"签章超过 {MAX_SIGNATURES} 个。",
                              f"More than {MAX_SIGNATURES} seals.")  # fmt: skip
    container = _Container(files, {name: sm3(data) for name, data in files.items()}, {listed} if listed else set())
    found = tuple(_examined(container, where, by) for where in descriptions)
    found = tuple(_beside_others(one, container.of_seals) for one in found)
    left = listed is None and any("Signs/" in name for name in files)
    return OfdInspection(sm3(ofd), tuple(files), found, _verdict(found, listed is not None, left), not left)


@dataclass(frozen=True, slots=True)
class _Container:
    files: dict[str, bytes]
    digests: dict[str, bytes]
    of_seals: set[str]
    """The list and the files of what it lists: each seal leaves open what a later one adds, and a later one that does not
    hold is found by itself."""


def _verdict(found: Sequence[OfdSignature], is_listed: bool, left: bool) -> Verdict:
    if not is_listed and not left:
        return Verdict.NOT_SEALED
    if not any(s.is_known for s in found):
        return Verdict.STRANGER
    return Verdict.UNCHANGED if is_listed and all(s.problem is None for s in found) else Verdict.EDITED


def _examined(container: _Container, where: str, by: Judges) -> OfdSignature:
    files = container.files
    try:
        described = file(files, where)
        root = parsed(described, where)
        value_at = resolved(one(root, "SignedValue", where).text, where)
        signed = ses.read(file(files, value_at))
        information = one(root, "SignedInfo", where)
        seal_at = resolved(one(information, "Seal/BaseLoc", where).text, where)
        references = _references(information, where)
    except DocumentRefused as why:
        return OfdSignature(None, "", None, False, (), (), (), why.why, where)
    container.of_seals.update((where, value_at, seal_at))
    changed = tuple(name for name, digest in references.items() if name in files and container.digests[name] != digest)
    missing = tuple(name for name in references if name not in files)
    uncovered = tuple(name for name in files if name not in references and name not in (where, value_at))
    unknown = _unknown(signed, by)
    problem = None
    if signed.data_hash != sm3(described) or signed.covers.lstrip("/") != where:
        problem = "signature-broken"
    elif signed.seal_raw != files.get(seal_at):
        problem = "seal-differs"
    elif changed or missing:
        problem = "files-changed"
    certificate = certificates.read(signed.certificate)
    by_whom, kid = certificates.subject_of(certificate), kid_of(certificates.public_key(certificate))
    return OfdSignature(by_whom, signed.seal.name, signed.at, unknown is None, changed, missing, uncovered, problem or unknown,
                        where, kid)  # fmt: skip


def _beside_others(one: OfdSignature, of_seals: set[str]) -> OfdSignature:
    """With what it leaves open besides the seals' own files."""
    uncovered = tuple(name for name in one.uncovered if name not in of_seals)
    problem = "files-uncovered" if uncovered and one.problem not in _BROKEN else one.problem
    return replace(one, uncovered=uncovered, problem=problem)


def _unknown(signed: ses.Sealing, by: Judges) -> str | None:
    """Why holder or maker is nobody we know; None when root and trust list vouch for both."""
    try:
        holder = check_chain(signed.certificate, by.roots, by.at)
        maker = check_chain(signed.seal.maker, by.roots, signed.seal.created)
    except DocumentRefused as why:
        return why.why
    if by.holder_of is None:
        return "code-absent"
    for chain, key_of, unknown, revoked in (
        (holder, by.holder_of, "key-unknown", "key-revoked"),
        (maker, by.maker_of, "seal-maker-unknown", "seal-maker-revoked"),
    ):
        try:
            if key_of(chain.kid) != chain.public:
                return unknown
        except KeyRevoked:
            return revoked
        except CredentialRefused:
            return unknown
    return None if signed.seal.valid_from <= by.at <= signed.seal.valid_to else "seal-expired"


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
