"""What the public door asks of the house. The only file of this door that names the room `codes`.

Synchronous on purpose: the door calls every method in a thread, one method, one transaction.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, Protocol

from zhijian.codes import parse
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
    SignerRevoked,
    Standing,
    State,
    Trace,
    TracedItem,
    VerifierWrong,
)

__all__ = [
    "Answer",
    "Change",
    "Code",
    "CodeMalformed",
    "CodeUnknown",
    "CodesError",
    "CredentialRefused",
    "DigestAlgorithm",
    "EvidenceBroken",
    "FullFacts",
    "InstrumentFacts",
    "Issuer",
    "ItemFacts",
    "SignerRevoked",
    "Standing",
    "State",
    "Trace",
    "TracedItem",
    "VerifierWrong",
    "VerifyService",
    "parse",
]

DigestAlgorithm = Literal["sm3", "sha256"]


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
