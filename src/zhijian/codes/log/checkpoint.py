"""C2SP tlog-checkpoint: the log's name, its size and its root, signed; and whom to believe about it."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from zhijian.codes.log.errors import LogMalformed, LogRefused
from zhijian.codes.log.key import COSIGNATURE, SignedBy, Verifier
from zhijian.codes.log.note import Note
from zhijian.codes.log.spelling import NUMBER_MAX, strict_base64, strict_decimal
from zhijian.codes.log.tile import HASH_BYTES

_SM3 = "sm3 "


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log at one size. The extension line `sm3 <base64>` is the SM3 root over the same entries.

    >>> print(Checkpoint("example.com/log", 0, bytes(32)).text().decode(), end="")
    example.com/log
    0
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for line in (self.origin, *self.extensions):
            if not line or any(c < " " for c in line):
                raise LogMalformed("checkpoint-line", line)
        if not 0 <= self.size <= NUMBER_MAX or len(self.root) != HASH_BYTES:
            raise LogMalformed("checkpoint-head", (self.size, self.root))
        if sum(line.startswith(_SM3) for line in self.extensions) > 1:
            raise LogMalformed("checkpoint-sm3", self.extensions)

    @classmethod
    def parse(cls, text: bytes) -> "Checkpoint":
        """The signed text, with its last newline. `parse(t).text() == t` for every `t` that is accepted."""
        try:
            lines = text.decode().split("\n")
        except UnicodeDecodeError:
            raise LogMalformed("checkpoint-line", text) from None
        if len(lines) < 4 or lines.pop() != "":
            raise LogMalformed("checkpoint-line", text)
        found = cls(lines[0], strict_decimal(lines[1]), strict_base64(lines[2]), tuple(lines[3:]))
        _ = found.sm3  # a line that says sm3 and is none is refused at once
        return found

    def text(self) -> bytes:
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions)
        return "".join(f"{line}\n" for line in lines).encode()

    @property
    def sm3(self) -> bytes | None:
        """None when the log states no SM3 root."""
        for line in self.extensions:
            if line.startswith(_SM3):
                root = strict_base64(line.removeprefix(_SM3))
                if len(root) != HASH_BYTES:
                    raise LogMalformed("checkpoint-sm3", line)
                return root
        return None


def sm3_line(root: bytes) -> str:
    return _SM3 + base64.b64encode(root).decode()


def check_witnesses(witnesses: Sequence[Verifier], quorum: int) -> None:
    """Raises LogMalformed (trust-witnesses, trust-quorum) for what is no policy."""
    if any(witness.kind != COSIGNATURE for witness in witnesses):
        raise LogMalformed("trust-witnesses", [witness.vkey() for witness in witnesses])
    # One key under two names would be counted as two witnesses.
    if len({witness.key for witness in witnesses}) != len(witnesses):
        raise LogMalformed("trust-witnesses", [witness.vkey() for witness in witnesses])
    if not 0 <= quorum <= len(witnesses):
        raise LogMalformed("trust-quorum", quorum)


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose word makes a checkpoint: all of `keys`, and `quorum` of the `witnesses`."""

    origin: str
    keys: tuple[Verifier, ...]
    witnesses: tuple[Verifier, ...] = ()
    quorum: int = 0

    def __post_init__(self) -> None:
        if not self.keys or any(key.kind == COSIGNATURE for key in self.keys):
            raise LogMalformed("trust-keys", self.keys)
        check_witnesses(self.witnesses, self.quorum)


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """Evidence: a checkpoint, the bytes that carry it, and who signed."""

    checkpoint: Checkpoint
    raw: bytes
    signed: tuple[SignedBy, ...]

    @property
    def witnesses(self) -> tuple[SignedBy, ...]:
        return tuple(by for by in self.signed if by.verifier.kind == COSIGNATURE)


def verify_checkpoint(raw: bytes, trust: Trust) -> SignedCheckpoint:
    """Return the evidence. LogMalformed for what is no checkpoint; LogRefused: unsigned, signature, origin, quorum."""
    note = Note.parse(raw)
    signed = note.verify([*trust.keys, *trust.witnesses])
    checkpoint = Checkpoint.parse(note.text)
    if checkpoint.origin != trust.origin:
        raise LogRefused("origin", checkpoint.origin)
    missing = _missing(trust.keys, signed)
    if missing:
        raise LogRefused("unsigned", missing)
    found = SignedCheckpoint(checkpoint, raw, signed)
    if len(found.witnesses) < trust.quorum:
        raise LogRefused("quorum", len(found.witnesses))
    return found


def _missing(keys: Sequence[Verifier], signed: Sequence[SignedBy]) -> list[str]:
    present = {by.verifier for by in signed}
    return [key.vkey() for key in keys if key not in present]
