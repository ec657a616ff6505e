"""Electronic seals and what they sign: SESeal and SES_Signature, version 4 (GB/T 38540-2020, 6.1 and 7.1), with SM2 and SM3.

A seal is made once: its maker signs its name, its picture, its days and the certificates of those who may use it. A sealing
signs the seal with the digest of what is sealed. Both are accepted in DER alone, and to the last byte.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from asn1crypto import core

from zhijian.codes.document import certificates
from zhijian.codes.document.certificates import SM2_WITH_SM3
from zhijian.codes.document.refused import DocumentRefused, excerpt
from zhijian.kit.signing import BadSignature, Signer, Suite

VERSION = 4
MAX_BYTES = 2_000_000
UNIT_SEAL = 1
"""Kind of seal: of an organisation (by our own choice, 6.1.3 leaves it open)."""


class _Header(core.Sequence):  # type: ignore[misc]
    _fields: ClassVar[Any] = [("id", core.IA5String), ("version", core.Integer), ("vid", core.IA5String)]


class _Certificates(core.SequenceOf):  # type: ignore[misc]
    _child_spec: ClassVar[Any] = core.OctetString


class _Property(core.Sequence):  # type: ignore[misc]
    _fields: ClassVar[Any] = [
        ("type", core.Integer), ("name", core.UTF8String), ("cert_list_type", core.Integer), ("cert_list", _Certificates),
        ("create_date", core.GeneralizedTime), ("valid_start", core.GeneralizedTime), ("valid_end", core.GeneralizedTime),
    ]  # fmt: skip


class _Picture(core.Sequence):  # type: ignore[misc]
    _fields: ClassVar[Any] = [
        ("type", core.IA5String),
        ("data", core.OctetString),
        ("width", core.Integer),
        ("height", core.Integer),
    ]


class _Extension(core.Sequence):  # type: ignore[misc]
    _fields: ClassVar[Any] = [
        ("id", core.ObjectIdentifier),
        ("critical", core.Boolean, {"default": False}),
        ("value", core.OctetString),
    ]


class _Extensions(core.SequenceOf):  # type: ignore[misc]
    _child_spec: ClassVar[Any] = _Extension


class _SealInfo(core.Sequence):  # type: ignore[misc]
    _fields: ClassVar[Any] = [
        ("header", _Header), ("es_id", core.IA5String), ("property", _Property), ("picture", _Picture),
        ("ext_datas", _Extensions, {"optional": True}),
    ]  # fmt: skip


class _Seal(core.Sequence):  # type: ignore[misc]
    _fields: ClassVar[Any] = [
        ("e_seal_info", _SealInfo), ("cert", core.OctetString), ("sign_alg_id", core.ObjectIdentifier), ("signed_value", core.OctetBitString),
    ]  # fmt: skip


class _ToSign(core.Sequence):  # type: ignore[misc]
    _fields: ClassVar[Any] = [
        ("version", core.Integer), ("e_seal", _Seal), ("time_info", core.GeneralizedTime), ("data_hash", core.OctetBitString),
        ("property_info", core.IA5String), ("ext_datas", _Extensions, {"explicit": 0, "optional": True}),
    ]  # fmt: skip


class _Sealing(core.Sequence):  # type: ignore[misc]
    _fields: ClassVar[Any] = [
        ("to_sign", _ToSign), ("cert", core.OctetString), ("signature_alg_id", core.ObjectIdentifier), ("signature", core.OctetBitString),
        ("time_stamp", core.OctetBitString, {"explicit": 0, "optional": True}),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Picture:
    kind: str
    """`PNG`, `OFD` or another that readers know."""
    data: bytes
    width_mm: int
    height_mm: int


@dataclass(frozen=True, slots=True)
class SealFacts:
    """What a seal says. Two seals never share an `es_id`."""

    es_id: str
    name: str
    picture: Picture
    holders: tuple[bytes, ...]
    """Certificates, DER, of those who may use it."""
    created: datetime
    valid_from: datetime
    valid_to: datetime
    maker: bytes = b""
    """Certificate of who made it; of a seal that was read."""


@dataclass(frozen=True, slots=True)
class Sealing:
    """What a sealing says, after both signatures in it were verified by the certificates in it: whether anybody knows those
    certificates is another question."""

    seal: SealFacts
    seal_raw: bytes
    certificate: bytes
    data_hash: bytes
    covers: str
    """Path of what is sealed, as written by the sealer."""
    at: datetime


def make_seal(facts: SealFacts, key: Signer, certificate: bytes, maker: str = "zhijian") -> bytes:
    """SESeal, signed by its maker's SM2 key."""
    info = _SealInfo({
        "header": {"id": "ES", "version": VERSION, "vid": maker},
        "es_id": facts.es_id,
        "property": {
            "type": UNIT_SEAL, "name": facts.name, "cert_list_type": 1, "cert_list": list(facts.holders),
            "create_date": _whole(facts.created), "valid_start": _whole(facts.valid_from), "valid_end": _whole(facts.valid_to),
        },
        "picture": {"type": facts.picture.kind, "data": facts.picture.data, "width": facts.picture.width_mm, "height": facts.picture.height_mm},
    })  # fmt: skip
    made = {
        "e_seal_info": info,
        "cert": certificate,
        "sign_alg_id": SM2_WITH_SM3,
        "signed_value": _signed(key, info.dump()),
    }
    return bytes(_Seal(made).dump())


def sign(seal: bytes, key: Signer, certificate: bytes, data_hash: bytes, covers: str, at: datetime) -> bytes:
    """SES_Signature over `data_hash` (SM3 of what is sealed). `at` is written to the second."""
    body = _ToSign({
        "version": VERSION, "e_seal": _load(_Seal, seal), "time_info": _whole(at), "data_hash": data_hash, "property_info": covers,
    })  # fmt: skip
    made = {
        "to_sign": body,
        "cert": certificate,
        "signature_alg_id": SM2_WITH_SM3,
        "signature": _signed(key, body.dump()),
    }
    return bytes(_Sealing(made).dump())


def read_seal(raw: bytes) -> SealFacts:
    """Raises: DocumentRefused `seal-malformed`, `seal-broken`: its maker's signature does not hold."""
    return _seal_facts(_load(_Seal, raw))


def read(raw: bytes) -> Sealing:
    """Raises: DocumentRefused `seal-malformed`, `seal-broken`."""
    found = _load(_Sealing, raw)
    with_seal = found["to_sign"]
    if with_seal["version"].native != VERSION:
        raise _malformed(f"version {with_seal['version'].native}")
    facts = _seal_facts(with_seal["e_seal"])
    certificate = found["cert"].native
    _check(certificate, found["signature_alg_id"], with_seal.dump(), found["signature"])
    if certificate not in facts.holders:
        raise DocumentRefused(
            "seal-holder",
            facts.name,
            "签章者证书不在印章的签章者列表内。",
            "The signer is none of those who may use this seal.",
        )
    if found["time_stamp"].native is not None:
        raise DocumentRefused(
            "seal-timestamp",
            facts.name,
            "暂不支持带时间戳的签章值。",
            "A sealing with a timestamp inside is not read yet.",
        )
    return Sealing(facts, with_seal["e_seal"].dump(), certificate, with_seal["data_hash"].native, with_seal["property_info"].native,
                   with_seal["time_info"].native)  # fmt: skip


def _seal_facts(seal: Any) -> SealFacts:
    info = seal["e_seal_info"]
    header, owner, picture = info["header"], info["property"], info["picture"]
    if (header["id"].native, header["version"].native) != ("ES", VERSION) or owner["cert_list_type"].native != 1:
        raise _malformed(f"{header['id'].native} {header['version'].native}")
    _check(seal["cert"].native, seal["sign_alg_id"], info.dump(), seal["signed_value"])
    shown = Picture(picture["type"].native, picture["data"].native, picture["width"].native, picture["height"].native)
    return SealFacts(info["es_id"].native, owner["name"].native, shown, tuple(owner["cert_list"].native), owner["create_date"].native,
                     owner["valid_start"].native, owner["valid_end"].native, seal["cert"].native)  # fmt: skip


def _check(certificate: bytes, algorithm: Any, message: bytes, signature: Any) -> None:
    key = certificates.public_key(certificates.read(certificate))
    if algorithm.dotted != SM2_WITH_SM3 or key.suite is not Suite.SM2:
        raise _malformed(f"algorithm {algorithm.dotted} with a key of {key.suite}")
    try:
        key.verify(message, certificates.raw_signature(signature.native))
    except BadSignature as why:
        raise DocumentRefused(
            "seal-broken", excerpt(why), "印章或签章的签名值无效。", "A signature in the seal does not hold."
        ) from None


def _signed(key: Signer, message: bytes) -> bytes:
    if key.suite is not Suite.SM2:
        raise DocumentRefused(
            "certificate-suite", key.suite, "OFD 签章须用 SM2 密钥。", "An OFD is sealed with an SM2 key."
        )
    return certificates.der_signature(key.sign(message))


def _load(kind: Any, raw: bytes) -> Any:
    try:
        if len(raw) > MAX_BYTES:
            raise ValueError(f"{len(raw)} bytes")
        found = kind.load(raw, strict=True)
        found.native  # noqa: B018  lazily parsed otherwise, and then it fails where nobody expects it
        if kind(found.native).dump() != raw:
            raise ValueError("not in DER")
    except Exception as why:  # asn1crypto raises many kinds on hostile input; all of them mean the same
        raise _malformed(excerpt(why)) from None
    return found


def _malformed(value: str) -> DocumentRefused:
    return DocumentRefused("seal-malformed", value, "电子印章或签章数据不合 GB/T 38540-2020 第 4 版格式。",
                           "The seal's data is not of GB/T 38540-2020, version 4.")  # fmt: skip


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
