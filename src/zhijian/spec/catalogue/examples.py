"""A record of an entity as an example: every element filled in, valid by the entity's JSON Schema. Nobody in it exists."""

from decimal import Decimal
from typing import Any

from zhijian.spec.model import Element, Specification

_OF_CHECK = {"uscc": "91330100MA2EXAMP0L", "cma_number": "241112340186", "division": "330106",
             "standard_code": "GB 5009.12-2023", "hex64": "7c1d9e40b2a86f35d01c44be9a7f2286e5b30d9174cc58fa6e0b93d21f8467ab"}  # fmt: skip
_OF_KIND: dict[str, Any] = {"date": "2026-05-18", "datetime": "2026-05-18T09:30:00Z", "bool": True}
_REPEATED = {"report": "332608K70049M302AR", "certificate": "241112340186", "institution": "91330100MA2EXAMP0L"}
_CODES = {"code", "successor"}
"""Elements that hold the code of a report."""


def example(spec: Specification, entity_id: str) -> dict[str, Any]:
    """As the API takes it, in the order of the elements.

    >>> from zhijian.spec import specification
    >>> example(specification(), "report")["items"][0]["result"]
    '0.05'
    """
    entity = spec.entities[entity_id]
    record: dict[str, Any] = {e.id: value(spec, e) for e in entity.elements}
    return record | {part: [example(spec, of)] for part, of in entity.parts.items()}


def value(spec: Specification, e: Element) -> Any:
    if e.many:
        texts = e.example.split("；") if e.example else [None]
        return [_one(spec, e, text) for text in texts]
    return _one(spec, e, e.example)


def _one(spec: Specification, e: Element, text: str | None) -> Any:
    if e.codes:
        codes = spec.codelists[e.codes]
        return text if text in codes else next(iter(codes))
    if e.check in _OF_CHECK and (text is None or e.check == "hex64"):
        return _OF_CHECK[e.check]
    match e.type.kind:
        case "integer":
            return int(text) if text else max(e.minimum or 0, 1)
        case "decimal":
            return float(Decimal(text)) if text else float(e.minimum or 0) + 1.5
        case "text":
            return text or _words(e)
        case kind:
            return text or _OF_KIND[kind]


def _words(e: Element) -> str:
    if e.refers in _REPEATED:
        return _REPEATED[e.refers]
    if e.id in _CODES and e.type.length == 18:
        return _REPEATED["report"]
    if e.type.exact:
        return "A" * e.type.length
    return f"{e.zh.split('（')[0]}示例"[: e.type.length]
