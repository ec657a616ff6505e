"""Rows of a table that are no lines: titles, page feet, remarks; and what titles say of certificate, site and days."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from zhijian.registry.scope_table.grid import Spot
from zhijian.spec.measure import NotReadable, read_day

_TITLE = re.compile(
    r"(证书编号|(检验检测)?机构名称|(检验检测|检测)?(场所|地址)(编号|地址|名称)?|(批准|生效|发证|签发)(日期|机关|部门)?|有效(期|日期)[^:]{0,6}|领域)\s*:"
    r"|(.{0,30}(证书附表|能力附表|能力范围|能力表)(\(续.{0,3}\))?|\d{12}|\(?续表.{0,4}|\(?以下空白\)?|第\s*\S{1,5}\s*页.*|共\s*\S{1,5}\s*页.*|page\b.*|[-_—*=\s]+)$",
    re.I,
)
_REMARK = re.compile(r"(备?注|说明|附注|填表说明|note)\s*\d*\s*[:.、]|注\s*\d", re.I)
_DAY = r"\d{4}\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2}\s*日?"


@dataclass(frozen=True, slots=True)
class Said:
    """What titles say. None where they do not."""

    number: str | None = None
    site_no: str | None = None
    valid_from: str | None = None

    def with_row(self, own: Sequence[Spot]) -> "Said":
        text = unicodedata.normalize("NFKC", " ".join(s.line for s in own))
        number = re.search(r"证书编号\s*:?\s*(\d{12})(?!\d)", text)
        site = re.search(r"场所编号\s*:?\s*(\S{1,10})(?!\S)", text)
        first = re.search(rf"(?:批准|生效)日期\s*:?\s*({_DAY})", text)
        said = self
        if number:
            said = replace(said, number=number[1])
        if site:
            said = replace(said, site_no=site[1])
        if first:
            said = replace(said, valid_from=day(first[1]))
        return said


def day(text: str) -> str | None:
    """ISO; None for what is no day.

    >>> day("2026年1月3日"), day("2026/1/3"), day("2026-02-30")
    ('2026-01-03', '2026-01-03', None)
    """
    found = read_day(text)
    return None if isinstance(found, NotReadable) else found.isoformat()


def is_remark(own: Sequence[Spot]) -> bool:
    """A note under the table: what follows it in single cells belongs to it."""
    return bool(own) and _REMARK.match(_flat(own[0])) is not None


def is_furniture(own: Sequence[Spot]) -> bool:
    """All its cells are titles, page feet, labels with their values.

    >>> is_furniture([Spot("证书编号：161705070076", 1, 0), Spot("第 1 页 共 9 页", 1, 5)]), is_furniture([Spot("场所环境", 9, 3)])
    (True, False)
    """
    return bool(own) and (is_remark(own) or all(_TITLE.match(_flat(s)) for s in own))


def _flat(spot: Spot) -> str:
    return unicodedata.normalize("NFKC", spot.line).strip()
