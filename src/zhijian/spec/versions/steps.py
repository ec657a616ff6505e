"""Steps from one version to the next, as they stand in `released/upgrade/OLD-NEW.yaml`.

    from: 0.1.0
    to: 0.2.0
    renamed: {old_entity: new_entity}        # each may be left out
    entities:
      report:
        - {do: rename, element: sampled, to: sampled_on}
        - {do: default, element: form, value: 检测, zh: …, en: …}
    needless:
      - {change: report.title type, zh: why no record needs a step, en: …}

`do` is one of: rename, default, codes (`map`: old → new, or null for what goes), drop, cut (`length`), scale (`factor`: new =
old × factor), many (one value ↔ a list), into and out-of (`part`, `to`: between a record and those nested in it).
What loses or invents says why, in both languages.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from importlib.resources import files
from typing import Any

from zhijian.kit import yaml_text
from zhijian.spec.load import SpecificationWrong
from zhijian.spec.measure import NotReadable, read_number
from zhijian.spec.model import Specification
from zhijian.spec.versions.compare import Change, Changes, Effect

_NEEDS: Mapping[str, frozenset[str]] = {
    name: frozenset(needed.split())
    for name, needed in {
        "rename": "element to", "default": "element value zh en", "codes": "element map", "drop": "element zh en",
        "cut": "element length zh en", "scale": "element factor", "many": "element", "into": "element part to",
        "out-of": "element part to zh en",
    }.items()
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    do: str
    element: str
    to: str = ""
    part: str = ""
    value: Any = None
    map: Mapping[str, str | None] = field(default_factory=dict)
    length: int = 0
    factor: str = "1"
    zh: str = ""
    en: str = ""

    def scaled(self, value: float | str) -> int | float | str:
        """A text stays one, so that a sheet's digits are not rounded.

        >>> Step("scale", "fine", factor="0.0001").scaled(35000), Step("scale", "fine", factor="0.0001").scaled("35000")
        (3.5, '3.5')

        Raises: ArithmeticError where it is no number, or one beyond 30 powers of ten.
        """
        read = read_number(str(value))
        if isinstance(read, NotReadable):
            raise ArithmeticError(read.why)
        plain = f"{read * Decimal(self.factor):f}"
        plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
        if isinstance(value, str):
            return plain
        return int(plain) if "." not in plain else float(plain)


@dataclass(frozen=True, slots=True)
class StepFile:
    old: str
    new: str
    entities: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)
    """By the entity's new name."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    needless: Mapping[str, str] = field(default_factory=dict)
    """`where what` of a change that needs no step → why."""

    def of(self, entity: str) -> tuple[Step, ...]:
        return self.entities.get(entity, ())


def step_file(old: str, new: str) -> StepFile:
    """Raises: SpecificationWrong where there is none, or it is not right."""
    file = files("zhijian.spec") / "released" / "upgrade" / f"{old}-{new}.yaml"
    if not file.is_file():
        raise SpecificationWrong(f"there are no steps from {old} to {new}")
    return steps_of(yaml_text.read(file.read_text("utf-8")))


def steps_of(raw: Mapping[str, Any]) -> StepFile:
    """Steps out of the values of their YAML. Raises: SpecificationWrong."""
    try:
        entities = {name: tuple(_step(name, one) for one in of) for name, of in raw.get("entities", {}).items()}
        needless = {one["change"]: f"{one['zh']} {one['en']}" for one in raw.get("needless", ())}
        return StepFile(raw["from"], raw["to"], entities, raw.get("renamed", {}), needless)
    except (KeyError, TypeError, AttributeError) as wrong:
        raise SpecificationWrong(f"no steps of an upgrade: {type(wrong).__name__} {wrong}") from wrong


def _step(entity: str, raw: Mapping[str, Any]) -> Step:
    do = raw.get("do", "")
    known = {f.name for f in fields(Step)}
    if do not in _NEEDS or (unknown := set(raw) - known) or (missing := _NEEDS[do] - set(raw)):
        wrong = f"do {do!r}" if do not in _NEEDS else f"{sorted(unknown or missing)}"
        raise SpecificationWrong(f"step of {entity}: {wrong} is not known, or is missing: {dict(raw)}")
    if do == "codes" and None in raw["map"].values() and not (raw.get("zh") and raw.get("en")):
        raise SpecificationWrong(f"step of {entity}.{raw['element']}: a code that goes needs its reason, zh and en")
    return Step(**raw)


_MEETS: Mapping[str, frozenset[str]] = {
    "added": frozenset({"default", "rename", "into", "out-of"}), "required": frozenset({"default", "into", "out-of"}),
    "removed": frozenset({"drop", "rename", "into", "out-of"}), "type": frozenset({"cut", "scale", "codes"}),
    "codes": frozenset({"codes"}), "many": frozenset({"many"}), "unit": frozenset({"scale"}),
}  # fmt: skip
"""Which steps answer a change of an element. Any other change needs a reason why no record has to be touched."""


def uncovered(changes: Changes, steps: StepFile, new: Specification) -> tuple[Change, ...]:
    """Breaking changes for which there is neither a step nor a reason why none is needed."""
    return tuple(c for c in changes.of(Effect.BREAKING) if not _met(c, steps, new))


def _met(change: Change, steps: StepFile, new: Specification) -> bool:
    where, what = change.where, change.what
    if f"{where} {what}" in steps.needless:
        return True
    if where.startswith("#"):
        # A code that went has to be translated wherever its list is used.
        name, _, code = where[1:].partition("/")
        users = [(n, e.id) for n, entity in new.entities.items() for e in entity.elements if e.codes == name]
        return bool(code) and all(
            any(s.do == "codes" and s.element == e and code in s.map for s in steps.of(n)) for n, e in users
        )
    entity, _, element = where.partition(".")
    if not element:
        return (what == "removed" and entity in steps.renamed) or (
            what == "parts" and any(s.part for s in steps.of(entity))
        )
    return any(element in (s.element, s.to) and s.do in _MEETS.get(what, ()) for s in _near(steps, entity, new))


def _near(steps: StepFile, entity: str, new: Specification) -> tuple[Step, ...]:
    """Those of the entity, and those that move between it and one nested in it or around it."""
    parts = new.entities[entity].parts if entity in new.entities else {}
    around = {n for n, e in new.entities.items() if entity in e.parts.values()} | set(parts.values())
    return (*steps.of(entity), *(s for n in around for s in steps.of(n) if s.do in ("into", "out-of")))
