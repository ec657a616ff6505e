"""Bring a record from one version of the specification to a later one, by steps that are data (`released/upgrade/*.yaml`).

Nothing is lost or made up in silence: what the new version has no place for, and what it asks for and the old one did not
have, is told with its place. A record is not judged here; the new version's JSON Schema does that.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal

from zhijian.spec.load import SpecificationWrong, version_key
from zhijian.spec.model import Specification
from zhijian.spec.versions.releases import release, releases
from zhijian.spec.versions.steps import Step, StepFile, step_file

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """Something of a record that did not simply come along."""

    kind: Literal["lost", "invented"]
    where: str
    """JSON pointer into the record as it was (lost) or as it is now (invented)."""
    value: Any
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Upgraded:
    entity: str
    """As the new version calls it."""
    record: Record
    told: tuple[Told, ...]

    @property
    def lost(self) -> tuple[Told, ...]:
        return tuple(t for t in self.told if t.kind == "lost")

    @property
    def invented(self) -> tuple[Told, ...]:
        return tuple(t for t in self.told if t.kind == "invented")


def upgrade(record: Mapping[str, Any], entity: str, old: str, new: str) -> Upgraded:
    """The record as version `new` has it; the one given stays as it is.

    >>> upgrade({"uscc": "91330100MA2EXAMPL0", "colour": "blue"}, "institution", "0.1.0", "0.2.0").lost[0].where
    '/colour'

    Raises: SpecificationWrong for a version or an entity that there is not, and for going back.
    """
    return apply(record, entity, path(old, new))


def path(old: str, new: str) -> tuple[tuple[StepFile, Specification], ...]:
    """Steps of every version between, each with the specification that it leads to."""
    if version_key(new) < version_key(old):
        raise SpecificationWrong(f"from {old} to {new}: records go to a later version, not back")
    known = sorted({*releases(), release(old).version, release(new).version}, key=version_key)
    between = known[known.index(old) : known.index(new) + 1]
    return tuple((step_file(a, b), release(b)) for a, b in pairwise(between))


def apply(record: Mapping[str, Any], entity: str, way: Sequence[tuple[StepFile, Specification]]) -> Upgraded:
    """As `upgrade`, by these steps. Raises: SpecificationWrong for an entity that a version does not have."""
    made, told = dict(deepcopy(dict(record))), list[Told]()
    for steps, spec in way:
        entity = steps.renamed.get(entity, entity)
        if entity not in spec.entities:
            raise SpecificationWrong(f"no entity {entity!r} in version {spec.version}")
        work = _Work(steps, spec)
        work.run(entity, made, "")
        told += work.told
    return Upgraded(entity, made, tuple(told))


@dataclass(slots=True)
class _Work:
    steps: StepFile
    spec: Specification
    told: list[Told] = field(default_factory=list)

    def run(self, entity: str, record: Record, at: str) -> None:
        for step in self.steps.of(entity):
            _DO[step.do](self, record, step, at)
        parts = self.spec.entities[entity].parts
        for part, one, place in _nested(record, parts, at):
            self.run(parts[part], one, place)
        known = {e.id for e in self.spec.entities[entity].elements} | set(parts)
        for name in [n for n in record if n not in known]:
            self.lose(
                record,
                name,
                at,
                f"{self.spec.version} 版没有这一项",
                f"version {self.spec.version} has no such element",
            )

    def lose(self, record: Record, name: str, at: str, zh: str, en: str) -> None:
        value = record.pop(name)
        if value not in (None, "", []):
            self.told.append(Told("lost", f"{at}/{name}", value, zh, en))

    def rename(self, record: Record, step: Step, at: str) -> None:
        if step.element in record:
            if record.get(step.to) not in (None, ""):
                self.lose(record, step.element, at, f"{step.to} 已有值", f"{step.to} has a value already")
                return
            # In its old place: whoever reads a record expects its order.
            items = [(step.to if n == step.element else n, v) for n, v in record.items() if n != step.to]
            record.clear()
            record.update(items)

    def default(self, record: Record, step: Step, at: str) -> None:
        if record.get(step.element) in (None, "", []):
            record[step.element] = deepcopy(step.value)
            self.told.append(Told("invented", f"{at}/{step.element}", step.value, step.zh, step.en))

    def codes(self, record: Record, step: Step, at: str) -> None:
        def one(code: Any) -> Any:
            if code not in step.map:
                return code
            if step.map[code] is None:
                self.told.append(Told("lost", f"{at}/{step.element}", code, step.zh, step.en))
            return step.map[code]

        if isinstance(value := record.get(step.element), list):
            record[step.element] = [new for code in value if (new := one(code)) is not None]
        elif value is not None:
            record[step.element] = one(value)

    def drop(self, record: Record, step: Step, at: str) -> None:
        if step.element in record:
            self.lose(record, step.element, at, step.zh, step.en)

    def cut(self, record: Record, step: Step, at: str) -> None:
        value = record.get(step.element)
        if isinstance(value, str) and len(value) > step.length:
            self.told.append(Told("lost", f"{at}/{step.element}", value[step.length :], step.zh, step.en))
            record[step.element] = value[: step.length]

    def scale(self, record: Record, step: Step, at: str) -> None:
        value = record.get(step.element)
        if isinstance(value, int | float | str) and not isinstance(value, bool) and value != "":
            try:
                record[step.element] = step.scaled(value)
            except ArithmeticError:
                self.lose(
                    record,
                    step.element,
                    at,
                    "不是数字，不能换算单位",
                    "not a number, so that its unit cannot be converted",
                )

    def many(self, record: Record, step: Step, at: str) -> None:
        value = record.get(step.element)
        if isinstance(value, list):
            record[step.element] = value[0] if value else None
            self.told += [
                Told("lost", f"{at}/{step.element}/{n}", v, step.zh, step.en) for n, v in enumerate(value) if n
            ]
        elif value not in (None, ""):
            record[step.element] = [value]

    def into(self, record: Record, step: Step, at: str) -> None:
        """From the record into each of its nested ones."""
        value, nested = record.get(step.element), record.get(step.part) or []
        if not nested and step.element in record:
            self.lose(record, step.element, at, f"没有 {step.part} 可放", f"there is no {step.part} to hold it")
            return
        record.pop(step.element, None)
        for n, one in enumerate(nested):
            if value is not None and one.setdefault(step.to, value) != value:
                self.told.append(Told("lost", f"{at}/{step.element}", value, f"第 {n + 1} 个 {step.part} 已有另一个值",
                                      f"{step.part} {n + 1} has another value"))  # fmt: skip

    def out_of(self, record: Record, step: Step, at: str) -> None:
        """From the nested records up into theirs, where they agree."""
        found = [(n, one.pop(step.element)) for n, one in enumerate(record.get(step.part) or []) if step.element in one]
        held = record.get(step.to)
        for n, value in found:
            if held is None:
                record[step.to] = held = value
            elif value not in (None, held):
                self.told.append(Told("lost", f"{at}/{step.part}/{n}/{step.element}", value, step.zh, step.en))


_DO: Mapping[str, Callable[[_Work, Record, Step, str], None]] = {
    "rename": _Work.rename, "default": _Work.default, "codes": _Work.codes, "drop": _Work.drop, "cut": _Work.cut,
    "scale": _Work.scale, "many": _Work.many, "into": _Work.into, "out-of": _Work.out_of,
}  # fmt: skip


def _nested(record: Record, parts: Mapping[str, str], at: str) -> Iterator[tuple[str, Record, str]]:
    for part in parts:
        held = record.get(part)
        for n, one in enumerate(held if isinstance(held, list) else []):
            if isinstance(one, dict):
                yield part, one, f"{at}/{part}/{n}"
