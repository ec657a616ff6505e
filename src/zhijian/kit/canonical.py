"""One spelling of a JSON document, for digests over it. Formats that are published rest on it: not a byte may change."""

import json
from typing import Any


def canonical(document: Any) -> bytes:
    """Keys in order, no blanks, UTF-8 as it is. Hand it no floats: they have no one spelling that all languages write.

    >>> canonical({"b": 1, "a": "甲"}).decode()
    '{"a":"甲","b":1}'
    """
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
