"""X.509 (RFC 5280) for seals: a root over the national root's key, and one certificate for each key that seals.

ES256 certificates carry PAdES signatures that any PDF reader checks; SM2 certificates (SM2-with-SM3, GM/T 0015) carry the
seals of OFD. Both are written by the same hand, so that they differ in suite alone. The trust list stays the authority
on whose key it is and whether it is revoked; certificates only bring the keys to readers that know X.509 and nothing else.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import core, keys, x509
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from zhijian.codes.credential import kid_of
from zhijian.codes.document.refused import DocumentRefused, excerpt
from zhijian.kit.signing import BadSignature, PublicKey, Signer, Suite, digest, sm3

SM2_CURVE, SM2_WITH_SM3, EC_PUBLIC_KEY = "1.2.156.10197.1.301", "1.2.156.10197.1.501", "1.2.840.10045.2.1"
_CURVE = {Suite.ES256: "secp256r1", Suite.SM2: SM2_CURVE}
_SIGNED_WITH = {Suite.ES256: "1.2.840.10045.4.3.2", Suite.SM2: SM2_WITH_SM3}
MAX_BYTES = 16_384


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose key it is."""

    name: str
    number: str | None = None
    """Unified social credit code of an institution, written as serialNumber; None for roots and nodes without one."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Evidence: `leaf` was signed by one of the roots and was in force at the time asked for."""

    leaf: x509.Certificate
    root: x509.Certificate
    subject: Subject
    public: PublicKey

    @property
    def kid(self) -> bytes:
        return kid_of(self.public)


def root_certificate(key: Signer, subject: Subject, not_before: datetime, not_after: datetime) -> bytes:
    """The root's own certificate, DER. It may sign certificates and nothing else."""
    usage: set[str] = {"key_cert_sign", "crl_sign"}
    extensions = [
        _extension("basic_constraints", True, {"ca": True, "path_len_constraint": 0}),
        _extension("key_usage", True, usage),
        _extension("key_identifier", False, _key_identifier(key.public)),
    ]
    name = _name(subject)
    return _signed(_body(key.public, name, name, not_before, not_after, extensions, key.suite), key)


def sealing_certificate(
    root_key: Signer, root: bytes, subject: Subject, public: PublicKey, not_before: datetime, not_after: datetime
) -> bytes:
    """A certificate by which `public` may sign documents, DER. One key has one certificate: whoever renews makes a new key.

    Raises: DocumentRefused `certificate-suite` when root and key are of different suites, `certificate-validity`.
    """
    issuer = read(root)
    if root_key.suite is not public.suite:
        raise DocumentRefused("certificate-suite", public.suite, f"证书的密钥算法须与根密钥一致：根为 {root_key.suite}，密钥为 {public.suite}。",
                              f"Root and key must be of one suite; the root is {root_key.suite}, the key {public.suite}.")  # fmt: skip
    if not_before >= not_after or not_after > issuer.not_valid_after:
        raise DocumentRefused("certificate-validity", not_after.isoformat(), "证书有效期须在根证书有效期之内，且起始早于截止。",
                              "The validity must lie within the root's, and begin before it ends.")  # fmt: skip
    extensions = [
        _extension("basic_constraints", True, {"ca": False}),
        _extension("key_usage", True, {"digital_signature", "non_repudiation"}),
        _extension("key_identifier", False, _key_identifier(public)),
        _extension("authority_key_identifier", False, {"key_identifier": _key_identifier(root_key.public)}),
    ]
    body = _body(public, issuer.subject, _name(subject), not_before, not_after, extensions, root_key.suite)
    return _signed(body, root_key)


def serial_of(kid: bytes) -> int:
    """The serial number of a key's certificate, from its kid alone: positive, 16 bytes."""
    return int.from_bytes(b"\x01" + sm3(b"zhijian/certificate\n" + kid)[:15], "big")


def read(der: bytes) -> x509.Certificate:
    """Raises: DocumentRefused `certificate-malformed`, also for anything behind the certificate."""
    try:
        if len(der) > MAX_BYTES:
            raise ValueError(f"{len(der)} bytes")
        found = x509.Certificate.load(der, strict=True)
        found.native  # noqa: B018  lazily parsed otherwise, and then it fails where nobody expects it
        _ = public_key(found), found.not_valid_before, found.not_valid_after
    except DocumentRefused:
        raise
    except Exception as why:  # asn1crypto raises many kinds on hostile input; all of them mean the same
        raise DocumentRefused("certificate-malformed", excerpt(why), "证书不是有效的 X.509 DER 文件，请重新导出证书。",
                              "This is no X.509 certificate in DER; export it again.") from None  # fmt: skip
    return found


def public_key(certificate: x509.Certificate) -> PublicKey:
    """Raises: DocumentRefused `certificate-suite` for keys of neither suite."""
    info = certificate.public_key
    parameters = info["algorithm"]["parameters"]
    curve = parameters.chosen.dotted if info["algorithm"]["algorithm"].dotted == EC_PUBLIC_KEY else ""
    suite = {"1.2.840.10045.3.1.7": Suite.ES256, SM2_CURVE: Suite.SM2}.get(curve)
    point = bytes(info["public_key"])
    if suite is None or len(point) != 65 or point[0] != 4:
        raise DocumentRefused("certificate-suite", curve, "证书的密钥须为 P-256 或 SM2 曲线上的未压缩点。",
                              "The certificate's key must be an uncompressed point on P-256 or SM2.")  # fmt: skip
    return PublicKey(suite, point)


def subject_of(certificate: x509.Certificate) -> Subject:
    names = certificate.subject.native
    return Subject(str(names.get("common_name", "")), names.get("serial_number"))


def check_chain(leaf: bytes | x509.Certificate, roots: Iterable[bytes], at: datetime) -> Chain:
    """Return when one of `roots` signed `leaf`, both were in force `at` this time, and `leaf` may sign documents.

    Raises: DocumentRefused `certificate-malformed`, `certificate-untrusted`, `certificate-expired`, `certificate-usage`.
    """
    found = read(leaf) if isinstance(leaf, bytes) else leaf
    root = next((r for r in map(read, roots) if _issued(r, found)), None)
    if root is None:
        raise DocumentRefused("certificate-untrusted", subject_of(found).name, "签章证书不是由信任的根证书签发。",
                              "No trusted root issued the sealing certificate.")  # fmt: skip
    for one in (found, root):
        if not one.not_valid_before <= at <= one.not_valid_after:
            raise DocumentRefused("certificate-expired", subject_of(one).name, f"证书在 {at.date()} 不在有效期内。",
                                  f"The certificate was not in force on {at.date()}.")  # fmt: skip
    usage = found.key_usage_value.native if found.key_usage_value else set()
    if found.ca or not {"digital_signature", "non_repudiation"} <= usage:
        raise DocumentRefused(
            "certificate-usage", sorted(usage), "该证书不得用于签章。", "This certificate may not seal."
        )
    return Chain(found, root, subject_of(found), public_key(found))


def _issued(root: x509.Certificate, leaf: x509.Certificate) -> bool:
    if leaf.issuer.dump() != root.subject.dump() or not root.ca:
        return False
    if "key_cert_sign" not in (root.key_usage_value.native if root.key_usage_value else ()):
        return False
    key = public_key(root)
    declared = {
        leaf["signature_algorithm"]["algorithm"].dotted,
        leaf["tbs_certificate"]["signature"]["algorithm"].dotted,
    }
    if declared != {_SIGNED_WITH[key.suite]}:
        return False
    if (
        leaf["signature_value"].contents[:1] != b"\0"
    ):  # bits that are not used, and that nothing signs: in DER there are none of octets
        return False
    try:
        key.verify(leaf["tbs_certificate"].dump(), raw_signature(leaf["signature_value"].native))
    except (BadSignature, DocumentRefused):
        return False
    return True


def der_signature(raw: bytes) -> bytes:
    """`r ‖ s` as the SEQUENCE that X.509, CMS and GB/T 38540 write."""
    return encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))


def raw_signature(der: bytes) -> bytes:
    """Raises: DocumentRefused `signature-malformed` for anything but the one DER form."""
    try:
        r, s = decode_dss_signature(der)
        if encode_dss_signature(r, s) != der:
            raise ValueError("not DER")
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
    except (ValueError, OverflowError) as why:
        raise DocumentRefused("signature-malformed", excerpt(why), "签名值不是规范的 DER 编码。",
                              "The signature value is not in DER.") from None  # fmt: skip


def _body(public: PublicKey, issuer: x509.Name, subject: x509.Name, not_before: datetime, not_after: datetime,
          extensions: list[dict[str, object]], signed_with: Suite) -> x509.TbsCertificate:  # fmt: skip
    return x509.TbsCertificate({
        "version": "v3",
        "serial_number": serial_of(kid_of(public)),
        "signature": {"algorithm": _SIGNED_WITH[signed_with]},
        "issuer": issuer,
        "validity": {"not_before": _time(not_before), "not_after": _time(not_after)},
        "subject": subject,
        "subject_public_key_info": {
            "algorithm": {"algorithm": "ec", "parameters": keys.ECDomainParameters("named", _CURVE[public.suite])},
            "public_key": keys.ECPointBitString(public.point),
        },
        "extensions": extensions,
    })  # fmt: skip


def _signed(body: x509.TbsCertificate, key: Signer) -> bytes:
    algorithm = {"algorithm": _SIGNED_WITH[key.suite]}
    signature = der_signature(key.sign(body.dump()))
    made = {
        "tbs_certificate": body,
        "signature_algorithm": algorithm,
        "signature_value": core.OctetBitString(signature),
    }
    return bytes(x509.Certificate(made).dump())


def _extension(kind: str, critical: bool, value: object) -> dict[str, object]:
    return {"extn_id": kind, "critical": critical, "extn_value": value}


def _name(subject: Subject) -> x509.Name:
    parts = {"country_name": "CN", "organization_name": subject.name, "common_name": subject.name}
    return x509.Name.build(parts | ({"serial_number": subject.number} if subject.number else {}))


def _key_identifier(public: PublicKey) -> bytes:
    return digest(public.suite, public.point)[:20]


def _time(moment: datetime) -> x509.Time:
    """RFC 5280, 4.1.2.5: UTCTime until 2049, and no fractions of seconds."""
    whole = moment.replace(microsecond=0)
    kind, value = ("utc_time", core.UTCTime) if whole.year < 2050 else ("general_time", core.GeneralizedTime)
    return x509.Time(kind, value(whole))
