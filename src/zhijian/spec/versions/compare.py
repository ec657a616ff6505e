"""What changed between two versions of the specification, and whom it concerns.

Compatible: every record that was right under the old version is right under the new one and means the same. Breaking:
some are not, or a reader is handed something else than before. Wording: names, definitions and sources alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from zhijian.spec.load import version_key
from zhijian.spec.model import CodeEntry, Element, Entity, Specification
from zhijian.spec.notation import Notation


class Effect(StrEnum):
    BREAKING = "breaking"
    COMPATIBLE = "compatible"
    WORDING = "wording"


@dataclass(frozen=True, slots=True)
class Change:
    effect: Effect
    where: str
    """`entity`, `entity.element`, `#codelist` or `#codelist/code`."""
    what: str
    """`added`, `removed`, or the property that changed."""
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    old: str
    new: str
    listed: tuple[Change, ...]

    def of(self, effect: Effect) -> tuple[Change, ...]:
        return tuple(c for c in self.listed if c.effect is effect)

    @property
    def least_version(self) -> str:
        """The lowest version that these changes may carry, by semver.org 2.0.0; before 1.0.0 breaking raises the second number.

        >>> Changes("0.1.0", "", (Change(Effect.COMPATIBLE, "sample", "added"),)).least_version
        '0.2.0'
        """
        major, minor, patch = version_key(self.old)
        if self.of(Effect.BREAKING) and major:
            return f"{major + 1}.0.0"
        if self.of(Effect.BREAKING) or self.of(Effect.COMPATIBLE):
            return f"{major}.{minor + 1}.0"
        return f"{major}.{minor}.{patch + 1}" if self.listed else self.old

    @property
    def version_suffices(self) -> bool:
        return version_key(self.new) >= version_key(self.least_version)


def compare(old: Specification, new: Specification) -> Changes:
    """All that differs, entities first, each in the order of the new version, what was removed last."""
    return Changes(old.version, new.version, (*_entities(old, new), *_codelists(old, new)))


def _entities(old: Specification, new: Specification) -> Iterator[Change]:
    for name, entity in new.entities.items():
        if name in old.entities:
            yield from _entity(old.entities[name], entity)
        else:
            yield Change(Effect.COMPATIBLE, name, "added", new=entity.zh)
    for name, entity in old.entities.items():
        if name not in new.entities:
            yield Change(Effect.BREAKING, name, "removed", old=entity.zh)


def _entity(old: Entity, new: Entity) -> Iterator[Change]:
    if old.key != new.key:
        yield Change(Effect.BREAKING, new.id, "key", ", ".join(old.key), ", ".join(new.key))
    if dict(old.parts) != dict(new.parts):
        # A part that is there at all must have a record, so that a new one refuses what was right before.
        yield Change(Effect.BREAKING, new.id, "parts", _plain(old.parts), _plain(new.parts))
    for what in ("zh", "en", "definition_zh", "definition_en", "basis", "sheet", "theme", "source", "since"):
        yield from _differs(Effect.WORDING, new.id, what, old, new)
    before = {e.id: e for e in old.elements}
    for e in new.elements:
        if e.id in before:
            yield from _element(f"{new.id}.{e.id}", before.pop(e.id), e)
        else:
            effect = Effect.BREAKING if e.required else Effect.COMPATIBLE
            yield Change(
                effect, f"{new.id}.{e.id}", "added", new=f"{e.zh} {e.notation}{' required' if e.required else ''}"
            )
    for gone in before.values():
        yield Change(Effect.BREAKING, f"{new.id}.{gone.id}", "removed", old=gone.zh)


def _element(where: str, old: Element, new: Element) -> Iterator[Change]:
    if old.notation != new.notation:
        wider = Effect.COMPATIBLE if widened(old.type, new.type) else Effect.BREAKING
        yield Change(wider, where, "type", old.notation, new.notation)
    if old.required != new.required:
        effect = Effect.BREAKING if new.required else Effect.COMPATIBLE
        yield Change(effect, where, "required", _plain(old.required), _plain(new.required))
    for what in ("codes", "check", "refers", "minimum"):
        effect = Effect.COMPATIBLE if _loosened(what, getattr(old, what), getattr(new, what)) else Effect.BREAKING
        yield from _differs(effect, where, what, old, new)
    yield from _differs(Effect.COMPATIBLE if new.lines else Effect.BREAKING, where, "lines", old, new)
    for what in ("many", "unit", "sensitivity", "mask"):
        yield from _differs(Effect.BREAKING, where, what, old, new)
    for what in ("zh", "en", "definition_zh", "definition_en", "basis", "example", "source", "since", "until"):
        yield from _differs(Effect.WORDING, where, what, old, new)


def widened(old: Notation, new: Notation) -> bool:
    """Does `new` take every value that `old` takes?

    >>> from zhijian.spec.notation import read
    >>> widened(read("C18"), read("C..20")), widened(read("N..6"), read("N..6,2")), widened(read("C..20"), read("C20"))
    (True, False, False)
    """
    if old.kind == new.kind == "text":
        return old == new or (not new.exact and new.length >= old.length)
    numbers = ("integer", "decimal")
    if old.kind in numbers and new.kind in numbers:
        return new.places >= old.places and new.length - new.places >= old.length - old.places
    return old == new


def _loosened(what: str, old: Any, new: Any) -> bool:
    """A limit that went. A lower minimum is one, too; none stands for 0, see `jsonschema`."""
    return (new or 0) <= (old or 0) if what == "minimum" else new is None


def _codelists(old: Specification, new: Specification) -> Iterator[Change]:
    for name, codes in new.codelists.items():
        if name in old.codelists:
            yield from _codes(name, old.codelists[name], codes)
        else:
            yield Change(Effect.COMPATIBLE, f"#{name}", "added")
    for name in old.codelists:
        if name not in new.codelists:
            yield Change(Effect.BREAKING, f"#{name}", "removed")


def _codes(name: str, old: Mapping[str, CodeEntry], new: Mapping[str, CodeEntry]) -> Iterator[Change]:
    for code, entry in new.items():
        if code not in old:
            yield Change(Effect.COMPATIBLE, f"#{name}/{code}", "added", new=entry.zh)
        else:
            where = f"#{name}/{code}"
            for what in ("zh", "en"):
                yield from _differs(Effect.WORDING, where, what, old[code], entry)
            for what, longer in _lengthened(old[code], entry).items():
                yield from _differs(Effect.COMPATIBLE if longer else Effect.BREAKING, where, what, old[code], entry)
    for code, entry in old.items():
        if code not in new:
            yield Change(Effect.BREAKING, f"#{name}/{code}", "removed", old=entry.zh)


def _lengthened(old: CodeEntry, new: CodeEntry) -> dict[str, bool]:
    """Of each end: may the code be used on every day on which it could be before?"""
    return {
        "valid_from": (new.valid_from or date.min) <= (old.valid_from or date.min),
        "valid_to": (new.valid_to or date.max) >= (old.valid_to or date.max),
    }


def _differs(effect: Effect, where: str, what: str, old: Any, new: Any) -> Iterator[Change]:
    before, after = getattr(old, what), getattr(new, what)
    if before != after:
        yield Change(effect, where, what, _plain(before), _plain(after))


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(f"{k} → {v}" for k, v in value.items()) if isinstance(value, Mapping) else str(value or "")
