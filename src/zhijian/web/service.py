"""What the public door asks of the house. The only file of this door that names the room `codes`.

Synchronous on purpose: the door calls every method in a thread, one method, one transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from zhijian.codes import Desk, parse
from zhijian.codes.document import DocumentRefused
from zhijian.codes.document.found import Contradiction, FileFound, Inspection, PageFound, SignatureFound, Verdict
from zhijian.codes.model import (
    Answer,
    Change,
    Code,
    CodeMalformed,
    CodesError,
    CodeUnknown,
    CredentialRefused,
    EvidenceBroken,
    FullFacts,
    InstrumentFacts,
    Issuer,
    ItemFacts,
    RegisteredFiles,
    SignerRevoked,
    Standing,
    State,
    Trace,
    TracedItem,
    VerifierWrong,
)

__all__ = [
    "Answer",
    "BytesAre",
    "Change",
    "Code",
    "CodeMalformed",
    "CodeUnknown",
    "CodesError",
    "Contradiction",
    "CredentialRefused",
    "Desk",
    "DigestAlgorithm",
    "DocumentRefused",
    "EvidenceBroken",
    "FileFound",
    "FullFacts",
    "Inspected",
    "Inspection",
    "InstrumentFacts",
    "Issuer",
    "ItemFacts",
    "PageFound",
    "RegisteredFiles",
    "SignatureFound",
    "SignerRevoked",
    "Standing",
    "State",
    "Trace",
    "TracedItem",
    "Verdict",
    "VerifierWrong",
    "VerifyService",
    "parse",
]

DigestAlgorithm = Literal["sm3", "sha256"]
BytesAre = Literal["handed-out", "original", "begins-with-original", "other"]


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file that somebody holds, judged by itself and against what is registered under its code."""

    found: Inspection
    code: Code | None
    """The code the file claims or prints; of a file that bears none, the one under which its digest is registered."""
    answer: Answer | None
    reason: str | None
    """Why there is no answer: `why` of the CodesError. None, too, when there is no code to ask about."""
    bytes_are: BytesAre
    """How the bytes stand to what is registered under `code`. A file that begins with the original may hold anything
    behind it."""
    has_files: bool
    """Whether anything is registered to compare with: nothing is under a code that is only reserved."""
    sealed_original: bool | None
    """Whether the original named in the verified manifest is the registered one; None when that cannot be compared."""
    also: tuple[Code, ...]
    """Other codes under which these very bytes are registered."""


class VerifyService(Protocol):
    """Answers to the public. Every method raises a `CodesError` when there is no answer."""

    def look_up(self, text: str, tail: str | None, at: datetime) -> Answer:
        """`text` is a code as people type it. `tail` is None, the six-symbol verifier, or the verifier followed by
        the QR's credential, in upper case.

        Raises CodeMalformed, CodeUnknown, VerifierWrong, CredentialRefused.
        """

    def by_own_number(self, certificate_number: str, own_number: str, at: datetime) -> Answer:
        """By the pair that people search with today. Raises CodeUnknown."""

    def by_digest(self, algorithm: DigestAlgorithm, digest: str, at: datetime) -> tuple[Answer, ...]:
        """Reports registered with this file digest (64 lower-case hexadecimal digits); empty when there
        is none. Usually one, more when an institution registered one file twice."""

    def file_matches(self, code: Code, algorithm: DigestAlgorithm, digest: str) -> bool | None:
        """Whether this is the registered digest; None when another algorithm was registered, or no report."""

    def inspect(self, file: bytes, at: datetime) -> Inspected:
        """Takes seconds of a core. Certificates are judged at the time the file was registered, where it was, else at `at`.

        Raises DocumentRefused, AsideFailed; never a CodesError, which is a `reason`."""

    def trace(self, code: Code, verifier: str, at: datetime) -> Trace:
        """Raises CodeUnknown, VerifierWrong."""

    def proof(self, code: Code, verifier: str | None) -> str | None:
        """The C2SP tlog-proof text, which with the verifier carries what ties it to the QR; None while no checkpoint
        includes the report yet. Raises CodeUnknown, VerifierWrong."""

    def root_keys(self) -> Mapping[str, str]:
        """Public keys of the national root, {suite: hex of the uncompressed point}: what the offline page trusts."""

    def qr_svg(self, code: Code, tail: str | None) -> str:
        """The symbol as a stand-alone SVG: the small one when `tail` is None, else with the credential.

        Raises CodeUnknown, VerifierWrong.
        """
