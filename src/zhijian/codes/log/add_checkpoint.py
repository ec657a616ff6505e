"""C2SP tlog-witness, the call `add-checkpoint`: what a log asks of a witness, and what it is answered, as bytes.

Who carries them (HTTP, or a function call in a test) is not this room's concern.
"""

import base64
from dataclasses import dataclass

from zhijian.codes.log.errors import LogMalformed
from zhijian.codes.log.spelling import strict_base64, strict_decimal
from zhijian.codes.log.tile import HASH_BYTES

BODY_BYTES_MAX = 1 << 16
"""A proof is at most 2.9 KB; the rest is room for a checkpoint with many signatures."""
PROOF_HASHES_MAX = 63
SIZE_TYPE = "text/x.tlog.size"
TEXT_TYPE = "text/plain; charset=utf-8"
_OLD = "old "


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: nothing in it is verified."""

    old: int
    """Size of the newest checkpoint that the witness has cosigned, as the log believes; 0 when it never did."""
    proof: tuple[bytes, ...]
    """Consistency proof from `old` to the checkpoint's size (RFC 6962 section 2.1.2)."""
    checkpoint: bytes
    """The signed note, verbatim."""

    def body(self) -> bytes:
        lines = [f"{_OLD}{self.old}", *(base64.b64encode(one).decode() for one in self.proof)]
        return "".join(f"{line}\n" for line in lines).encode() + b"\n" + self.checkpoint

    @classmethod
    def parse(cls, raw: bytes) -> "Asked":
        """Raises LogMalformed: body-length, body, decimal, base64. `parse(t).body() == t` for every `t` accepted."""
        if len(raw) > BODY_BYTES_MAX:
            raise LogMalformed("body-length", len(raw))
        head, mark, checkpoint = raw.partition(b"\n\n")
        try:
            lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError:
            raise LogMalformed("body", head[:100]) from None
        if not mark or not lines[0].startswith(_OLD) or len(lines) > 1 + PROOF_HASHES_MAX:
            raise LogMalformed("body", head[:100])
        old = strict_decimal(lines[0].removeprefix(_OLD))
        proof = tuple(strict_base64(line) for line in lines[1:])
        if any(len(one) != HASH_BYTES for one in proof):
            raise LogMalformed("body", head[:100])
        return cls(old, proof, checkpoint)


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer: a status of HTTP, and its body."""

    status: int
    body: bytes
    content_type: str = TEXT_TYPE
    alarm: str = ""
    """For the witness's own operator: what looks like a misbehaving log. Not part of the answer."""

    @classmethod
    def size(cls, known: int) -> "Answered":
        """409: the log's idea of what the witness knows is not what it knows."""
        return cls(409, f"{known}\n".encode(), SIZE_TYPE)

    def known_size(self) -> int:
        """The size a 409 states. Raises LogMalformed (witness-size) for anything else."""
        if self.status != 409 or self.content_type.partition(";")[0].strip() != SIZE_TYPE or self.body[-1:] != b"\n":
            raise LogMalformed("witness-size", (self.status, self.body[:100]))
        try:
            return strict_decimal(self.body[:-1].decode("ascii"))
        except UnicodeDecodeError:
            raise LogMalformed("witness-size", self.body[:100]) from None
