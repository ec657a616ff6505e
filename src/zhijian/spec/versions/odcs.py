"""The specification as a data contract of the Open Data Contract Standard 3.1.0 (bitol-io.github.io), for tools that read those.

A mapping by hand: what the standard has no word for (`refers`, `check`, masks, who is the source) are custom properties.
"""

from typing import Any

from zhijian.spec.model import Element, Entity, Specification

_LOGICAL = {
    "text": "string",
    "integer": "integer",
    "decimal": "number",
    "date": "date",
    "datetime": "timestamp",
    "bool": "boolean",
}


def as_contract(spec: Specification) -> dict[str, Any]:
    """Plain values for YAML or JSON."""
    return {
        "apiVersion": "v3.1.0", "kind": "DataContract", "id": "zhijian-specification", "name": "zhijian_specification",
        "version": spec.version, "status": "draft", "domain": "inspection-and-testing",
        "description": {"purpose": "检验检测领域的数据规范 Data specification of inspection and testing"},
        "schema": [_object(spec, e) for e in spec.entities.values()],
    }  # fmt: skip


def _object(spec: Specification, entity: Entity) -> dict[str, Any]:
    nested = [
        {"name": part, "logicalType": "array", "required": True, "items": {"name": of, "logicalType": "object"}}
        for part, of in entity.parts.items()
    ]
    return {
        "name": entity.id, "businessName": f"{entity.zh} {entity.en}", "logicalType": "object", "physicalName": entity.id,
        "description": f"{entity.definition_zh} {entity.definition_en}", "tags": [entity.theme] if entity.theme else [],
        "customProperties": _custom(basis=entity.basis, source=entity.source, since=entity.since),
        "properties": [*(_property(spec, entity, e) for e in entity.elements), *nested],
    }  # fmt: skip


def _property(spec: Specification, entity: Entity, e: Element) -> dict[str, Any]:
    one: dict[str, Any] = {"logicalType": _LOGICAL[e.type.kind], "physicalType": e.notation}
    if options := _options(e):
        one["logicalTypeOptions"] = options
    made = {"name": e.id, "businessName": f"{e.zh} {e.en}", "required": e.required, "classification": e.sensitivity}
    made |= {"logicalType": "array", "items": {"name": e.id, **one}} if e.many else one
    if about := f"{e.definition_zh} {e.definition_en}".strip():
        made["description"] = about
    if e.id in entity.key:
        made |= {"primaryKey": True, "primaryKeyPosition": entity.key.index(e.id) + 1}
    codes = list(spec.codelists[e.codes]) if e.codes else None
    return made | {
        "customProperties": _custom(
            codes=codes, check=e.check, refers=e.refers, mask=e.mask, unit=e.unit, basis=e.basis, source=e.source,
            since=e.since, until=e.until,
        )
    }  # fmt: skip


def _options(e: Element) -> dict[str, Any]:
    if e.type.kind == "text":
        return {"minLength": e.type.length if e.type.exact else 1, "maxLength": e.type.length}
    if e.type.kind == "integer":
        return {"minimum": e.minimum or 0, "maximum": 10**e.type.length - 1}
    if e.type.kind == "decimal":
        return {"minimum": e.minimum or 0, "exclusiveMaximum": 10 ** (e.type.length - e.type.places)}
    return {}


def _custom(**told: Any) -> list[dict[str, Any]]:
    return [{"property": name, "value": value} for name, value in told.items() if value]
