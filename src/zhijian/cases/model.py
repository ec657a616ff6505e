"""The words of the room: a complaint as it was written, its photos, its progress, and what is raised. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, NewType, Self

from zhijian.kit.base31 import ALPHABET, read_as
from zhijian.spec import specification

Receipt = NewType("Receipt", str)
"""Ten symbols of base 31, drawn at random: 31¹⁰ are possible, and nobody finds another one's."""
RECEIPT_LENGTH = 10
RETENTION_YEARS = 3
"""So long after receipt contact and photos are kept."""
MOST_PHOTOS = 3
MOST_PHOTO_BYTES = 8 << 20
_ENTITY = specification().entities["complaint"]
KINDS = specification().codelists["complaint_kind"]
PROGRESS = specification().codelists["complaint_state"]
Wrong = Literal["missing", "too-long", "unknown"]


class Progress(StrEnum):
    RECEIVED = "received"
    PASSED_ON = "passed-on"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Complaint:
    """As a person wrote it; only kind and words are asked for. The code may be one that nobody registered."""

    kind: str
    words: str
    code: str | None = None
    institution_name: str | None = None
    contact: str | None = None
    origin: str | None = None
    """Short name of the page from which the form was opened."""

    @classmethod
    def written(
        cls, kind: str, words: str, code: str = "", institution_name: str = "", contact: str = "", origin: str = "",
    ) -> Self:  # fmt: skip
        """From what a form holds: tidied, and None for what is empty."""
        one_line = (" ".join(tidy(text).split()) or None for text in (code, institution_name, contact, origin))
        return cls(tidy(kind), tidy(words), *one_line)

    def wrong(self) -> dict[str, Wrong]:
        """Field → what is wrong with it; empty when it can be received."""
        found: dict[str, Wrong] = {}
        for name in ("kind", "words", "code", "institution_name", "contact", "origin"):
            text, element = getattr(self, name), _ENTITY.element(name)
            if not text:
                if element.required:
                    found[name] = "missing"
            elif len(text) > element.type.length:
                found[name] = "too-long"
        if self.kind and self.kind not in KINDS:
            found["kind"] = "unknown"
        return found

    @property
    def province(self) -> str | None:
        """First two digits of the code: which regulator's it is."""
        return self.code[:2] if self.code and self.code[:2].isdecimal() else None


def most(field: str) -> int:
    """Characters that a field of a complaint may have."""
    return _ENTITY.element(field).type.length


def tidy(text: str) -> str:
    """Lines kept, ends trimmed, and no character that cannot be stored or that turns the reading order about.

    >>> tidy("a\\x00\\u202eb\\r\\nc ")
    'ab\\nc'
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    kept = (ch for ch in lines if ch == "\n" or unicodedata.category(ch) not in ("Cc", "Cs", "Cn", "Co"))
    return _TURNING.sub("", "".join(kept)).strip()


_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069\u2028\u2029]")


def read_receipt(text: str) -> Receipt:
    """As people type it: any case, hyphens and blanks free, O→0 I→1 Z→2 S→5 V→U.

    Raises: ReceiptUnknown.

    >>> read_receipt(" abcde-0123o ")
    'ABCDE01230'
    """
    plain = read_as(re.sub(r"[\s\u2010-\u2015\u2212－-]+", "", unicodedata.normalize("NFKC", text[:100])))
    if len(plain) != RECEIPT_LENGTH or any(ch not in ALPHABET for ch in plain):
        raise ReceiptUnknown(text[:20])
    return Receipt(plain)


@dataclass(frozen=True, slots=True)
class Photo:
    """As it is kept: decoded and written anew, so that nothing of the file but the picture is left."""

    media_type: str
    width: int
    height: int
    content: bytes


@dataclass(frozen=True, slots=True)
class PhotoLine:
    """A kept photo without its bytes."""

    position: int
    media_type: str
    width: int
    height: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What whoever has the receipt number may know."""

    receipt: Receipt
    progress: Progress
    received_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Filed:
    """A complaint as the regulator sees it."""

    standing: Standing
    complaint: Complaint
    passed_to: str | None
    photos: int
    """How many came; fewer are kept once they expired."""
    kept: tuple[PhotoLine, ...]
    expired_at: datetime | None


class CasesError(Exception):
    """There is no answer, or nothing was received. `why` is stable."""

    why = "cases"

    def __init__(self, value: str) -> None:
        super().__init__(value)
        self.value = value


class ReceiptUnknown(CasesError):
    """No complaint has this receipt number, or it is not the caller's to see."""

    why = "receipt-unknown"


class FormUsed(CasesError):
    """Under this form something else was received before."""

    why = "form-used"


class PhotoRefused(CasesError):
    """`value` is the reason: photo-kind, photo-unreadable, photo-too-many-pixels, photo-too-complex."""

    why = "photo-refused"

    def __init__(self, value: str, position: int = 0) -> None:
        super().__init__(value)
        self.position = position
        """Which of several, from 1."""
