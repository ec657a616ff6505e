"""What the tests of the log share: a tree by the letter of RFC 6962, keys, and where published vectors lie."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from zhijian.codes.log import LogFolder, LogReader, Signer, TreeHash, Trust, folder_fetch
from zhijian.codes.log.key import SM2, Verifier

AT = datetime(2025, 7, 1, 8, 30, tzinfo=UTC)
ORIGIN = "node.example/log/2025h2"
SIGNER = Signer.ed25519(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
TRUST = Trust(ORIGIN, (SIGNER.verifier,))
SHARED = Path(__file__).resolve().parents[4] / "shared"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the published vectors are not beside this checkout")


def entries(count: int, start: int = 0) -> list[bytes]:
    """Of many lengths, the empty one among them."""
    return [b"" if n == 7 else f"entry {n} ".encode() * (n % 5 + 1) for n in range(start, start + count)]


def naive_root(leaves: list[bytes], digest: object = None) -> bytes:
    """MTH(D[n]) as RFC 6962 section 2.1 writes it."""
    new = digest if callable(digest) else (lambda data: hashlib.sha256(data).digest())
    if not leaves:
        return bytes(new(b""))
    if len(leaves) == 1:
        return bytes(new(b"\x00" + leaves[0]))
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return bytes(new(b"\x01" + naive_root(leaves[:split], new) + naive_root(leaves[split:], new)))


def sm3_tree() -> TreeHash:
    """SM3 of the platform's OpenSSL. Skips where it has none."""
    if "sm3" not in hashlib.algorithms_available:
        pytest.skip("this OpenSSL has no SM3")
    return TreeHash("sm3", lambda data: hashlib.new("sm3", data).digest())


def sealed(key: bytes, message: bytes) -> bytes:
    """Stands in for SM2: 64 bytes that depend on key and message. Whoever has the key can sign, which is enough."""
    return hashlib.sha512(key + message).digest()


SM2_KEY = b"\x04" + bytes(range(64))
SM2_VERIFIER = Verifier(ORIGIN, SM2, SM2_KEY, lambda key, message, signature: sealed(key, message) == signature)
SM2_SIGNER = Signer(SM2_VERIFIER, lambda message: sealed(SM2_KEY, message))


def written(path: Path, count: int, *signers: Signer) -> Path:
    """A published log of `count` entries, appended at once."""
    with LogFolder.open(path, ORIGIN, signers or (SIGNER,)) as log:
        log.append(entries(count))
        log.publish(AT)
    return path


def public_files(path: Path) -> dict[str, bytes]:
    """What a tlog-tiles client may fetch."""
    found = {str(file.relative_to(path)): file.read_bytes() for file in (path / "tile").rglob("*") if file.is_file()}
    if (path / "checkpoint").exists():
        found["checkpoint"] = (path / "checkpoint").read_bytes()
    return found


def opened(path: Path) -> LogFolder:
    return LogFolder.open(path, ORIGIN, [SIGNER])


def whole(path: Path) -> int:
    """Read everything; the size that was shown."""
    return list(LogReader.open(folder_fetch(path), TRUST).verify_all())[-1].checked
