"""Checks on one value that a pattern alone cannot make. Each returns None, or why the value is wrong (zh, en).

A failed check of a credit code is a warning, not a refusal: genuine codes of the early pilot fail it.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from zhijian.kit.base31 import ALPHABET


class Wrong(NamedTuple):
    zh: str
    en: str
    warning: bool = False


def uscc(text: str) -> Wrong | None:
    """统一社会信用代码, GB 32100-2015: (31 − Σ cᵢ·3^(i−1) mod 31) mod 31.

    >>> uscc("91350203M0001QAY9B").warning
    True
    """
    if len(text) != 18 or any(ch not in ALPHABET for ch in text):
        return Wrong("应为 18 位数字或大写字母（不含 I、O、S、V、Z）", "18 digits or capitals without I, O, S, V, Z")
    total = sum(ALPHABET.index(ch) * pow(3, i, 31) for i, ch in enumerate(text[:17]))
    if ALPHABET[(31 - total % 31) % 31] != text[17]:
        return Wrong(
            "校验位不符，请与营业执照核对", "its check character does not match; compare with the licence", True
        )
    return None


def cma_number(text: str) -> Wrong | None:
    """资质认定证书编号: twelve digits YY AA FF II NNNN, no check digit.

    >>> cma_number("161705070076") is None
    True
    """
    if not re.fullmatch(r"[0-9]{12}", text):
        return Wrong("应为 12 位数字", "twelve digits")
    if int(text[2:4]) > 31:
        return Wrong("第 3、4 位（发证机关）应为 00 至 31", "digits 3 and 4, the authority, are 00 to 31")
    return None


def division(text: str) -> Wrong | None:
    """行政区划代码, GB/T 2260: six digits. Whether it was in force on a day is the registry's question."""
    return None if re.fullmatch(r"[1-6][0-9]{5}", text) else Wrong("应为 6 位行政区划代码", "six digits of GB/T 2260")


_STANDARD = re.compile(
    # GB/T 1.1-2020, DB33/T 310007-2021, DBS33/ 3004-2015, Q/YS 0001S-2021, ISO 17025:2017, ISO 4833-1:2013,
    # 农业部1025号公告-18-2008; or a method that is a book.
    r"[A-Z]{1,6}[0-9]{0,6}(?:/[A-Z0-9]{0,6})?\s?[A-Z]{0,2}\s?[0-9]+(?:\.[0-9]+)*[A-Z]?(?:-[0-9]{1,3}:|[-:])(?:(?:19|20)[0-9]{2}|[0-9]{2})(?![0-9]).*"
    r"|[\u4e00-\u9fff]{2,8}部(?:公告)?第?[0-9]+号(?:公告)?-[0-9]+-(?:19|20)[0-9]{2}|《.+》.*"
)


def standard_code(text: str) -> Wrong | None:
    """A standard's code with its year, such as GB 5009.12-2023.

    >>> standard_code("GB 5009.12-2023") is None, standard_code("GB 5009.12").en
    (True, 'a standard code with its year, such as GB 5009.12-2023')
    """
    if _STANDARD.fullmatch(text):
        return None
    return Wrong("应写标准编号和年号，如 GB 5009.12-2023", "a standard code with its year, such as GB 5009.12-2023")


def hex64(text: str) -> Wrong | None:
    """A 32-byte digest in lower-case hexadecimal."""
    return None if re.fullmatch(r"[0-9a-f]{64}", text) else Wrong("应为 64 位小写十六进制", "64 lower-case hex digits")


CHECKS: dict[str, Callable[[str], Wrong | None]] = {
    "uscc": uscc,
    "cma_number": cma_number,
    "division": division,
    "standard_code": standard_code,
    "hex64": hex64,
}

_HIDDEN = {"Cf", "Co", "Cn", "Cs"}
"""Zero-width, bidirectional, private and unassigned: nobody sees them, so that two facts could look like one."""


def hidden(text: str) -> str | None:
    """The first character of `text` that nobody sees.

    >>> hidden("a\u200bb"), hidden("甲　乙")
    ('\u200b', None)
    """
    return None if text.isprintable() else next((ch for ch in text if unicodedata.category(ch) in _HIDDEN), None)
