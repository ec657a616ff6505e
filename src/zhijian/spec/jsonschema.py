"""JSON Schema (2020-12) of an entity, derived from the specification."""

from typing import Any

from zhijian.spec.model import Element, Specification

DATE = r"^[12][0-9]{3}-[0-9]{2}-[0-9]{2}$"
_CLEAN = r"^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$"
"""No control characters: facts are written one a line."""
_CLEAN_LINES = _CLEAN.replace(r"\u0000-\u001f", r"\u0000-\u0009\u000b-\u001f")


def json_schema(spec: Specification, entity_id: str, *, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Schema of one record with its parts nested. `without` leaves out elements that the caller fills in itself."""
    entity = spec.entities[entity_id]
    elements = [e for e in entity.elements if e.id not in without]
    properties: dict[str, Any] = {e.id: _property(spec, e) for e in elements}
    required = [e.id for e in elements if e.required]
    for part, nested in entity.parts.items():
        properties[part] = {
            "type": "array", "minItems": 1, "maxItems": 500, "items": json_schema(spec, nested),
            "title": spec.entities[nested].zh, "description": spec.entities[nested].en,
        }  # fmt: skip
        required.append(part)
    return {
        "type": "object", "title": entity.zh, "description": f"{entity.en}. {entity.definition_en}",
        "properties": properties, "required": required, "additionalProperties": False,
    }  # fmt: skip


def _property(spec: Specification, element: Element) -> dict[str, Any]:
    one = _value(spec, element)
    if element.many:
        one = {"type": "array", "items": one, "maxItems": 200, "minItems": 1 if element.required else 0}
    elif not element.required:
        # An absent value and null mean the same: not known, or does not apply.
        one = {**one, "type": [one["type"], "null"]}
        if "enum" in one:
            one["enum"] = [*one["enum"], None]
    about = [
        element.en,
        element.definition_en.rstrip("."),
        element.basis,
        f"unit {element.unit}" if element.unit else None,
        *_dated(spec, element),
    ]
    return {**one, "title": element.zh, "description": ". ".join(a for a in about if a)}


def _dated(spec: Specification, element: Element) -> list[str]:
    """The enumeration takes a code of any day, for records are of any day; which one is told."""
    codes = spec.codelists[element.codes].values() if element.codes else ()
    return [
        f"{c.code} from {c.valid_from or 'ever'} to {c.valid_to or 'now'}" for c in codes if c.valid_from or c.valid_to
    ]


def _value(spec: Specification, element: Element) -> dict[str, Any]:
    if element.codes:
        return {"type": "string", "enum": list(spec.codelists[element.codes])}
    kind, length = element.type.kind, element.type.length
    if kind == "text":
        # minLength alone lets blanks through, so that the pattern asks for one visible character.
        lengths = {"minLength": length if element.type.exact else 1, "maxLength": length}
        return {"type": "string", **lengths, "pattern": _CLEAN_LINES if element.lines else _CLEAN}
    if kind == "integer":
        return {"type": "integer", "minimum": element.minimum or 0, "maximum": 10**length - 1}
    if kind == "decimal":
        return {
            "type": "number",
            "minimum": element.minimum or 0,
            "exclusiveMaximum": 10 ** (length - element.type.places),
        }
    if kind == "bool":
        return {"type": "boolean"}
    return {
        "type": "string",
        "format": "date" if kind == "date" else "date-time",
        **({"pattern": DATE} if kind == "date" else {}),
    }
