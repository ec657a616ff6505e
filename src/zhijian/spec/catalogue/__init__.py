"""What whoever uses the specification looks up and takes away: search, example records, and an entity in every form.

>>> from zhijian.spec import specification
>>> [hit.where for hit in find(specification(), "签发日期")]
['report.issued_on']
>>> form(specification(), "site", "json-schema").name
'site.schema.json'
"""

from zhijian.spec.catalogue.examples import example
from zhijian.spec.catalogue.forms import FORMS, JSON, Form, form
from zhijian.spec.catalogue.search import Hit, find
from zhijian.spec.catalogue.sql import as_sql

__all__ = ["FORMS", "JSON", "Form", "Hit", "as_sql", "example", "find", "form"]
