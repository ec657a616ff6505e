"""The report as a document: stamped, sealed, inspected. Bytes in, bytes or evidence out; no database, no HTTP, no clock.

Obeys ISO 32000-2 (incremental updates, associated files), PAdES B-B (ETSI EN 319 142-1) with ES256, and for OFD GB/T
33190-2016 and GB/T 38540-2020 with SM2 (`ofd_stamp`, `ofd_seal`). The order is given: `report` or a laboratory's own file → its digest is registered →
`stamp` → `seal` → the sealed file's digest is registered, too. `inspect` and `ofd_inspect` say what somebody holds. Why it is so:
docs/decisions/0008. Faces lie in `fonts/`, built by `make static`. All of it takes a core's time: call it aside (`kit.aside`).
Its modules are loaded by whoever imports them: the PDF libraries take a second.

>>> from datetime import UTC, datetime
>>> from zhijian.codes.document import inspect
>>> inspect.inspect(b"PK, no PDF", [], lambda kid, code: 1 / 0, datetime(2026, 11, 24, tzinfo=UTC))
Traceback (most recent call last):
zhijian.codes.document.refused.DocumentRefused: not-pdf: ... / This is no PDF (it does not begin with %PDF-); export it as PDF.
"""

from zhijian.codes.document.refused import DocumentRefused

__all__ = [
    "DocumentRefused",
    "certificates",
    "dossier",
    "found",
    "inspect",
    "ofd_inspect",
    "ofd_seal",
    "ofd_stamp",
    "protocol",
    "report",
    "seal",
    "seal_picture",
    "ses",
    "stamp",
]
