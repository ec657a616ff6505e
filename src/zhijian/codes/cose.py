"""COSE_Sign1 (RFC 9052) over deterministic CBOR (RFC 8949, 4.2.1) in the one form that we write and accept.

    18([ << {1: alg, 4: kid} >>, {}, << payload >>, signature ])

`alg` is −7 (ES256) or −65537 (SM2 with SM3; private use, no COSE number is registered), and must be the one to which
the trust list binds `kid`: the message never chooses. The signature is raw r ‖ s. Anything that does not encode back
to the same bytes is refused, so that one message has one form (but ES256's r, n − s).
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cbor2

from zhijian.codes.model import CredentialRefused
from zhijian.kit.signing import SIGNATURE_BYTES, BadSignature, PublicKey, Signer, Suite

ALGORITHM = {Suite.ES256: -7, Suite.SM2: -65537}
COSE_SIGN1 = 18


@dataclass(frozen=True, slots=True)
class Opened:
    """In the one form, but unverified."""

    raw: bytes
    protected: bytes
    kid: bytes
    algorithm: int
    payload: bytes
    signature: bytes

    def verify(self, key: PublicKey, about: bytes = b"") -> None:
        """Return when `key` signed it, for the purpose `about` (external_aad: a signature for one purpose serves no other).

        Raises: CredentialRefused.
        """
        if self.algorithm != ALGORITHM[key.suite]:
            bound = f"algorithm {self.algorithm} is not {key.suite}, to which the key is bound"
            raise CredentialRefused(self.raw.hex(), bound)
        try:
            key.verify(to_sign(self.protected, self.payload, about), self.signature)
        except BadSignature as why:
            raise CredentialRefused(self.raw.hex(), str(why)) from why


def sign(payload: bytes, key: Signer, kid: bytes, about: bytes = b"") -> bytes:
    protected = _protected(key.suite, kid)
    signature = key.sign(to_sign(protected, payload, about))
    return _OUTSIDE + _bytes(protected) + _NO_HEADER + _bytes(payload) + _bytes(signature)


def unpack(raw: bytes, max_bytes: int, called: str) -> Opened:
    """Raises: CredentialRefused unless `raw` is exactly what `sign` writes, signature aside. Longer input than `max_bytes`
    is refused before it is parsed."""
    if len(raw) > max_bytes:
        raise CredentialRefused(raw[:32].hex(), f"{len(raw)} bytes, more than {max_bytes}")
    try:
        outer = cbor2.loads(raw)
        protected, unprotected, payload, signature = outer.value
        header: dict[Any, Any] = cbor2.loads(protected)
        well_formed = (
            outer.tag == COSE_SIGN1
            and unprotected == {}
            and set(header) == {1, 4}
            and {type(k) for k in (*header, header[1])} == {int}
            and isinstance(header[4], bytes)
            and isinstance(signature, bytes)
            and len(signature) == SIGNATURE_BYTES
            and cbor2.dumps(outer, canonical=True) == raw
            and cbor2.dumps(header, canonical=True) == protected
            and cbor2.dumps(cbor2.loads(payload), canonical=True) == payload
        )
    except Exception as why:  # the decoder raises many kinds on hostile input; all of them mean the same
        raise CredentialRefused(raw.hex(), f"not a {called}: {type(why).__name__}") from None
    if not well_formed:
        raise CredentialRefused(raw.hex(), "not in the one canonical form")
    return Opened(raw, protected, header[4], header[1], payload, signature)


def to_sign(protected: bytes, payload: bytes, about: bytes = b"") -> bytes:
    """The Sig_structure (RFC 9052, 4.4)."""
    return _SIGNATURE1 + _bytes(protected) + _bytes(about) + _bytes(payload)


# Both structures are heads that never change and byte strings between them: put together here, for an encoder that walks
# over them takes a tenth of the time of a credential. `unpack` still has cbor2 write each again.
_OUTSIDE = cbor2.dumps(cbor2.CBORTag(COSE_SIGN1, [None, None, None, None]), canonical=True)[:-4]
_NO_HEADER = cbor2.dumps({})
_SIGNATURE1 = cbor2.dumps(["Signature1", None, None, None], canonical=True)[:-3]


@lru_cache(maxsize=1024)
def _protected(suite: Suite, kid: bytes) -> bytes:
    return cbor2.dumps({1: ALGORITHM[suite], 4: kid}, canonical=True)


def _bytes(value: bytes) -> bytes:
    """A byte string (RFC 8949, 3.1: major type 2) with the shortest head."""
    length = len(value)
    if length < 24:
        return bytes((0x40 | length,)) + value
    return (bytes((0x58, length)) + value) if length < 256 else cbor2.dumps(value)
