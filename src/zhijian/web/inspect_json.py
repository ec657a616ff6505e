"""An inspected file as JSON: the finding first, then the evidence it rests on. Digests are hexadecimal."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from zhijian.kit.digests import Digests
from zhijian.web.inspect_finding import Finding, finding
from zhijian.web.inspect_view import headline
from zhijian.web.say import languages
from zhijian.web.service import (
    Answer,
    BytesAre,
    Code,
    Contradiction,
    FileFound,
    Inspected,
    PageFound,
    SignatureFound,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class Bytes:
    length: int
    sm3: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Signature:
    """`is_known` says whose certificate it is; only an `intact` signature of a known key counts."""

    field: str
    by: str
    number: str | None
    kid: str | None
    intact: bool
    is_known: bool
    covers: Literal["whole-file", "revision", "part"]
    certifies: bool
    later: Literal["none", "permitted", "forbidden", "unknown"]
    signed_at: datetime | None
    problem: str | None
    seal_name: str | None
    """Of an electronic seal in an OFD."""


@dataclass(frozen=True, slots=True)
class InspectedFile:
    finding: Finding
    zh: str
    en: str
    """The banner's words; they begin with the report's state where it is not valid."""
    bytes_are: BytesAre
    verdict: Verdict
    """Of the file by itself, whatever is registered."""
    code: Code | None
    answer: Answer | None
    reason: str | None
    """Why there is no answer about the code; null also when the file bears none."""
    also: tuple[Code, ...]
    whole: Bytes
    original: Bytes | None
    sealed_original: bool | None
    signatures: tuple[Signature, ...]
    pages: tuple[PageFound, ...]
    pages_missing: tuple[int, ...]
    manifest_problem: str | None
    contradictions: tuple[Contradiction, ...]
    kind: Literal["pdf", "ofd"]
    files: tuple[FileFound, ...]
    """Of an OFD: files of its container that are not as they were sealed."""


def inspected_file(one: Inspected) -> InspectedFile:
    found, say = one.found, languages()
    return InspectedFile(
        finding=finding(one),
        zh=headline(one, say["zh"]).unescape(),
        en=headline(one, say["en"]).unescape(),
        bytes_are=one.bytes_are,
        verdict=found.verdict,
        code=one.code,
        answer=_compared(one),
        reason=one.reason,
        also=one.also,
        whole=_bytes(found.whole),
        original=_bytes(found.original) if found.original else None,
        sealed_original=one.sealed_original,
        signatures=tuple(map(_signature, found.signatures)),
        pages=found.pages,
        pages_missing=found.pages_missing,
        manifest_problem=found.manifest_problem,
        contradictions=found.contradictions,
        kind=found.kind,
        files=found.files,
    )


def _compared(one: Inspected) -> Answer | None:
    """The answer as if the digest had been asked for: level 4 for registered bytes."""
    answer = one.answer
    if answer is None or not one.has_files:
        return answer
    equal = one.bytes_are in ("handed-out", "original")
    return replace(answer, file_matches=equal, level=4 if equal and answer.level >= 3 else answer.level)


def _bytes(part: Digests) -> Bytes:
    return Bytes(part.length, part.sm3.hex(), part.sha256.hex())


def _signature(one: SignatureFound) -> Signature:
    return Signature(one.field, one.by, one.number, one.kid.hex() if one.kid else None, one.intact, one.is_known, one.covers,
                     one.certifies, one.later, one.signed_at, one.problem, one.seal_name or None)  # fmt: skip
