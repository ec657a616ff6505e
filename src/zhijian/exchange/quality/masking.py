"""What of a column's values may stand in a report: personal data and clients masked, by the specification or by the header.

A report is passed on; the rows that are to be mended stay with whoever has them anyway and are not masked.
"""

import re
from collections.abc import Callable, Mapping

from zhijian.exchange.bound import BoundColumn
from zhijian.kit import mask

MASKS: Mapping[str, Callable[[str], str]] = {
    "name": mask.name,
    "phone": mask.phone,
    "contact": mask.contact,
    "organisation": mask.organisation,
    "address": mask.address,
    "words": mask.words,
}
_NAMES = re.compile("姓名|联系人|负责人|法定代表人|法人代表|签字人|检验员|检测员|采样人|抽样人|送样人|经办人")
_WAYS = re.compile("电话|手机|身份证|证件号|住址|邮箱|微信|phone|mobile|e-?mail|id_?card", re.IGNORECASE)
_PERSON = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|[1-6]\d{5}(?:19|20)\d{9}[\dXx])(?!\d)")
"""A mobile number or an identity card's, wherever it stands."""


def mask_of(column: BoundColumn) -> Callable[[str], str] | None:
    """None: its values may be shown, but see `shown`."""
    if column.element is not None:
        if column.element.sensitivity == "public":
            return None
        return MASKS.get(column.element.mask or "", _all)
    if _NAMES.search(column.column.name):
        return mask.name
    return mask.contact if _WAYS.search(column.column.name) else None


def shown(column: BoundColumn | None, value: str) -> str:
    """`value` as a report may show it; numbers of phones and identity cards are starred in any column.

    >>> shown(None, "张三 13812345678")
    '张三 1＊＊＊＊＊＊＊＊＊＊'
    """
    hide = mask_of(column) if column else None
    return hide(value) if hide else _PERSON.sub(lambda found: found[0][:1] + mask.STAR * (len(found[0]) - 1), value)


def _all(text: str) -> str:
    return mask.STAR * len(text)
