"""Personal data and clients as the public may see them. Masks keep enough to recognise, not enough to learn.

>>> name("王小明"), phone("13812345678"), organisation("杭州示例环保科技有限公司")
('王＊＊', '138＊＊＊＊5678', '杭州示＊＊＊＊＊有限公司')
>>> contact("wang@example.com"), words("请打 138.1234-5678，微信 zhang3")
('w＊＊＊@example.com', '请打 1＊＊＊＊＊＊＊＊＊＊＊＊，微信 z＊＊＊＊＊')
"""

import re

STAR = "＊"
_ENDINGS = (
    "股份有限公司",
    "有限责任公司",
    "有限公司",
    "中心",
    "医院",
    "学校",
    "公司",
    "超市",
    "商行",
    "店",
    "厂",
    "局",
    "院",
    "站",
)


def name(text: str) -> str:
    """Surname kept, the rest starred. A lone character is starred whole."""
    return text[:1] + STAR * (len(text) - 1) if len(text) > 1 else STAR


def phone(text: str) -> str:
    """First three and last four digits kept when there are more than eight."""
    return text[:3] + STAR * (len(text) - 7) + text[-4:] if len(text) > 8 else STAR * len(text)


def organisation(text: str) -> str:
    """First three characters and the legal ending kept. A natural person's name is masked as a name."""
    ending = next((e for e in _ENDINGS if text.endswith(e) and text != e), "")
    if not ending and len(text) <= 4:
        return name(text)
    head, middle = text[:3], text[3 : len(text) - len(ending)]
    if len(text) - len(ending) <= 3:
        head, middle = text[:1], text[1 : len(text) - len(ending)]
    return head + STAR * len(middle) + ending


def address(text: str) -> str:
    """First six characters (province and city) kept."""
    return text[:6] + STAR * max(0, len(text) - 6)


def contact(text: str) -> str:
    """A phone number as one; an address of mail with its first character and host; anything else starred whole."""
    if mail := _MAIL.fullmatch(text):
        return text[:1] + STAR * max(1, len(mail["person"]) - 1) + "@" + words(mail["host"])
    return phone(text) if _PHONE.fullmatch(text) else STAR * len(text)


_PHONE = re.compile(r"[\d\s+()-]+")
_MAIL = re.compile(r"(?P<person>[^\s@]+)@(?P<host>(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,})")
_BETWEEN = rf"(?:[^\w{STAR}]|_)*"
"""Whatever stands between the digits of one number: anything but letters, and what is starred already."""
_NUMBER = re.compile(rf"\d(?:{_BETWEEN}\d){{6,}}[XxＸｘ]?")
_MAIL_IN_WORDS = re.compile(rf"[\w.+{STAR}-]+@[\w.{STAR}-]+")
"""Looked for after the numbers, for a number can have an @ between its digits; what is starred by then may be part of it."""
_ACCOUNT = re.compile(
    r"((?<![A-Za-z])(?:[QqＱｑ]{2}|微信|薇信|威信|V信|[vw]x|we-?chat|weixin)[^A-Za-z0-9Ａ-Ｚａ-ｚ０-９＊]{0,8}?"
    rf"(?:(?:ID|号)[^A-Za-z0-9＊]{{0,4}}?)?)(\d(?:{_BETWEEN}\d){{3,}}|[A-Za-z0-9Ａ-Ｚａ-ｚ０-９_.-]{{4,}})",
    re.IGNORECASE,
)


def words(text: str) -> str:
    """What a person wrote, without what leads to people: numbers of seven digits and more (phones, identity cards) however
    they are written, addresses of mail, and what is said to be an account of QQ or WeChat."""
    text = _ACCOUNT.sub(lambda found: found[1] + _starred(found[2]), text)
    for pattern in (_NUMBER, _MAIL_IN_WORDS):
        text = pattern.sub(lambda found: _starred(found[0]), text)
    return text


def _starred(text: str) -> str:
    return text[:1] + STAR * (len(text) - 1)
