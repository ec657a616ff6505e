"""Words by which institutions, standards and parameters are found: spellings, their forms for comparison, pinyin. Pure."""

import re
import unicodedata
from functools import lru_cache

from zhijian.registry.model import normal_parameter, normal_standard, standard_without_year

_BARE = re.compile(r"[^0-9a-z\u3400-\u9fff]+")
MOST_BYTES = 2400
"""Of an institution's text: what an index can hold of one row."""
Term = tuple[str, str, str, str]
"""(kind, as it is said, key, stem), a row of `scope_term`."""


def plain(text: str) -> str:
    """Letters, digits and characters, in one width and case.

    >>> plain(" Ｚ-J 浙江（省）")
    'zj浙江省'
    """
    return _BARE.sub("", unicodedata.normalize("NFKC", text).casefold())


@lru_cache(maxsize=65536)
def initials(text: str) -> str:
    """
    >>> initials("浙江省粮油质检CMA")
    'zjslyzjcma'
    """
    from pypinyin import Style, lazy_pinyin  # half a second to load, and most commands spell nothing

    return plain("".join(lazy_pinyin(plain(text), style=Style.FIRST_LETTER)))


def spelt(text: str) -> str:
    """
    >>> spelt("重庆检测")
    'chongqingjiance'
    """
    from pypinyin import lazy_pinyin

    return plain("".join(lazy_pinyin(plain(text))))


def institution_text(uscc: str, name: str) -> str:
    """What a search for institutions looks in: name, initials, full pinyin, USCC, a line each.

    >>> institution_text("91330000X", "浙江质检").split()
    ['浙江质检', 'zjzj', 'zhejiangzhijian', '91330000x']
    """
    lines = [plain(name), initials(name), uscc.lower(), spelt(name)]
    text = "\n".join(lines[:2] + lines[3:] + lines[2:3])
    return text if len(text.encode()) <= MOST_BYTES else "\n".join(lines[:3])


def standard_term(said: str) -> Term:
    """
    >>> standard_term("gb 5009.12—2023")
    ('standard', 'gb 5009.12—2023', 'GB5009.12-2023', 'GB5009.12')
    """
    return "standard", said, normal_standard(said), standard_without_year(said)


def parameter_term(said: str) -> Term:
    """
    >>> parameter_term("铅 (Pb)")
    ('parameter', '铅 (Pb)', '铅(pb)', 'qpb')
    """
    return "parameter", said, normal_parameter(said), initials(said)
