"""The key facts of a report as a text that anyone can write again, and its digest.

One fact a line, `name=value`, in the order of the specification; items as `item.N.name=value`. UTF-8, NFC, lines end
with LF, items by their number, absent values left out, several values joined by `、`. The digest (SM3) is what institution and node sign, and
what the six-symbol verifier binds to the code. A person with the paper in hand can check it line by line.

>>> print(text("91330000MA00000000", {"own_number": "S-1", "items": [{"seq": 1, "parameter": "铅", "result": "<0.02"}]}))
zhijian-facts-v1
uscc=91330000MA00000000
own_number=S-1
item.1.parameter=铅
item.1.result=<0.02
<BLANKLINE>
"""

import unicodedata
from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from zhijian.kit.signing import sm3

KEY_FACTS = (
    "own_number", "cma_marked", "certificate_number", "title", "form", "kind", "client_name", "sample_name", "sample_no",
    "sample_count", "sample_batch", "producer", "sampled_on", "received_on", "tested_from", "tested_to", "signatory",
    "issued_on", "verdict", "conclusion", "file_pages", "file_digest_algorithm", "file_digest",
)  # fmt: skip
KEY_ITEM_FACTS = ("parameter", "standard", "result", "unit", "limit", "verdict")


def text(uscc: str, report: Mapping[str, Any]) -> str:
    """Key facts of `report` (JSON values as in the specification)."""
    lines = ["zhijian-facts-v1", f"uscc={uscc}"]
    for name in KEY_FACTS:
        if (value := report.get(name)) is not None:
            lines.append(f"{name}={_plain(value)}")
    for item in sorted(report["items"], key=itemgetter("seq")):
        for name in KEY_ITEM_FACTS:
            if (value := item.get(name)) is not None:
                lines.append(f"item.{item['seq']}.{name}={_plain(value)}")
    return "\n".join(lines) + "\n"


def digest(uscc: str, report: Mapping[str, Any]) -> bytes:
    """SM3 of the facts, 32 bytes."""
    return sm3(text(uscc, report).encode())


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    # Each value by itself: a combining mark at its beginning must not join the equals sign.
    return unicodedata.normalize("NFC", str(value))
