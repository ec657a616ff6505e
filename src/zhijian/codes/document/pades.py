"""A signature of people on paper of the platform's own: PAdES B-B with ES256, an incremental update after what is there."""

import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import algos, cms
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import constants
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from zhijian.codes.document import certificates
from zhijian.codes.document.awaiting import finished
from zhijian.codes.document.objects import value
from zhijian.codes.document.reading import broken_is_refused, revise
from zhijian.codes.document.refused import DocumentRefused
from zhijian.kit.signing import Signer as SigningKey

_RESERVED = 16_384


@dataclass(frozen=True, slots=True)
class Party:
    """Who signs: an ES256 key with its certificate and the root that it hangs on, DER."""

    name: str
    key: SigningKey
    certificate: bytes
    root: bytes


class _Signer(Signer):
    def __init__(self, by: Party) -> None:
        self.key = by.key
        store: Any = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register(certificates.read(by.root))
        super().__init__(signing_cert=certificates.read(by.certificate), cert_registry=store,
                         signature_mechanism=algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}))  # fmt: skip

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        return certificates.der_signature(self.key.sign(data))


def signed_in(raw: bytes, field: str, by: Party, reason: str, at: datetime, taken: DocumentRefused) -> bytes:
    """With the signature of one in a field that is there and empty.

    Raises: DocumentRefused; `taken` when the field is not there or not empty.
    """
    if certificates.public_key(certificates.read(by.certificate)) != by.key.public:
        raise DocumentRefused(
            "certificate-suite", by.name, "证书不是这把密钥的。", "The certificate is not that of the key."
        )
    writer = revise(raw)
    with broken_is_refused():
        fields = value(writer.root, "/AcroForm")["/Fields"]
        place = next((one.get_object() for one in fields if value(one.get_object(), "/T") == field), None)
        if place is None or value(place, "/V") is not None:
            raise taken
        return _sign(writer, field, by, reason, at)


def _sign(writer: Any, field: str, by: Party, reason: str, at: datetime) -> bytes:
    writer.register_extension(constants.ESIC_EXTENSION_1)
    steps: Any = PdfCMSEmbedder().write_cms(field, writer, existing_fields_only=True)
    next(steps)
    steps.send(SigObjSetup(SignatureObject(
        timestamp=at, subfilter=SigSeedSubFilter.PADES, name=by.name, reason=reason,
        bytes_reserved=_RESERVED,
    )))  # fmt: skip
    out = io.BytesIO()
    prepared, _ = steps.send(SigIOSetup("sha256", output=out))
    made: cms.ContentInfo = finished(_Signer(by).async_sign(prepared.document_digest, "sha256", use_pades=True))
    steps.send(made)
    return out.getvalue()
