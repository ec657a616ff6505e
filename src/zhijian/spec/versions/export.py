"""The whole specification as one JSON value, in the shape of its YAML, and back.

What has its default is left out, so that a file of an old version stays what it was when the model grows.
"""

from collections.abc import Mapping
from typing import Any

from zhijian.spec.load import SpecificationWrong, code_of, entity_of, version_key
from zhijian.spec.model import FIRST, CodeEntry, Element, Entity, Specification


def as_data(spec: Specification) -> dict[str, Any]:
    """Plain values for JSON or YAML.

    >>> from zhijian.spec.load import specification
    >>> from_data(as_data(specification())) == specification()
    True
    """
    return {
        "version": spec.version,
        "entities": [_entity(e) for e in spec.entities.values()],
        "codelists": {name: [_code(c) for c in codes.values()] for name, codes in spec.codelists.items()},
    }


def from_data(data: Mapping[str, Any]) -> Specification:
    """Raises: SpecificationWrong where the value is no specification."""
    try:
        version_key(data["version"])
        entities = [entity_of(raw) for raw in data["entities"]]
        lists = {name: {c["code"]: code_of(name, c) for c in codes} for name, codes in data["codelists"].items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SpecificationWrong(f"no export of a specification: {type(error).__name__} {error}") from error
    return Specification(data["version"], {e.id: e for e in entities}, lists)


def _code(c: CodeEntry) -> dict[str, str]:
    days = {"from": c.valid_from, "to": c.valid_to}
    return {"code": c.code, "zh": c.zh, "en": c.en} | {end: day.isoformat() for end, day in days.items() if day}


def _entity(e: Entity) -> dict[str, Any]:
    told = {"theme": e.theme, "source": e.source, "since": e.since, "sheet": e.sheet}
    return {
        "entity": e.id, "title": {"zh": e.zh, "en": e.en},
        "definition": {"zh": e.definition_zh, "en": e.definition_en},
        **{name: value for name, value in told.items() if value and (name, value) != ("since", FIRST)},
        "basis": e.basis, "key": list(e.key), **({"parts": dict(e.parts)} if e.parts else {}),
        "elements": [_element(e, one) for one in e.elements],
    }  # fmt: skip


_SAME_AS_ENTITY = ("source", "since")
_PLAIN = (
    "required",
    "many",
    "codes",
    "check",
    "refers",
    "mask",
    "minimum",
    "unit",
    "basis",
    "lines",
    "example",
    "until",
)


def _element(entity: Entity, e: Element) -> dict[str, Any]:
    made: dict[str, Any] = {"id": e.id, "zh": e.zh, "en": e.en, "type": e.notation}
    for name in _PLAIN:
        value = getattr(e, name)
        if value is not None and value is not False:
            made[name] = value
    if e.sensitivity != "public":
        made["sensitivity"] = e.sensitivity
    for name in _SAME_AS_ENTITY:
        if getattr(e, name) != getattr(entity, name):
            made[name] = getattr(e, name)
    if e.definition_zh or e.definition_en:
        made["definition"] = {"zh": e.definition_zh, "en": e.definition_en}
    if e.aliases:
        made["aliases"] = list(e.aliases)
    return made
