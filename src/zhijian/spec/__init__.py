"""What a record is: the one source of tables, JSON Schema, templates, checks and documentation.

One YAML an entity in `schema/`, one CSV a code list in `codelists/`; types in the field's notation (`C..200`,
`N..10,2`). Nothing here knows a database or HTTP.

>>> spec = specification()
>>> spec.entities["report"].element("issued_on").zh
'签发日期'
>>> json_schema(spec, "site")["required"]
['uscc', 'site_no', 'name', 'division', 'address', 'used_from']
"""

from zhijian.spec.docs import markdown
from zhijian.spec.jsonschema import json_schema
from zhijian.spec.load import SpecificationWrong, specification
from zhijian.spec.model import CodeEntry, Element, Entity, Specification
from zhijian.spec.parquet import parquet_schema
from zhijian.spec.values import CHECKS, Wrong, hidden

__all__ = ["CHECKS", "CodeEntry", "Element", "Entity", "Specification", "SpecificationWrong", "Wrong", "hidden",
           "json_schema", "markdown", "parquet_schema", "specification"]  # fmt: skip
