"""Two signature suites behind one small interface: SM2 with SM3, and ES256.

Signatures are raw `r ‖ s`, 64 bytes, nothing longer and nothing shorter. Public keys are uncompressed points,
65 bytes. SM2 follows GB/T 32918.2 with the default identity `1234567812345678` (GM/T 0009-2012, 10); ES256 is
ECDSA on P-256 with SHA-256 (RFC 7518, 3.4).

>>> key = PrivateKey.generate(Suite.SM2)
>>> key.public.verify(b"message digest", key.sign(b"message digest"))
>>> key.public.verify(b"another message", key.sign(b"message digest"))
Traceback (most recent call last):
zhijian.kit.signing.BadSignature: SM2-SM3 signature does not verify
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from gmalglib.sm2 import SM2 as _Sm2
from tongsuopy.crypto import exceptions as _tongsuo_exceptions
from tongsuopy.crypto import hashes as _tongsuo_hashes
from tongsuopy.crypto.asymciphers import ec as _tongsuo_ec

SIGNATURE_BYTES = 64


class Suite(StrEnum):
    """Names as the trust list writes them."""

    SM2 = "SM2-SM3"
    ES256 = "ES256"


class SignerFailed(Exception):
    """Whatever holds a key did not sign: nothing is wrong with what was to be signed."""


class BadSignature(Exception):
    """The signature does not verify under this key, or is not 64 bytes long."""


def sm3(message: bytes) -> bytes:
    """SM3 (GB/T 32905-2016), 32 bytes.

    >>> sm3(b"abc").hex()[:16]
    '66c7f0f462eeedd9'
    """
    state = hashes.Hash(hashes.SM3())
    state.update(message)
    return state.finalize()


def digest(suite: Suite, message: bytes) -> bytes:
    """The suite's own hash: SM3 or SHA-256."""
    return sm3(message) if suite is Suite.SM2 else hashlib.sha256(message).digest()


@dataclass(frozen=True, slots=True)
class PublicKey:
    suite: Suite
    point: bytes
    """`04 ‖ x ‖ y`, 65 bytes."""

    def verify(self, message: bytes, signature: bytes) -> None:
        """Return when `signature` is this key's over `message`.

        Raises: BadSignature.
        """
        if len(signature) != SIGNATURE_BYTES:
            raise BadSignature(f"{self.suite} signature has {len(signature)} bytes, not {SIGNATURE_BYTES}")
        if len(self.point) != 65 or self.point[0] != 4:
            raise BadSignature(f"{self.suite} key is no uncompressed point")
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        try:
            if self.suite is Suite.SM2:
                _sm2_public(self.point).verify(
                    encode_dss_signature(r, s), message, _tongsuo_ec.ECDSA(_tongsuo_hashes.SM3())
                )
            else:
                _p256_public(self.point).verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
        except (InvalidSignature, _tongsuo_exceptions.InvalidSignature, ValueError) as why:
            raise BadSignature(f"{self.suite} signature does not verify") from why


class Signer(Protocol):
    """A key that signs, wherever it lies: `PrivateKey` in this process, `kit.hsm.TokenKey` inside of a device. Its secret is
    nobody's business but its own."""

    @property
    def suite(self) -> Suite: ...

    @property
    def public(self) -> PublicKey: ...

    def sign(self, message: bytes) -> bytes:
        """64 bytes, `r ‖ s`, over `message` (not over its digest)."""
        ...


@dataclass(frozen=True, slots=True, repr=False)
class PrivateKey:
    """A software key. `repr` shows nothing of the secret."""

    suite: Suite
    secret: bytes
    """32 bytes, big-endian."""

    @classmethod
    def generate(cls, suite: Suite) -> "PrivateKey":
        if suite is Suite.SM2:
            secret, _ = _Sm2(rnd_fn=secrets.token_bytes).generate_keypair()
            return cls(suite, bytes(secret))
        number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
        return cls(suite, number.to_bytes(32, "big"))

    @property
    def public(self) -> PublicKey:
        if self.suite is Suite.SM2:
            return PublicKey(self.suite, bytes(_Sm2.get_pk(self.secret)))
        numbers = _p256_private(self.secret).public_key().public_numbers()
        return PublicKey(self.suite, b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big"))

    def sign(self, message: bytes) -> bytes:
        """64 bytes over `message` (not over its digest)."""
        if self.suite is Suite.SM2:
            return bytes(_sm2_private(self.secret, secrets.token_bytes).sign(message))
        r, s = decode_dss_signature(_p256_private(self.secret).sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def __repr__(self) -> str:
        return f"PrivateKey({self.suite}, …)"


@lru_cache(maxsize=4096)
def _sm2_private(secret: bytes, random: Callable[[int], bytes]) -> Any:
    return _Sm2(sk=secret, rnd_fn=random)


@lru_cache(maxsize=65536)
def _sm2_public(point: bytes) -> Any:
    x, y = int.from_bytes(point[1:33], "big"), int.from_bytes(point[33:], "big")
    return _tongsuo_ec.EllipticCurvePublicNumbers(x, y, _tongsuo_ec.SM2()).public_key()


@lru_cache(maxsize=4096)
def _p256_private(secret: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256R1())


@lru_cache(maxsize=65536)
def _p256_public(point: bytes) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
