"""Find entities, elements, code lists and codes by what they are called, what they mean and what they are."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from zhijian.spec.model import Specification

Kind = Literal["entity", "element", "codelist", "code"]
_ORDER: tuple[Kind, ...] = ("entity", "element", "codelist", "code")


@dataclass(frozen=True, slots=True)
class Hit:
    kind: Kind
    where: str
    """`report`, `report.issued_on`, `#verdict` or `#verdict/合格`, as in a comparison of versions."""
    zh: str
    en: str
    about_zh: str = ""
    about_en: str = ""
    theme: str = ""
    """Of the entity; a code list has none."""
    sensitivity: str = ""
    """Of an element."""

    @property
    def page(self) -> str:
        """Entity or code list on whose page it stands."""
        return self.where.lstrip("#").split("." if self.kind == "element" else "/")[0]

    @property
    def name(self) -> str:
        """Its identifier within that page, empty for the whole page."""
        return self.where.lstrip("#").removeprefix(self.page).lstrip("./")


def find(spec: Specification, query: str, *, theme: str = "", sensitivity: str = "") -> tuple[Hit, ...]:
    """What holds every word of `query`, those called so before those that only mention it. No words find everything.

    `theme` and `sensitivity`, where given, leave only what has them. Width and case do not matter.

    >>> from zhijian.spec import specification
    >>> find(specification(), "ＣＭＡ certificate")[0].where
    'certificate'
    """
    words = folded(query).split()
    ranked = []
    for hit, also in _all(spec):
        fits = (not theme or hit.theme == theme) and (not sensitivity or hit.sensitivity == sensitivity)
        if fits and (rank := _rank(words, hit, also)) is not None:
            ranked.append((rank, _ORDER.index(hit.kind), hit))
    return tuple(hit for _, _, hit in sorted(ranked, key=lambda r: r[:2]))


def folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _all(spec: Specification) -> Iterator[tuple[Hit, str]]:
    """Everything with the further text it is found by."""
    for e in spec.entities.values():
        yield Hit("entity", e.id, e.zh, e.en, e.definition_zh, e.definition_en, e.theme), f"{e.basis} {e.sheet}"
        for one in e.elements:
            hit = Hit("element", f"{e.id}.{one.id}", one.zh, one.en, one.definition_zh, one.definition_en, e.theme, one.sensitivity)  # fmt: skip
            yield hit, f"{one.codes or ''} {one.check or ''} {one.basis or ''} {one.unit or ''}"
    for name, codes in spec.codelists.items():
        yield Hit("codelist", f"#{name}", name, name), ""
        for c in codes.values():
            yield Hit("code", f"#{name}/{c.code}", c.zh, c.en), c.code


def _rank(words: list[str], hit: Hit, also: str) -> int | None:
    """0 called exactly so, 1 its name begins so, 2 its name holds it, 3 only its definition does; None not at all."""
    names = [folded(text) for text in (hit.name or hit.page, hit.zh, hit.en)]
    wanted = " ".join(words)
    if wanted in names:
        return 0
    everywhere = folded(f"{hit.where} {hit.zh} {hit.en} {hit.about_zh} {hit.about_en} {also}")
    if not all(word in everywhere for word in words):
        return None
    if any(name.startswith(wanted) for name in names):
        return 1
    called = " ".join(names)
    return 2 if all(word in called for word in words) else 3
