"""C2SP signed notes: a text, an empty line, and lines of signatures that anyone may add to.

Lines of unknown keys are ignored, as the specification demands; a line of a known key that does not verify refuses the
whole note.
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from zhijian.codes.log.errors import LogMalformed, LogRefused
from zhijian.codes.log.key import SignedBy, Signer, Verifier, is_key_name
from zhijian.codes.log.spelling import strict_base64

NOTE_BYTES_MAX = 1 << 20
LINES_MAX = 64
"""Each line of a known key costs a verification; the specification asks for room for at least 16."""
_CONTROL = re.compile(rb"[\x00-\x09\x0b-\x1f]")


@dataclass(frozen=True, slots=True)
class Note:
    """A parsed note: nothing in it is verified."""

    text: bytes
    """With its last newline: the bytes that are signed."""
    lines: tuple[tuple[str, bytes, bytes], ...]
    """Name, key id, signature."""

    @classmethod
    def parse(cls, raw: bytes) -> "Note":
        """Raises LogMalformed: note, note-length, signature-line, base64."""
        if len(raw) > NOTE_BYTES_MAX:
            raise LogMalformed("note-length", len(raw))
        text, mark, tail = raw.rpartition(b"\n\n")
        if not mark or not tail.endswith(b"\n") or _CONTROL.search(raw):
            raise LogMalformed("note", raw)
        try:
            lines = tail.decode().split("\n")[:-1]
            text.decode()
        except UnicodeDecodeError:
            raise LogMalformed("note", raw) from None
        if len(lines) > LINES_MAX:
            raise LogMalformed("note-length", len(lines))
        return cls(text + b"\n", tuple(_parse_line(line) for line in lines))

    def verify(self, verifiers: Sequence[Verifier]) -> tuple[SignedBy, ...]:
        """Every known key that signed, each once. LogRefused: unsigned when none did, signature when one is bad."""
        known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
        signed: dict[Verifier, SignedBy] = {}
        for name, key_id, signature in self.lines:
            if verifier := known.get((name, key_id)):
                signed.setdefault(verifier, verifier.verify(self.text, signature))
        if not signed:
            raise LogRefused("unsigned", [name for name, _, _ in self.lines])
        return tuple(signed.values())

    def only(self, verifiers: Sequence[Verifier]) -> bytes:
        """The note with the lines of these keys alone, the first of each, in the order in which they stand."""
        wanted = {(verifier.name, verifier.key_id) for verifier in verifiers}
        kept: dict[tuple[str, bytes], bytes] = {}
        for name, key_id, signature in self.lines:
            if (name, key_id) in wanted:
                kept.setdefault((name, key_id), _spelled(name, key_id, signature))
        return self.text + b"\n" + b"".join(kept.values())


def _parse_line(line: str) -> tuple[str, bytes, bytes]:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "—" or not is_key_name(parts[1]):
        raise LogMalformed("signature-line", line)
    raw = strict_base64(parts[2])
    if len(raw) <= 4:
        raise LogMalformed("signature-line", line)
    return parts[1], raw[:4], raw[4:]


def _spelled(name: str, key_id: bytes, signature: bytes) -> bytes:
    return f"— {name} {base64.b64encode(key_id + signature).decode()}\n".encode()


def _line(signer: Signer, text: bytes) -> bytes:
    return _spelled(signer.verifier.name, signer.verifier.key_id, signer.sign(text))


def sign_note(text: bytes, signers: Sequence[Signer]) -> bytes:
    """The note with one line for each signer, in their order. `text` must end in a newline."""
    if not text.endswith(b"\n") or not signers:
        raise LogMalformed("note", text)
    return text + b"\n" + b"".join(_line(signer, text) for signer in signers)


def add_signatures(raw: bytes, signers: Sequence[Signer]) -> bytes:
    """The same note with more lines behind those it has (what a witness answers with)."""
    return raw + b"".join(_line(signer, Note.parse(raw).text) for signer in signers)
