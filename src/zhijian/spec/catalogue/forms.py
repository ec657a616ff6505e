"""One entity in every form in which programs and people take it: bytes with the name of their file."""

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from zhijian.kit import yaml_text
from zhijian.spec.catalogue.examples import example
from zhijian.spec.catalogue.sql import as_sql
from zhijian.spec.jsonschema import json_schema
from zhijian.spec.model import Specification
from zhijian.spec.parquet import parquet_schema

JSON, YAML, PLAIN = "application/json", "application/yaml", "text/plain; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Form:
    name: str
    """Of the file."""
    media_type: str
    content: bytes


def form(spec: Specification, entity_id: str, kind: str) -> Form:
    """Raises: KeyError for an entity or a form (see `FORMS`) that there is not."""
    ending, media_type, make = FORMS[kind]
    return Form(f"{spec.entities[entity_id].id}{ending}", media_type, make(spec, entity_id))


def parquet_file(spec: Specification, entity_id: str) -> bytes:
    """A file without rows that carries the schema: it opens in whatever reads Parquet."""
    from pyarrow import parquet

    out = io.BytesIO()
    schema = parquet_schema(spec, entity_id)
    parquet.write_table(schema.empty_table(), out)
    return out.getvalue()


def only(spec: Specification, entity_id: str) -> Specification:
    """The specification with this entity, those nested in it, and the code lists that they use."""
    named = (entity_id, *spec.entities[entity_id].parts.values())
    entities = {name: spec.entities[name] for name in named}
    lists = {e.codes for entity in entities.values() for e in entity.elements} | {"theme", "source"}
    return replace(spec, entities=entities, codelists={n: c for n, c in spec.codelists.items() if n in lists})


def _schema(spec: Specification, entity_id: str) -> bytes:
    return _json({"$schema": "https://json-schema.org/draft/2020-12/schema"} | json_schema(spec, entity_id))


def _data(spec: Specification, entity_id: str) -> bytes:
    from zhijian.spec.versions import as_data

    return _json(as_data(only(spec, entity_id)))


def _odcs(spec: Specification, entity_id: str) -> bytes:
    from zhijian.spec.versions import as_contract

    return yaml_text.write(as_contract(only(spec, entity_id))).encode()


def _template(_: Specification, entity_id: str) -> bytes:
    """Of the specification that this package ships: a workbook names its version."""
    from zhijian.spec.workbook import template  # openpyxl takes half a second to load

    return template([entity_id])


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


FORMS: Mapping[str, tuple[str, str, Callable[[Specification, str], bytes]]] = {
    "json": (".json", JSON, _data),
    "json-schema": (".schema.json", JSON, _schema),
    "template": (".xlsx", XLSX, _template),
    "parquet": (".parquet", "application/vnd.apache.parquet", parquet_file),
    "odcs": (".odcs.yaml", YAML, _odcs),
    "sql": (".sql", PLAIN, lambda spec, entity_id: as_sql(spec, [entity_id]).encode()),
    "example": (".example.json", JSON, lambda spec, entity_id: _json(example(spec, entity_id))),
}
"""Form → ending of the file's name, media type, maker."""
