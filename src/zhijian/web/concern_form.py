"""The form of a complaint: what was typed into it, kept for showing again, and read into a complaint."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Self

from zhijian.web.concern_refusal import MOST_MB, ConcernRefused, FieldProblem
from zhijian.web.concern_service import MOST_PHOTO_BYTES, MOST_PHOTOS, Complaint, most
from zhijian.web.service import CodeMalformed, parse
from zhijian.web.typed import is_canonical, read_typed, tidy
from zhijian.web.uploads import FormLimits

PHOTOS = "photos"
MOST_SHOWN = 10_000
"""Characters of a field that are shown again: more than is allowed, so that it can be cut by the person."""
LIMITS = FormLimits(MOST_PHOTOS * MOST_PHOTO_BYTES, files=20, fields=20, field_bytes=MOST_SHOWN * 4)
"""More files than are taken, so that who chose too many is told how many."""
WORDS_ALONE = FormLimits(192 << 10, files=20, fields=20, field_bytes=MOST_SHOWN * 4)
"""What is read of a form that is not received now, only to show it again: its photos come last."""
PAGES = frozenset({"answer", "refused", "not-found", "other-host", "inspect"})
"""From which the form is reached, by their short names."""


@dataclass(frozen=True, slots=True)
class Draft:
    """As typed."""

    kind: str = ""
    code: str = ""
    institution_name: str = ""
    words: str = ""
    contact: str = ""
    origin: str = ""

    @classmethod
    def asked(cls, code: str, origin: str) -> Self:
        """From the address of the form: another page's link, in which anything may stand."""
        code = tidy(code)
        return cls(code=code if is_canonical(code) else "", origin=origin if origin in PAGES else "")

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Self:
        return cls(**{field.name: given.get(field.name, "")[:MOST_SHOWN] for field in fields(cls)})

    def complaint(self, photos: Sequence[bytes]) -> Complaint:
        """Raises: ConcernRefused `fields`, with all of its problems."""
        problems = []
        code = ""
        if self.code.strip():
            try:
                code = parse(read_typed(self.code).text)
            except CodeMalformed:
                problems.append(FieldProblem("code", "malformed"))
        origin = self.origin if self.origin in PAGES else ""
        complaint = Complaint.written(self.kind, self.words, code, self.institution_name, self.contact, origin)
        for field, why in complaint.wrong().items():
            problems.append(FieldProblem(field, why, len(getattr(complaint, field) or ""), most(field)))
        problems += photo_problems(photos)
        if problems:
            raise ConcernRefused("fields", tuple(problems))
        return complaint


def photo_problems(photos: Sequence[bytes]) -> list[FieldProblem]:
    """What can be seen without decoding."""
    if len(photos) > MOST_PHOTOS:
        return [FieldProblem(PHOTOS, "too-many", len(photos), MOST_PHOTOS)]
    return [
        FieldProblem(PHOTOS, "too-large", position, MOST_MB)
        for position, raw in enumerate(photos, 1)
        if len(raw) > MOST_PHOTO_BYTES
    ]
