"""C2SP tlog-proof: one text that shows, offline, that an entry is in a log. It goes into the PDF and the API."""

import base64
from dataclasses import dataclass

from zhijian.codes.log.audit_path import Included, verify_inclusion
from zhijian.codes.log.checkpoint import SignedCheckpoint, Trust, verify_checkpoint
from zhijian.codes.log.errors import LogMalformed
from zhijian.codes.log.merkle import SHA256
from zhijian.codes.log.spelling import strict_base64, strict_decimal
from zhijian.codes.log.tile import HASH_BYTES

_HEADER = "c2sp.org/tlog-proof@v1"
_HASHES_MAX = 63
MEDIA_TYPE = "text/plain; charset=utf-8"
FILE_SUFFIX = ".tlog-proof"


@dataclass(frozen=True, slots=True)
class LogProof:
    """A proof as it is carried: nothing in it is verified, and `extra` is never authenticated."""

    index: int
    path: tuple[bytes, ...]
    """Inclusion path, the leaf's sibling first."""
    checkpoint: bytes
    """The signed note, verbatim."""
    extra: bytes = b""
    """Empty means that the line is absent."""

    def text(self) -> bytes:
        lines = [_HEADER]
        if self.extra:
            lines.append(f"extra {base64.b64encode(self.extra).decode()}")
        lines.append(f"index {self.index}")
        lines += [base64.b64encode(found).decode() for found in self.path]
        return ("\n".join(lines) + "\n\n").encode() + self.checkpoint

    @classmethod
    def parse(cls, raw: bytes) -> "LogProof":
        """Raises LogMalformed: proof, decimal, base64. `parse(t).text() == t` for every `t` that is accepted."""
        head, mark, checkpoint = raw.partition(b"\n\n")
        try:
            lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError:
            raise LogMalformed("proof", head) from None
        if not mark or lines.pop(0) != _HEADER:
            raise LogMalformed("proof", head)
        extra = b""
        if lines and lines[0].startswith("extra "):
            extra = strict_base64(lines.pop(0).removeprefix("extra "))
            if not extra:
                raise LogMalformed("proof", head)
        if not lines or not lines[0].startswith("index "):
            raise LogMalformed("proof", head)
        index = strict_decimal(lines.pop(0).removeprefix("index "))
        path = tuple(strict_base64(line) for line in lines)
        if len(path) > _HASHES_MAX or any(len(found) != HASH_BYTES for found in path):
            raise LogMalformed("proof", head)
        return cls(index, path, checkpoint, extra)


@dataclass(frozen=True, slots=True)
class Logged:
    """Evidence: an entry is in the tree of a checkpoint that the trusted keys signed."""

    included: Included
    signed: SignedCheckpoint


def verify_proof(raw: bytes, entry: bytes, trust: Trust) -> Logged:
    """Return the evidence for this very entry. Raises LogMalformed or LogRefused."""
    proof = LogProof.parse(raw)
    signed = verify_checkpoint(proof.checkpoint, trust)
    head = signed.checkpoint
    return Logged(verify_inclusion(proof.index, head.size, SHA256.leaf(entry), proof.path, head.root), signed)
