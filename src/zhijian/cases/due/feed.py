"""What is due as a calendar (RFC 5545): an all-day event each. Pure: items in, bytes out."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from zhijian.cases.due.model import KINDS, Item

LONGEST = 75
"""Octets of a line, its end not counted (3.1)."""


def calendar(
    items: Iterable[Item], at: datetime, host: str, link: Callable[[Item], str], lang: Literal["zh", "en"] = "zh"
) -> bytes:
    """Items without a day are left out. An item keeps its UID from day to day, so that a calendar moves it and adds none."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Zhijian//Due//ZH", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
             "X-WR-CALNAME:" + text("智检到期事项" if lang == "zh" else "Zhijian: due"), "REFRESH-INTERVAL;VALUE=DURATION:PT12H"]  # fmt: skip
    for one in items:
        if one.due_on is not None:
            lines += _event(one, one.due_on, at, host, link(one), lang)
    return b"".join(piece for line in [*lines, "END:VCALENDAR"] for piece in folded(line))


def _event(one: Item, on: date, at: datetime, host: str, link: str, lang: str) -> list[str]:
    what = one.zh if lang == "zh" else one.en
    kind = KINDS[one.kind]
    why = "；".join(filter(None, (one.basis, kind.note)))
    return [
        "BEGIN:VEVENT",
        f"UID:{hashlib.sha256(one.key.encode()).hexdigest()[:32]}@{host}",
        f"DTSTAMP:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{on + timedelta(days=1):%Y%m%d}",
        "SUMMARY:" + text(f"{what}（{one.name}）" if one.name else what),
        *(["DESCRIPTION:" + text(why)] if why else []),
        "CATEGORIES:" + text(kind.zh if lang == "zh" else kind.en),
        f"URL:{link}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def text(value: str) -> str:
    r"""A value of type TEXT (3.3.11): what would end or part it is escaped, other control characters are dropped.

    >>> text("甲；乙, a;b\\c\nd")
    '甲；乙\\, a\\;b\\\\c\\nd'
    """
    for mark in "\\;,":
        value = value.replace(mark, "\\" + mark)
    value = value.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return "".join(ch for ch in value if ch >= " " and ch != "\x7f")


def folded(line: str) -> Iterator[bytes]:
    """With CRLF, no piece longer than 75 octets, no character cut in two.

    >>> [len(piece) for piece in folded("SUMMARY:" + "检" * 40)]
    [76, 57]
    """
    piece = b""
    for ch in line:
        raw = ch.encode()
        if len(piece) + len(raw) > LONGEST:
            yield piece + b"\r\n"
            piece = b" "
        piece += raw
    yield piece + b"\r\n"
