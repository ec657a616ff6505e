"""Independent readers of our COSE, our reading of others' COSE, and the vectors of the COSE working group."""

import base64
import json
import zlib
from pathlib import Path
from typing import Any

import cbor2
import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cwt import COSE, COSEKey
from gmalglib.sm2 import SM2
from tests.codes.sealing import AT, CODE, KEY, KID, claims, public_of

from zhijian.codes import cose, credential
from zhijian.codes.model import CredentialRefused
from zhijian.kit.signing import BadSignature, PublicKey, Suite

RAW = {suite: credential.sign(claims(), KEY[suite], KID[suite]) for suite in Suite}
SAID = [int(AT.timestamp()), bytes(range(32)), bytes(range(16)), (161705070076).to_bytes(5, "big"), 2611, 1_234_567, 1]
"""The claims as CBOR values, behind the code."""
UNREADABLE = (cbor2.CBORDecodeError, ValueError, TypeError, AttributeError, KeyError)


def string(major: int, raw: bytes) -> bytes:
    n = len(raw)
    if n < 24:
        return bytes([major + n]) + raw
    return (bytes([major + 24, n]) if n < 256 else bytes([major + 25]) + n.to_bytes(2, "big")) + raw


def sig_structure(protected: bytes, payload: bytes, external: bytes = b"") -> bytes:
    """RFC 9052, 4.4, byte by byte."""
    pieces = [string(0x60, b"Signature1"), *(string(0x40, raw) for raw in (protected, external, payload))]
    return b"\x84" + b"".join(pieces)


def p256(point: bytes) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)


def test_cbor2_and_cryptography_by_hand_accept_it_and_refuse_a_flipped_bit() -> None:
    def accept(raw: bytes) -> None:
        tag = cbor2.loads(raw)
        assert tag.tag == 18
        protected, unprotected, payload, signature = tag.value
        assert (cbor2.loads(protected), unprotected) == ({1: -7, 4: KID[Suite.ES256]}, {})
        code, *rest = cbor2.loads(payload)
        assert (len(code), rest) == (10, SAID)
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        point = p256(KEY[Suite.ES256].public.point)
        point.verify(encode_dss_signature(r, s), sig_structure(protected, payload), ec.ECDSA(hashes.SHA256()))

    raw = RAW[Suite.ES256]
    accept(raw)
    for bit in range(0, len(raw) * 8, 7):
        with pytest.raises((InvalidSignature, AssertionError, *UNREADABLE)):
            accept((int.from_bytes(raw, "big") ^ 1 << bit).to_bytes(len(raw), "big"))


def test_another_sm2_accepts_it_over_the_structure_of_the_rfc() -> None:
    protected, _, payload, signature = cbor2.loads(RAW[Suite.SM2]).value
    assert cbor2.loads(protected) == {1: -65537, 4: KID[Suite.SM2]}
    theirs = SM2(pk=KEY[Suite.SM2].public.point)
    assert theirs.verify(sig_structure(protected, payload), signature)
    assert not theirs.verify(sig_structure(protected, payload + b"\0"), signature)


def cose_key() -> COSEKey:
    point = KEY[Suite.ES256].public.point
    return COSEKey.new({1: 2, 2: KID[Suite.ES256], 3: -7, -1: 1, -2: point[1:33], -3: point[33:]})


def test_cwt_accepts_it_and_reads_the_same_claims() -> None:
    payload = COSE.new(verify_kid=True).decode(RAW[Suite.ES256], keys=[cose_key()])
    code, *rest = cbor2.loads(payload)
    assert rest == SAID
    assert credential.read(RAW[Suite.ES256]).code == CODE


def test_cwt_refuses_a_flipped_bit() -> None:
    raw = RAW[Suite.ES256]
    for bit in range(0, len(raw) * 8, 11):
        with pytest.raises(Exception):  # noqa: B017, PT011  it raises many kinds
            COSE.new(verify_kid=True).decode(
                (int.from_bytes(raw, "big") ^ 1 << bit).to_bytes(len(raw), "big"), keys=[cose_key()]
            )


def test_cwt_seals_the_same_payload_into_a_credential_that_we_accept() -> None:
    payload = cbor2.loads(RAW[Suite.ES256]).value[2]
    point, secret = KEY[Suite.ES256].public.point, KEY[Suite.ES256].secret
    key = COSEKey.new({1: 2, 2: KID[Suite.ES256], 3: -7, -1: 1, -2: point[1:33], -3: point[33:], -4: secret})
    theirs = COSE.new().encode_and_sign(payload, key, protected={1: -7, 4: KID[Suite.ES256]}, unprotected={})
    assert credential.verify(theirs, public_of).claims == claims()


def vectors(shared: Path, kind: str) -> list[tuple[str, dict[str, Any]]]:
    found = sorted((shared / "vectors/cose/sign1-tests").glob(f"sign-{kind}-*.json"))
    assert found
    return [(path.stem, json.loads(path.read_text())) for path in found]


def opened(vector: dict[str, Any]) -> tuple[bytes, bytes, bytes, PublicKey]:
    cose = cbor2.loads(bytes.fromhex(vector["output"]["cbor"]))
    protected, _, payload, signature = cose.value if isinstance(cose, cbor2.CBORTag) else cose
    key = vector["input"]["sign0"]["key"]
    x, y = (base64.urlsafe_b64decode(key[axis] + "==") for axis in ("x", "y"))
    # An encoded empty map counts as no bytes (RFC 9052, 4.4).
    return b"" if protected == b"\xa0" else protected, payload, signature, PublicKey(Suite.ES256, b"\x04" + x + y)


def test_what_we_sign_is_the_structure_of_the_working_groups_vectors(shared: Path) -> None:
    tried = []
    for name, vector in vectors(shared, "pass"):
        protected, payload, signature, key = opened(vector)
        wanted = bytes.fromhex(vector["intermediates"]["ToBeSign_hex"])
        external = bytes.fromhex(vector["input"]["sign0"].get("external", ""))
        assert sig_structure(protected, payload, external) == wanted
        if not external:  # we never have external data
            assert cose.to_sign(protected, payload) == wanted
            key.verify(cose.to_sign(protected, payload), signature)
            tried.append(name)
    assert tried == ["sign-pass-01", "sign-pass-03"]


def test_vectors_that_must_fail_fail(shared: Path) -> None:
    for name, vector in vectors(shared, "fail"):
        raw = bytes.fromhex(vector["output"]["cbor"])
        protected, payload, signature, key = opened(vector)
        header = cbor2.loads(protected) if protected else {}
        with pytest.raises((BadSignature, AssertionError)):
            assert raw[0] == 0xD2, name
            assert header.get(1) == -7, name
            key.verify(cose.to_sign(protected, payload), signature)


def test_no_vector_of_others_is_a_credential(shared: Path) -> None:
    for kind in ("pass", "fail"):
        for _, vector in vectors(shared, kind):
            key = opened(vector)[3]
            with pytest.raises(CredentialRefused):
                credential.verify(bytes.fromhex(vector["output"]["cbor"]), lambda _, key=key: key)


BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def base45(text: str) -> bytes:
    out = b""
    for at in range(0, len(text), 3):
        group = [BASE45.index(ch) for ch in text[at : at + 3]]
        out += sum(v * 45**i for i, v in enumerate(group)).to_bytes(len(group) - 1, "big")
    return out


@pytest.mark.parametrize("country", ["AT", "DE", "FR"])
def test_a_whole_chain_from_another_countrys_qr_verifies_our_way(shared: Path, country: str) -> None:
    """EU digital COVID certificates: HC1: + base45 + zlib + COSE_Sign1, with its certificate beside it."""
    done = 0
    for path in sorted((shared / f"vectors/dcc/{country}/2DCode/raw").glob("*.json")):
        case = json.loads(path.read_text())
        certificate = x509.load_der_x509_certificate(base64.b64decode(case["TESTCTX"]["CERTIFICATE"]))
        expected = case["EXPECTEDRESULTS"]
        if not expected.get("EXPECTEDVERIFY") or not isinstance(certificate.public_key(), ec.EllipticCurvePublicKey):
            continue
        point = certificate.public_key().public_numbers()
        key = PublicKey(Suite.ES256, b"\x04" + point.x.to_bytes(32, "big") + point.y.to_bytes(32, "big"))
        raw = zlib.decompress(base45(case["PREFIX"].removeprefix("HC1:")))
        protected, _, payload, signature = cbor2.loads(raw).value
        key.verify(cose.to_sign(protected, payload), signature)
        with pytest.raises(BadSignature):
            key.verify(cose.to_sign(protected, payload + b"\0"), signature)
        done += 1
    assert done
