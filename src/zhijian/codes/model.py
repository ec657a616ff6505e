"""What the room speaks of: the states of a report, the answer to a question about a code, and why there is none.

Pure: no database, no HTTP. Times are aware UTC, dates are days in Asia/Shanghai.
"""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, NewType

from zhijian.kit.signing import PublicKey
from zhijian.registry.model import Finding

Code = NewType("Code", str)
"""Eighteen canonical characters, no hyphens."""

Party = Literal["institution", "regulator"]


def own_number_key(own_number: str) -> str:
    """An institution's number as people read it: width, case and blanks do not make another number.

    >>> own_number_key("Ｂ-1 （2026）") == own_number_key("b-1(2026)")
    True
    """
    return "".join(unicodedata.normalize("NFKC", own_number).split()).casefold()


class State(StrEnum):
    """States of a report's code. Chinese and English words: code list `report_state`."""

    RESERVED = "reserved"
    VALID = "valid"
    CORRECTED = "corrected"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    DOUBTED = "doubted"
    INACCURATE = "inaccurate"
    FALSE = "false"


class Standing(StrEnum):
    """What the CMA certificate was on one day. Shown beside a report's state, never mixed in."""

    IN_FORCE = "in_force"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    CANCELLED = "cancelled"
    NONE = "none"
    """The report claims no certificate (no CMA mark)."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """The institution that issued the report, as anyone may see it."""

    index: str
    """Four symbols of the code, bound to the institution for good."""
    name: str
    uscc: str
    province: str
    """GB/T 2260, two digits."""
    public_phone: str | None
    certificate_number: str | None
    on_issue: Standing
    today: Standing
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class Change:
    """One change of state, as the log holds it."""

    at: datetime
    state: State
    by: Party
    actor: str
    """Name of the institution or of the regulator; never of a person."""
    reason: str | None
    successor: Code | None
    logged: bool


@dataclass(frozen=True, slots=True)
class SignatureEvidence:
    """Level 1. `kid` signed the credential; the other party's signature stands beside it."""

    suite: str
    kid: str
    key_name: str
    trust_version: int
    issued_at: datetime
    institution_kid: str
    institution_key_name: str
    registered_at: datetime


@dataclass(frozen=True, slots=True)
class StatusEvidence:
    """Level 2. The place of this code in the status list; `value` 0 valid, 1 invalid, 2 suspended, 3 superseded."""

    list_id: str
    index: int | None
    """None without the verifier: places in a row would tell how much an institution issues."""
    value: int
    read_at: datetime


@dataclass(frozen=True, slots=True)
class LogEvidence:
    """Level 3. `index` is the leaf, `size` that of the checkpoint which includes it."""

    origin: str
    index: int
    size: int
    checkpoint_at: datetime
    witnesses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ItemFacts:
    seq: int
    parameter: str
    standard: str
    result: str
    unit: str | None
    limit: str | None
    verdict: str | None


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file as the institution handed it out, stamped and perhaps sealed. Digests are hexadecimal."""

    media_type: str
    length: int
    sm3: str
    sha256: str
    filed_at: datetime
    logged: bool


@dataclass(frozen=True, slots=True)
class RegisteredFiles:
    """What a file that somebody holds is compared with: the original's algorithm and digest, and what was handed out."""

    original: tuple[str, str]
    handed_out: tuple[FileFacts, ...]


@dataclass(frozen=True, slots=True)
class FullFacts:
    """What the six-symbol verifier (or the whole QR) opens. Client and signatory are masked already."""

    own_number: str
    title: str
    form: str
    kind: str
    sample_name: str
    sample_no: str
    sample_count: int | None
    sample_batch: str | None
    producer: str | None
    client: str
    signatory: str
    sampled_on: date | None
    received_on: date
    tested_from: date
    tested_to: date
    verdict: str
    conclusion: str | None
    file_pages: int
    file_digest_algorithm: str
    file_digest: str
    facts_digest: str
    items: tuple[ItemFacts, ...]
    files: tuple[FileFacts, ...] = ()
    """Oldest first; the original's digest is `file_digest`."""


@dataclass(frozen=True, slots=True)
class Answer:
    """All that verification found about one code, with its evidence.

    `level` is the highest level reached without a gap: 0 format, 1 signature, 2 fresh status, 3 log proof,
    4 file digest equal. `file_matches` is None while no file was compared, and False when its bytes differ.
    """

    code: Code
    state: State
    asked_at: datetime
    issuer: Issuer
    issued_on: date | None
    late: bool
    """Issue time outside the window of its checkpoint: shown as 补登记."""
    level: int
    signature: SignatureEvidence | None
    status: StatusEvidence
    log: LogEvidence | None
    history: tuple[Change, ...]
    """Newest first."""
    successor: Code | None
    full: FullFacts | None
    verifier: str | None
    """Echoed when it was given and right."""
    file_matches: bool | None
    successor_state: State | None = None
    """What became of the successor since; None without one."""


@dataclass(frozen=True, slots=True)
class CalibrationFacts:
    kind: str
    certificate_no: str | None
    provider: str | None
    calibrated_on: date
    due_on: date


@dataclass(frozen=True, slots=True)
class InstrumentFacts:
    management_no: str
    name: str
    model: str | None
    serial_no: str | None
    calibration: CalibrationFacts | None
    """The one in force on the day of the test."""


@dataclass(frozen=True, slots=True)
class TracedItem:
    item: ItemFacts
    tested_on: date
    tester: str | None
    """Masked."""
    in_scope: str | None
    """Sequence number of the capability row that covers it; None when no mark was claimed."""
    standard_name: str | None
    instruments: tuple[InstrumentFacts, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """Report → sample → item → method → instrument with its calibration → people → institution."""

    answer: Answer
    site_name: str
    site_address: str
    prepared_by: str | None
    reviewed_by: str | None
    items: tuple[TracedItem, ...]


@dataclass(frozen=True, slots=True)
class Signed:
    """The signed request that the reports came in: its row, its key, the Merkle root over its reports."""

    submission_id: int
    kid: str
    root: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Issued:
    position: int
    code: Code
    verifier: str
    credential: bytes


@dataclass(frozen=True, slots=True)
class Declined:
    position: int
    findings: tuple[Finding, ...]
    registered_as: Code | None = None
    """The code under which the same own number is registered already."""


@dataclass(frozen=True, slots=True)
class KeyOrder:
    """A key to be vouched for."""

    uscc: str
    institution: str
    """Index in the codes, four symbols."""
    name: str
    public: PublicKey


class CodesError(Exception):
    """Base of the room. `why` is a stable key, `value` the offending value."""

    why = "codes"

    def __init__(self, value: str = "", message: str = "") -> None:
        super().__init__(message or f"{self.why}: {value!r}")
        self.value = value


class CodeMalformed(CodesError):
    """The text is no well-formed code.

    `position` (1–18) is the one wrong character when the check characters can locate it, and `suggestion` the code
    with that character repaired; both None when more is wrong. `reason` is a key: length | symbol | check | province.
    """

    why = "code-malformed"

    def __init__(self, value: str, reason: str, position: int | None = None, suggestion: Code | None = None) -> None:
        super().__init__(value, f"{reason}: {value!r}")
        self.reason, self.position, self.suggestion = reason, position, suggestion


class CodeUnknown(CodesError):
    """Well-formed, but nobody registered it (or the pair of certificate number and own number)."""

    why = "code-unknown"


class VerifierWrong(CodesError):
    """The six symbols do not belong to this code."""

    why = "verifier-wrong"


class EvidenceBroken(CodesError):
    """The node's own rows, records or log contradict each other: an alarm, never an answer. `value` is the code."""

    why = "evidence-broken"


class SignerRevoked(CodesError):
    """The log saw the signature when the signing key was revoked already: whoever holds the stolen key made it. `value` is
    the code."""

    why = "signer-revoked"


class CredentialRefused(CodesError):
    """The QR's credential is not what the node or the institution signed. `message` says which check failed."""

    why = "credential-refused"


class KeyRevoked(CredentialRefused):
    """The key was revoked when the log saw its signature."""
