"""The number of a case: 浙检查〔2026〕0001, counted for each province and year. A proposal; the format lies here alone."""

import re
import unicodedata

from zhijian.cases.flow.model import CaseNo, CaseUnknown

SHORT = {
    "10": "国", "11": "京", "12": "津", "13": "冀", "14": "晋", "15": "蒙", "21": "辽", "22": "吉", "23": "黑", "31": "沪",
    "32": "苏", "33": "浙", "34": "皖", "35": "闽", "36": "赣", "37": "鲁", "41": "豫", "42": "鄂", "43": "湘", "44": "粤",
    "45": "桂", "46": "琼", "50": "渝", "51": "川", "52": "黔", "53": "滇", "54": "藏", "61": "陕", "62": "甘", "63": "青",
    "64": "宁", "65": "新",
}  # fmt: skip
"""GB/T 2260 → the province's short name; 国 is the national office."""
_FORM = re.compile(rf"([{''.join(SHORT.values())}])检查[〔\[(【]?(\d{{4}})[〕\])】-]?(\d{{1,7}})号?")


def number(province: str, year: int, count: int) -> CaseNo:
    """
    >>> number("33", 2026, 1)
    '浙检查〔2026〕0001'
    """
    return CaseNo(f"{SHORT[province]}检查〔{year}〕{count:04}")


def read_number(text: str) -> CaseNo:
    """As people type it: brackets of any kind, zeros and 号 free.

    Raises: CaseUnknown.

    >>> read_number(" 浙检查(2026)1号"), read_number("浙检查2026-1")
    ('浙检查〔2026〕0001', '浙检查〔2026〕0001')
    """
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text[:60]))
    if not (found := _FORM.fullmatch(plain)):
        raise CaseUnknown(text[:20])
    return CaseNo(f"{found[1]}检查〔{found[2]}〕{int(found[3]):04}")
