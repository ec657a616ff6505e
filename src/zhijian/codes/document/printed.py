"""Code and verifier as the pages' text says them, read independently of every attachment."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from pypdf import PageObject, PdfReader

from zhijian.codes.code import parse
from zhijian.codes.document.ink import content_of
from zhijian.codes.model import Code, CodeMalformed

MAX_CONTENT = 1_500_000
"""Bytes of content streams that are read for text in one document; pages beyond that are not
read: of results in tables, some fifty."""
FOOTER = re.compile(r"报告编码\s*([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}-[0-9A-Z]{2})\s*第")
_DRAWN = re.compile(rb"/([^\x00-\x20()<>\[\]{}/%]+)\s+Do\b")
VERIFIER = re.compile(r"校验码\s*([0-9A-Z]{6})(?![0-9A-Z])")


@dataclass(frozen=True, slots=True)
class Printed:
    codes: tuple[Code | None, ...]
    """One a page; None where the footer was not found."""
    verifier: str | None


def printed(reader: PdfReader) -> Printed:
    """Never raises: a page whose text cannot be read has none."""
    codes: list[Code | None] = []
    verifier, spent = None, 0
    for page in reader.pages:
        words, spent = _words(page, spent)
        codes.append(_code(words))
        if verifier is None and (found := VERIFIER.search(words)):
            verifier = found[1]
    return Printed(tuple(codes), verifier)


def _words(page: PageObject, spent: int) -> tuple[str, int]:
    try:
        resources: Any = page["/Resources"].get_object() if "/Resources" in page else {}
        spent += _cost(content_of(page), resources, 0)
        return (page.extract_text() if spent <= MAX_CONTENT else ""), spent
    except Exception:  # of a page that is broken; pypdf raises many kinds
        return "", spent


def _cost(content: bytes, resources: Any, depth: int) -> int:
    """Bytes that reading the text goes through: a form counts as often as it is drawn, for so often it is read."""
    if depth > 5:
        return MAX_CONTENT + 1
    total = len(content)
    drawn = resources["/XObject"].get_object() if "/XObject" in resources else {}
    for called, times in Counter(_DRAWN.findall(content)).items():
        found = drawn.get("/" + called.decode("latin-1"))
        form: Any = found.get_object() if found is not None else {}
        if form.get("/Subtype") == "/Form" and total <= MAX_CONTENT:
            own = form["/Resources"].get_object() if "/Resources" in form else resources
            total += times * _cost(form.get_data(), own, depth + 1)
    return total


def _code(words: str) -> Code | None:
    """The last footer of the page: ours is written after everything else."""
    for text in reversed(FOOTER.findall(words)):
        try:
            return parse(text)
        except CodeMalformed:
            continue
    return None
