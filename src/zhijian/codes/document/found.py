"""What an inspection finds: evidence, with a verdict that follows from it and says what it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from zhijian.codes.document.manifest import VerifiedManifest
from zhijian.codes.model import Code
from zhijian.kit.digests import Digests


class Verdict(StrEnum):
    UNCHANGED = "unchanged"
    """Every byte that can be signed is as it was when a known key sealed it: all but the room in which the signature itself
    lies. The file's digest tells of that, too."""
    RESAVED = "resaved"
    """The bytes changed after the seal, and every page still shows what was sealed."""
    EDITED = "edited"
    """It was sealed by a known key and does not show what was sealed, see `pages` and `contradictions`."""
    NOT_SEALED = "not-sealed"
    STRANGER = "stranger"
    """Sealed, but by no key that may speak for this code."""


WORDS = {
    Verdict.UNCHANGED: ("签章后未改动", "unchanged since the seal"),
    Verdict.RESAVED: ("签章后另存过，页面内容未变", "re-saved, content unchanged"),
    Verdict.EDITED: ("签章后内容有改动", "edited since the seal"),
    Verdict.NOT_SEALED: ("文件未签章", "not sealed"),
    Verdict.STRANGER: ("签章者不在信任列表内", "sealed by somebody we do not know"),
}


@dataclass(frozen=True, slots=True)
class SignatureFound:
    """One signature of the file. `problem` is a key, None when it holds and its signer is known."""

    field: str
    """Of a PDF its field, of an OFD the path of its Signature.xml."""
    by: str
    """Name in the certificate, whoever wrote it."""
    number: str | None
    """Social credit code in the certificate."""
    kid: bytes | None
    intact: bool
    """The covered bytes are those that were signed, and the signature is the certificate's."""
    is_known: bool
    """Certificate of our root, in force, and its key may speak for the document's code by the trust list. Of a signature
    that is not intact it says only whose certificate lies in it, and anybody can lay one there."""
    covers: Literal["whole-file", "revision", "part"]
    certifies: bool
    later: Literal["none", "permitted", "forbidden", "unknown"]
    """What later revisions changed, by pyHanko's rules and the level that the seal permits."""
    later_detail: str
    signed_at: datetime | None
    """As the signer says; nothing proves it."""
    problem: str | None
    seal_name: str = ""
    """Of the electronic seal, in an OFD; whoever made the seal wrote it."""


@dataclass(frozen=True, slots=True)
class PageFound:
    number: int
    standing: Literal["unchanged", "edited", "moved", "added", "uncertain", "not-compared"]
    """`uncertain`, in an OFD: its own files are as they were sealed, some besides the pages are not."""
    sealed_as: int | None
    """Its number when it was sealed, when it is one of the sealed pages."""
    code_printed: Code | None
    """In the footer's text. Not on every page of a file that was re-saved by a scanner; a picture has no text."""


@dataclass(frozen=True, slots=True)
class FileFound:
    """A file of an OFD's container that is not as it was sealed."""

    name: str
    standing: Literal["changed", "missing", "uncovered"]
    """`uncovered`: the seal says nothing of it, so that it was added later or left out."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    why: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Inspection:
    whole: Digests
    original: Digests | None
    """What stood before the stamp, when the bytes still say so: its digest is the registered one, or the report is another.
    That it begins with a registered original says nothing of what was added behind it."""
    code: Code | None
    """As the manifest, the QR's text or the stamp claims, in this order."""
    code_printed: Code | None
    """Read from the pages' text, independently of the attachments."""
    verifier_printed: str | None
    qr: str | None
    """Attached text of the whole symbol, unverified."""
    proof: bytes | None
    """Attached tlog-proof, unverified: whoever holds the log's entry verifies it."""
    signatures: tuple[SignatureFound, ...]
    manifest: VerifiedManifest | None
    manifest_problem: str | None
    pages: tuple[PageFound, ...]
    pages_missing: tuple[int, ...]
    """Numbers of sealed pages that are not there any more."""
    contradictions: tuple[Contradiction, ...]
    verdict: Verdict
    kind: Literal["pdf", "ofd"] = "pdf"
    files: tuple[FileFound, ...] = ()
    """Of an OFD: what is not as it was sealed."""
    original_said: Mapping[str, str] = field(default_factory=dict)
    """Of an OFD: digests, by algorithm, of the file that was stamped, as the stamp says. Worth what the seal over it is."""

    @property
    def pages_edited(self) -> tuple[int, ...]:
        return tuple(p.number for p in self.pages if p.standing not in ("unchanged", "uncertain", "not-compared"))

    @property
    def pages_dropped(self) -> tuple[int, ...]:
        """Sealed pages that are missing and have no other content in their place."""
        return tuple(number for number in self.pages_missing if number not in self.pages_edited)

    def words(self) -> tuple[str, str]:
        """The verdict in Chinese and English."""
        zh, en = WORDS[self.verdict]
        if self.verdict is Verdict.EDITED and self.pages_edited:  # an OFD has files besides, see `files`
            listed = ", ".join(map(str, self.pages_edited))
            return f"{zh}：第 {listed} 页", f"{en} on pages {listed}"
        return zh, en
