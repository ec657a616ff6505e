"""Sheets for laboratories without a system of their own: templates out of the specification, and what people fill in.

`template` makes an .xlsx, `read` gives its records as the JSON API takes them, each field with its cell; `annotated` gives
the workbook back with its wrong cells marked. What the platform answers is put at its cell by `refused`, and `receipts`
lists it. Nothing here knows a database or HTTP. `read` and `annotated` take a stranger's bytes: call them in a process of
their own (`zhijian.kit.aside`).

>>> from zhijian.spec.workbook import read, template
>>> site = {"site_no": "S1", "name": "总部", "division": "330100", "address": "某路 1 号", "used_from": "2020-01-01"}
>>> found = read(template(["site"], {"site": [site]}), ["site"])
>>> found.records == [site], found.locate("/name", 0).cell
(True, 'B3')
"""

from zhijian.spec.workbook.guard import checked
from zhijian.spec.workbook.making import template
from zhijian.spec.workbook.marking import annotated
from zhijian.spec.workbook.model import MAX_BYTES, Finding, Place, Read, Row, WorkbookRefused
from zhijian.spec.workbook.outcome import Receipt, receipts, refused
from zhijian.spec.workbook.reading import read
from zhijian.spec.workbook.writing import as_text

__all__ = ["MAX_BYTES", "Finding", "Place", "Read", "Receipt", "Row", "WorkbookRefused", "annotated", "as_text", "checked", "read",
           "receipts", "refused", "template"]  # fmt: skip
