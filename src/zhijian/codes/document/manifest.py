"""The manifest: what was sealed, in a form that survives when the signature does not.

A viewer that saves a document anew breaks its signature without changing what it shows. The manifest, attached to the
document and signed by a key of the trust list, holds a fingerprint of every page, so that such a copy is told from an edited
one. COSE_Sign1 in the form of `cose`, for the purpose `zhijian/manifest/1` (external_aad), with

    payload = [code, algorithm, original_digest, pages, sealed_at]

    code             10 bytes   the sixteen symbols before the checks, base 31, big-endian
    algorithm        text       "sm3" or "sha256", of the next
    original_digest  32 bytes   of the file as it was before the stamp: the digest that was registered
    pages            array of 32 bytes, one a page, see `content`
    sealed_at        uint       seconds since 1970, UTC
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, get_args

import cbor2

from zhijian.codes import cose
from zhijian.codes.code import compose
from zhijian.codes.document.frame import MAX_PAGES
from zhijian.codes.model import Code, CredentialRefused
from zhijian.kit.base31 import number, symbols
from zhijian.kit.signing import PublicKey, Signer, Suite

Algorithm = Literal["sm3", "sha256"]
PURPOSE = b"zhijian/manifest/1"
MAX_BYTES = 512 + 34 * MAX_PAGES
KeyOf = Callable[[bytes, Code], PublicKey]
"""The key of a kid when it may speak for this code (`TrustList.key_for` with the code's province and institution), or
CredentialRefused."""


@dataclass(frozen=True, slots=True)
class Manifest:
    code: Code
    algorithm: Algorithm
    original_digest: bytes
    pages: tuple[bytes, ...]
    sealed_at: datetime


@dataclass(frozen=True, slots=True)
class VerifiedManifest:
    """Evidence: `kid`, which may speak for the manifest's code, signed it."""

    manifest: Manifest
    kid: bytes
    suite: Suite


def sign(manifest: Manifest, key: Signer, kid: bytes) -> bytes:
    m = manifest
    payload = [
        number(m.code[:16]).to_bytes(10, "big"),
        m.algorithm,
        m.original_digest,
        list(m.pages),
        int(m.sealed_at.timestamp()),
    ]
    return cose.sign(cbor2.dumps(payload, canonical=True), key, kid, PURPOSE)


def read(raw: bytes) -> Manifest:
    """What it claims, unverified. Raises: CredentialRefused when it is not in the one form."""
    return _manifest(cose.unpack(raw, MAX_BYTES, "manifest"))


def verify(raw: bytes, key_of: KeyOf) -> VerifiedManifest:
    """Raises: CredentialRefused; the message says which check failed."""
    opened = cose.unpack(raw, MAX_BYTES, "manifest")
    claimed = _manifest(opened)
    key = key_of(opened.kid, claimed.code)
    opened.verify(key, PURPOSE)
    return VerifiedManifest(claimed, opened.kid, key.suite)


def _manifest(opened: cose.Opened) -> Manifest:
    try:
        body, algorithm, digest, pages, sealed_at = cbor2.loads(opened.payload)
        # By type, not by ==: to Python true is 1 and 1.0 is 1; to CBOR they are not.
        if [type(x) for x in (body, algorithm, digest, pages, sealed_at)] != [bytes, str, bytes, list, int]:
            raise TypeError
        if algorithm not in get_args(Algorithm) or [len(body), len(digest)] != [10, 32] or sealed_at < 0:
            raise ValueError
        if not 1 <= len(pages) <= MAX_PAGES or {(type(p), len(p)) for p in pages} != {(bytes, 32)}:
            raise ValueError
        flat = symbols(int.from_bytes(body, "big"), 16)
        code = compose(flat[:2], int(flat[2:4]), flat[4:8], number(flat[8:]))
        return Manifest(code, algorithm, digest, tuple(pages), datetime.fromtimestamp(sealed_at, UTC))
    except (TypeError, ValueError, OverflowError, OSError):
        raise CredentialRefused(opened.raw[:64].hex(), "its claims are not of the five kinds") from None
