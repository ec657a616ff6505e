"""What is derived from the node's one code secret: permutation keys, verifier keys, log tags.

HKDF (RFC 5869) over SM3, one `info` a purpose, so that no derived key tells of another or of the secret.
"""

from functools import lru_cache

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from zhijian.codes.model import Code
from zhijian.codes.permutation import Permutation
from zhijian.kit.base31 import symbols

VERIFIER_LENGTH = 6


class CodeSecret:
    """The 32 bytes that a node guards. `repr` shows nothing."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != 32:
            raise ValueError("a code secret has 32 bytes")
        self._secret = secret
        self.permutation = lru_cache(maxsize=65536)(self._permutation)
        self.lease_key = lru_cache(maxsize=65536)(self._lease_key)
        self.tag_key = lru_cache(maxsize=65536)(self._tag_key)

    def _permutation(self, province: str, year: int, institution: str) -> Permutation:
        return Permutation(self._derive(f"zhijian/permutation/{province}/{year}/{institution}", 16))

    def _lease_key(self, lease_id: int) -> bytes:
        """Verifier key of one lease, 32 bytes. A laboratory holds those of its own leases, to work offline."""
        return self._derive(f"zhijian/verifier/{lease_id}", 32)

    def _tag_key(self, institution: str) -> bytes:
        """With this key an institution finds its own leaves in the log; without it nobody tells whose a leaf is."""
        return self._derive(f"zhijian/log-tag/{institution}", 32)

    @property
    def mark(self) -> str:
        """By which a secret is known again; tells nothing of it."""
        return self._derive("zhijian/mark", 8).hex()

    def _derive(self, info: str, length: int) -> bytes:
        return HKDF(hashes.SM3(), length, salt=None, info=info.encode()).derive(self._secret)


def verifier(lease_key: bytes, code: Code, facts_digest: bytes) -> str:
    """Six symbols printed beside the code: HMAC-SM3 over code and digest of the facts, reduced to 31⁶.

    One guess in 8.9e8 is right; the pages allow few guesses.

    >>> verifier(bytes(32), Code("332608K7005BCCHEC9"), bytes(32))
    '4Q0FBR'
    """
    mac = hmac_sm3(lease_key, code.encode() + facts_digest)
    return symbols(int.from_bytes(mac[:16], "big") % 31**VERIFIER_LENGTH, VERIFIER_LENGTH)


def hmac_sm3(key: bytes, message: bytes) -> bytes:
    """HMAC (RFC 2104) with SM3, 32 bytes."""
    state = hmac.HMAC(key, hashes.SM3())
    state.update(message)
    return state.finalize()
