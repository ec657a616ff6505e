"""What people type, paste or scan, made tidy before the house is asked. Which codes exist is not known here."""

import re
from dataclasses import dataclass
from unicodedata import normalize
from urllib.parse import unquote, urlsplit

from zhijian.web.service import CodeMalformed, parse

CODE_LENGTH = 18
VERIFIER_LENGTH = 6
MAX_VERIFIER = 12
"""Characters that a verifier typed by hand may have, with hyphens and slips. Longer tails are a QR's."""
MAX_TYPED = 2_000
"""Characters. The longest thing that is worth reading is the text of a QR."""


@dataclass(frozen=True, slots=True)
class Typed:
    text: str
    """Upper case, without spaces and hyphens."""
    tail: str | None = None
    """The verifier when it stands behind the code, or the last part of a QR's path."""
    host: str | None = None
    """Host of the address when an address was given."""


def is_canonical(text: str) -> bool:
    """Whether the house writes this code so. Other spellings are redirected: limits and caches must see one name.

    >>> is_canonical("332608K7M4QX72RD9C"), is_canonical("3326O8K7M4QX72RD9C"), is_canonical("332608K7MAQX72RD9C")
    (True, False, False)
    """
    try:
        return parse(text) == text
    except CodeMalformed:
        return False


def tidy(text: str) -> str:
    """
    >>> tidy(" 3326-08k7 ｍ4qx—72rd9c ")
    '332608K7M4QX72RD9C'
    """
    bare = re.sub(rf"[\s\-‐-―－_.·{_UNSEEN}]+", "", normalize("NFKC", text[:MAX_TYPED]))
    # Again: what a blank kept apart, a letter and an accent, may have become one.
    return normalize("NFKC", bare.upper())


_UNSEEN = "\u00ad\u200b-\u200f\u2060\ufeff"
"""Soft hyphens, zero-width marks: they come along when text is copied."""
_QUOTES = "\"'`“”‘’«»「」『』《》〈〉<>【】[]()（）"
_ADDRESS = re.compile(rf"https?://[^\s{re.escape(_QUOTES)},;，。；、]+", re.IGNORECASE)
_NO_SCHEME = re.compile(r"(?:[a-z0-9-]+\.)+[a-z0-9-]+(?::\d+)?/\S+", re.IGNORECASE)
_LABELS = re.compile(
    r"(?:检验检测)?(?:报告)?(?:统一)?(?:编码|校验码)\s*(?:是|为)?\s*:?|^\W*(?:report\s+)?code\b\s*(?:no\.?|number)?\s*[:#]?"
    r"|\bverifier\b\s*:?",
    re.IGNORECASE,
)
"""What stands before code and verifier on reports and in messages; a code begins with two digits, so none is one."""


def read_typed(text: str) -> Typed:
    """As people type and paste: the address of a page, the text of a QR, or a code with its label and in quotes.

    >>> read_typed("报告编码：“3326-08K7-M4QX-72RD-9C” 校验码：7KQ2MX")
    Typed(text='332608K7M4QX72RD9C', tail='7KQ2MX', host=None)
    >>> read_typed("HTTPS://VERIFY.EXAMPLE/332608K7M4QX72RD9C/7KQ2MX0A")
    Typed(text='332608K7M4QX72RD9C', tail='7KQ2MX0A', host='verify.example')
    """
    text = normalize("NFKC", text.strip()[:MAX_TYPED])
    address = _ADDRESS.search(text)
    if address:
        return _read_address(address[0])
    bare = text.strip(_QUOTES + " \t\r\n")
    if _NO_SCHEME.fullmatch(bare):
        return _read_address(f"https://{bare}")
    plain = tidy(_LABELS.sub(" ", bare).translate(_NO_QUOTES))
    if len(plain) == CODE_LENGTH + VERIFIER_LENGTH and plain.isalnum():
        return Typed(plain[:CODE_LENGTH], plain[CODE_LENGTH:])
    return Typed(plain)


_NO_QUOTES = str.maketrans("", "", _QUOTES + ",;，；、。")


def _read_address(text: str) -> Typed:
    try:
        parts = urlsplit(text)
        host = parts.netloc.rpartition("@")[2].lower()
    except ValueError:
        return Typed(tidy(text))
    steps = [unquote(step) for step in parts.path.split("/") if step]
    if steps and steps[0] in {"v", "V"}:
        steps = steps[1:]
    code = tidy(steps[0]) if steps else ""
    return Typed(code, steps[1].upper() if len(steps) > 1 else None, host)
