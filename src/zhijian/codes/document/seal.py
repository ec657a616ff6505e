"""The seal: proof, QR text and manifest attached, then a PAdES B-B signature over everything (ETSI EN 319 142-1).

It comes last. A sealed document takes nothing more: `staple`-ing a proof to it afterwards would be a change after the seal,
so the proof is fetched first, and for a document sealed elsewhere it is handed out beside the file.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from asn1crypto import algos, cms
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko.sign.signers import constants
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from zhijian.codes.document import certificates, content, manifest, picture
from zhijian.codes.document.attach import attach
from zhijian.codes.document.awaiting import finished
from zhijian.codes.document.drawing import FACE
from zhijian.codes.document.embedding import embed
from zhijian.codes.document.fonts import BOLD, cut
from zhijian.codes.document.frame import MM, applied, frame, leaves
from zhijian.codes.document.objects import array, dictionary, name, put, real, stream, value
from zhijian.codes.document.reading import PIECE, Revision, broken_is_refused, digest_by, revise
from zhijian.codes.document.refused import DocumentRefused
from zhijian.codes.document.touched import refuse_signed
from zhijian.codes.log.proof import FILE_SUFFIX
from zhijian.codes.model import Code
from zhijian.kit.signing import Signer as SigningKey
from zhijian.kit.signing import Suite

FIELD = "ZhijianSeal"
QR_SUFFIX, MANIFEST_SUFFIX = ".qr.txt", ".manifest.cose"
_RESERVED = 16_384
"""Hexadecimal digits for the CMS object: two certificates and one signature need a third of it."""
Level = Literal["no-changes", "form-filling"]
_PERMITS = {"no-changes": MDPPerm.NO_CHANGES, "form-filling": MDPPerm.FILL_FORMS}


@dataclass(frozen=True, slots=True)
class Picture:
    """Where the seal is seen: a page from one, and the seal's lower left corner in millimetres from the page's, as seen."""

    page: int
    left_mm: float
    bottom_mm: float


@dataclass(frozen=True, slots=True)
class Sealer:
    """Who seals. The ES256 key signs the PDF; the manifest is signed by any key of the trust list, often the same."""

    institution: str
    key: SigningKey
    certificate: bytes
    root: bytes
    manifest_key: SigningKey
    manifest_kid: bytes


@dataclass(frozen=True, slots=True)
class Seal:
    code: Code
    qr: str
    """Text of the whole symbol."""
    proof: bytes
    """tlog-proof (C2SP) of the registration."""
    algorithm: manifest.Algorithm
    """By which the original's digest was registered."""
    reason: str = "检验检测报告签章 Seal of the report"
    location: str = ""
    level: Level = "no-changes"
    picture: Picture | None = None
    """None: the signature is not seen."""


def seal(stamped: bytes, what: Seal, by: Sealer, at: datetime) -> bytes:
    """The sealed document. `at` is written as time of signing; nothing proves it but the log.

    Raises: DocumentRefused `not-stamped`, `code-differs`, `sealed`, `certificate-suite`, `page-unknown`, `place-outside`, and those
    of `content` and `attach`.
    """
    if by.key.suite is not Suite.ES256 or certificates.public_key(certificates.read(by.certificate)) != by.key.public:
        raise DocumentRefused("certificate-suite", by.key.suite, "PDF 签章须用 ES256 密钥及其证书。",
                              "A PDF is sealed with an ES256 key and its own certificate.")  # fmt: skip
    writer = revise(stamped)
    with broken_is_refused():
        original = _original(writer, stamped, what.code)
        _add_field(writer, what, by)
        text = "text/plain"
        attach(writer, what.code + FILE_SUFFIX, what.proof, text, "公开日志存证 Proof of the log", "Supplement", at)
        attach(writer, what.code + QR_SUFFIX, what.qr.encode(), text, "二维码内容 Text of the QR", "Alternative", at)
        with_field = writer.bytes()
        pages = content.fingerprints(with_field)
        made = manifest.Manifest(what.code, what.algorithm, digest_by(what.algorithm, original), pages, at)
        signed = manifest.sign(made, by.manifest_key, by.manifest_kid)
        last = revise(with_field)
        attach(
            last,
            what.code + MANIFEST_SUFFIX,
            signed,
            "application/cose",
            "逐页指纹 Fingerprints of the pages",
            "Data",
            at,
        )
        return _sign(last, what, by, at)


def original_of(stamped: bytes, code: Code) -> bytes:
    """What stood before the stamp: the file whose digest was registered, if its digest is that.

    Raises: DocumentRefused `not-stamped`, `code-differs`, `sealed`, and those of `reading`.
    """
    writer = revise(stamped)
    with broken_is_refused():
        return _original(writer, stamped, code)


def _original(writer: Revision, stamped: bytes, code: Code) -> bytes:
    refuse_signed(writer, "sealed", "文件已签章，不能再附存证或重新签章；请用盖码后、签章前的文件，存证可随文件另发。",
                  "The document is sealed and takes neither a proof nor another seal; take the stamped one, or hand the proof out beside it.")  # fmt: skip
    piece = value(writer.root, PIECE)
    if piece is None:
        raise DocumentRefused("not-stamped", "", "文件未加盖报告编码；请先盖码（stamp）再签章。",
                              "The document bears no stamp; stamp it first, then seal it.")  # fmt: skip
    if str(piece["/Code"]) != code:
        raise DocumentRefused("code-differs", str(piece["/Code"]), f"文件所盖编码是 {piece['/Code']}，不是 {code}。",
                              f"The document is stamped {piece['/Code']}, not {code}.")  # fmt: skip
    return stamped[: int(piece["/Length"])]


def _add_field(writer: Revision, what: Seal, by: Sealer) -> None:
    """An empty signature field, with its picture: what is seen is there before the fingerprints are taken."""
    shown = what.picture
    if shown is None:
        append_signature_field(writer, SigFieldSpec(FIELD, on_page=0))
        return
    pages = leaves(writer.root)
    if not 1 <= shown.page <= len(pages):
        raise DocumentRefused("page-unknown", shown.page, f"签章页须在 1–{len(pages)} 之间。",
                              f"The page of the seal must be one of 1–{len(pages)}.")  # fmt: skip
    seen = frame(pages[shown.page - 1])
    x, y = shown.left_mm * MM, shown.bottom_mm * MM
    if not (0 <= x <= seen.width - picture.DIAMETER and 0 <= y <= seen.height - picture.DIAMETER):
        raise DocumentRefused("place-outside", (shown.left_mm, shown.bottom_mm), f"印章超出页面：页面 {seen.width / MM:.0f}×{seen.height / MM:.0f} 毫米。",
                              f"The seal would lie outside of the page, {seen.width / MM:.0f}×{seen.height / MM:.0f} mm.")  # fmt: skip
    corners = applied(seen.to_page, x, y), applied(seen.to_page, x + picture.DIAMETER, y + picture.DIAMETER)
    box = [
        min(p[0] for p in corners),
        min(p[1] for p in corners),
        max(p[0] for p in corners),
        max(p[1] for p in corners),
    ]
    # pyHanko wants whole points to make the field; the exact place is set below.
    whole: Any = tuple(int(v) for v in (box[0], box[1], box[2] + 1, box[3] + 1))
    append_signature_field(writer, SigFieldSpec(FIELD, on_page=shown.page - 1, box=whole))
    face = cut(BOLD, picture.letters(by.institution))
    turned = array(map(real, (*seen.to_page[:4], 0, 0)))
    drawn = stream(
        picture.draw(by.institution, face), Type=name("XObject"), Subtype=name("Form"), Matrix=turned,
        BBox=array(map(real, (0, 0, picture.DIAMETER, picture.DIAMETER))),
        Resources=dictionary(Font=dictionary(**{FACE: embed(writer, face)})),
    )  # fmt: skip
    field = next(
        one for one in value(writer.root, "/AcroForm")["/Fields"] if value(one.get_object(), "/T") == FIELD
    ).get_object()
    put(field, "Rect", array(map(real, box)))
    put(field, "AP", dictionary(N=writer.add_object(drawn)))


class _Signer(Signer):
    """pyHanko's CMS around our key."""

    def __init__(self, by: Sealer) -> None:
        self.key = by.key
        made: Callable[[], Any] = SimpleCertificateStore
        store = made()
        store.register(certificates.read(by.root))
        mechanism = algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"})
        super().__init__(
            signing_cert=certificates.read(by.certificate), cert_registry=store, signature_mechanism=mechanism
        )

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        return certificates.der_signature(self.key.sign(data))


def _sign(writer: Revision, what: Seal, by: Sealer, at: datetime) -> bytes:
    register: Any = writer.register_extension
    register(constants.ESIC_EXTENSION_1)
    steps: Any = PdfCMSEmbedder().write_cms(FIELD, writer, existing_fields_only=True)
    next(steps)
    permits = _PERMITS[what.level]
    placeholder = SignatureObject(
        timestamp=at, subfilter=SigSeedSubFilter.PADES, name=by.institution, location=what.location or None,
        reason=what.reason, bytes_reserved=_RESERVED,
    )  # fmt: skip
    steps.send(SigObjSetup(placeholder, SigMDPSetup("sha256", certify=True, docmdp_perms=permits)))
    out = io.BytesIO()
    prepared, _ = steps.send(SigIOSetup("sha256", output=out))
    signed: cms.ContentInfo = finished(_Signer(by).async_sign(prepared.document_digest, "sha256", use_pades=True))
    steps.send(signed)
    return out.getvalue()
