"""The facts of a report as a text that anyone can write again, and its digest.

One fact a line, `name=value`, every element of the specification that the report has, by name in the order of ASCII;
then the items by their number, as `item.N.name=value`. UTF-8, NFC, lines end with LF, absent values and empty lists
left out, a list one line an entry: `item.N.name.1=value`. The digest (SM3) is what institution and node sign, and
what the six-symbol verifier binds to the code: nothing that was registered can be changed under it.

>>> print(text("91330000MA00000000", {"own_number": "S-1", "items": [
...     {"seq": 1, "parameter": "铅", "result": "<0.02", "instruments": ["YQ-1", "YQ-7"]}]}))
zhijian-facts-v1
uscc=91330000MA00000000
own_number=S-1
item.1.instruments.1=YQ-1
item.1.instruments.2=YQ-7
item.1.parameter=铅
item.1.result=<0.02
<BLANKLINE>
"""

import unicodedata
from collections.abc import Iterator, Mapping
from operator import itemgetter
from typing import Any

from zhijian.kit.signing import sm3
from zhijian.spec import specification

_SPEC = specification()
REPORT_FACTS = tuple(sorted(e.id for e in _SPEC.entities["report"].elements if e.id != "uscc"))
ITEM_FACTS = tuple(sorted(e.id for e in _SPEC.entities["report_item"].elements if e.id != "seq"))


def text(uscc: str, report: Mapping[str, Any]) -> str:
    """Facts of `report` (JSON values as in the specification, or a row of the table)."""
    lines = ["zhijian-facts-v1", f"uscc={uscc}", *_lines("", REPORT_FACTS, report)]
    for item in sorted(report["items"], key=itemgetter("seq")):
        lines += _lines(f"item.{item['seq']}.", ITEM_FACTS, item)
    return "\n".join(lines) + "\n"


def digest(uscc: str, report: Mapping[str, Any]) -> bytes:
    """SM3 of the facts, 32 bytes."""
    return sm3(text(uscc, report).encode())


def _lines(prefix: str, names: tuple[str, ...], record: Mapping[str, Any]) -> Iterator[str]:
    for name in names:
        value = record.get(name)
        if value is None:
            continue
        if type(value) is list:
            for n, one in enumerate(value, 1):
                yield f"{prefix}{name}.{n}={_plain(one)}"
        else:
            yield f"{prefix}{name}={_plain(value)}"


def _plain(value: object) -> str:
    if type(value) is not str:
        return "true" if value is True else "false" if value is False else str(value)
    # Each value by itself: a combining mark at its beginning must not join the equals sign.
    return value if value.isascii() else unicodedata.normalize("NFC", value)
