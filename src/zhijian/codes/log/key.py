"""Keys that sign notes: Ed25519 (0x01), witnesses' cosignature/v1 (0x04), and SM2 with SM3 as a private type.

C2SP signed-note gives 0xff to types it does not number, with an identifier behind it. SM2 itself is handed in as a
function: this room knows no Chinese cryptography.
"""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from zhijian.codes.log.errors import LogError, LogMalformed, LogRefused
from zhijian.codes.log.spelling import strict_base64

ED25519 = b"\x01"
COSIGNATURE = b"\x04"
SM2 = b"\xffzhijian/sm2-with-sm3/v1"
"""The key behind it is 04 ‖ x ‖ y (65 bytes), a signature r ‖ s (64 bytes, nothing longer)."""

_KEY_BYTES = {ED25519: 32, COSIGNATURE: 32, SM2: 65}
_SIGNATURE_BYTES = {ED25519: 64, COSIGNATURE: 72, SM2: 64}

Check = Callable[[bytes, bytes, bytes], bool]
"""(public key, message, signature) → whether it verifies. Only True counts."""


def is_key_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(c.isspace() or c < " " for c in name)


def _cosigned(text: bytes, stamp: int) -> bytes:
    return f"cosignature/v1\ntime {stamp}\n".encode() + text


def _check_ed25519(key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Verifier:
    """A key that is trusted to sign under one name."""

    name: str
    kind: bytes
    """ED25519, COSIGNATURE or SM2: the type byte, with its identifier for SM2."""
    key: bytes
    check: Check = field(default=_check_ed25519, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not is_key_name(self.name):
            raise LogMalformed("key-name", self.name)
        if len(self.key) != _KEY_BYTES.get(self.kind):
            raise LogMalformed("key-kind", (self.kind, len(self.key)))
        if self.kind == SM2 and self.check is _check_ed25519:
            raise LogMalformed("key-kind", self.name, "an SM2 key needs the check that verifies it")

    @property
    def key_id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + self.kind + self.key).digest()[:4]

    def vkey(self) -> str:
        """`name+hash+base64(type ‖ key)`, to be handed to whoever verifies."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(self.kind + self.key).decode()}"

    @classmethod
    def parse(cls, vkey: str, sm2_check: Check | None = None) -> "Verifier":
        """Raises LogMalformed: vkey, base64, key-name, key-kind (also SM2 without `sm2_check`), key-hash."""
        parts = vkey.split("+", 2)
        if len(parts) != 3:
            raise LogMalformed("vkey", vkey)
        raw = strict_base64(parts[2])
        kind = SM2 if raw.startswith(SM2) else raw[:1]
        check = sm2_check if kind == SM2 and sm2_check else _check_ed25519
        verifier = cls(parts[0], kind, raw[len(kind) :], check)
        if verifier.key_id.hex() != parts[1]:
            raise LogMalformed("key-hash", vkey)
        return verifier

    def verify(self, text: bytes, signature: bytes) -> "SignedBy":
        """Return who signed, and for a cosignature when. Raises LogRefused (signature)."""
        if len(signature) != _SIGNATURE_BYTES[self.kind]:
            raise LogRefused("signature", self.name)
        message, at = text, None
        if self.kind == COSIGNATURE:
            stamp, signature = int.from_bytes(signature[:8], "big"), signature[8:]
            message = _cosigned(text, stamp)
            try:
                at = datetime.fromtimestamp(stamp, UTC)
            except (OverflowError, ValueError, OSError):
                raise LogRefused("signature", self.name, "the time of a cosignature is no date") from None
        if self.check(self.key, message, signature) is not True:
            raise LogRefused("signature", self.name)
        return SignedBy(self, at)


@dataclass(frozen=True, slots=True)
class SignedBy:
    """Evidence: this key signed. `at` is the time a witness stated, None for other kinds of key."""

    verifier: Verifier
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Signer:
    """A key that signs under one name. `sign` takes the text and returns the bare signature."""

    verifier: Verifier
    sign: Callable[[bytes], bytes] = field(repr=False)

    @classmethod
    def ed25519(cls, name: str, private: Ed25519PrivateKey) -> "Signer":
        return cls(Verifier(name, ED25519, private.public_key().public_bytes_raw()), private.sign)

    @classmethod
    def cosigner(cls, name: str, private: Ed25519PrivateKey, at: datetime) -> "Signer":
        """A witness's signature of one moment (cosignature/v1, whole seconds)."""
        if at.tzinfo is None:
            raise LogError("time-naive", at)
        stamp = int(at.timestamp())

        def sign(text: bytes) -> bytes:
            return stamp.to_bytes(8, "big") + private.sign(_cosigned(text, stamp))

        return cls(Verifier(name, COSIGNATURE, private.public_key().public_bytes_raw()), sign)
