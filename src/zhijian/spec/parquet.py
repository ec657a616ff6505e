"""Parquet schema of an entity, derived from the specification: what a column-wise file of its records has to look like.

Nothing of pyarrow is imported until a schema is asked for: it takes a quarter of a second to load.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from zhijian.spec.model import Element, Entity, Specification

if TYPE_CHECKING:
    import pyarrow as pa

_OF_FIELD = (
    "zh",
    "en",
    "notation",
    "unit",
    "codes",
    "check",
    "refers",
    "sensitivity",
    "mask",
    "source",
    "since",
    "until",
)
"""What a field's metadata repeats of its element, where it is not empty."""


def parquet_schema(spec: Specification, entity_id: str) -> pa.Schema:
    """Columns in the element's order, nested records as list<struct> after them. Times are UTC in microseconds.

    An absent list and an empty one mean the same; a column is nullable where the element is not required.

    >>> from zhijian.spec import specification
    >>> schema = parquet_schema(specification(), "report")
    >>> str(schema.field("issued_on").type), schema.field("issued_on").metadata[b"zh"].decode()
    ('date32[day]', '签发日期')
    >>> schema.metadata[b"zhijian.entity"]
    b'report'
    """
    import pyarrow as pa

    entity = spec.entities[entity_id]
    about = {"zhijian.version": spec.version, "zhijian.entity": entity.id, "zhijian.key": ",".join(entity.key)}
    return pa.schema(_fields(spec, entity), metadata=about | _named(entity))


def _fields(spec: Specification, entity: Entity) -> list[pa.Field]:
    import pyarrow as pa

    fields = [pa.field(e.id, _type(e), nullable=not e.required, metadata=_about(e)) for e in entity.elements]
    for part, of in entity.parts.items():
        nested = spec.entities[of]
        struct = pa.struct(_fields(spec, nested))
        about = {"zhijian.entity": nested.id} | _named(nested)
        fields.append(
            pa.field(part, pa.list_(pa.field("item", struct, nullable=False)), nullable=False, metadata=about)
        )
    return fields


def _type(e: Element) -> pa.DataType:
    import pyarrow as pa

    made: Mapping[str, pa.DataType] = {
        "text": pa.string(), "date": pa.date32(), "datetime": pa.timestamp("us", tz="UTC"), "bool": pa.bool_(),
        "integer": pa.int64() if e.type.length > 9 else pa.int32(),
    }  # fmt: skip
    one = pa.decimal128(e.type.length, e.type.places) if e.type.kind == "decimal" else made[e.type.kind]
    return pa.list_(pa.field("item", one, nullable=False)) if e.many else one


def _named(entity: Entity) -> dict[str, str]:
    return {"zh": entity.zh, "en": entity.en}


def _about(e: Element) -> dict[str, str]:
    return {name: str(value) for name in _OF_FIELD if (value := getattr(e, name))}
