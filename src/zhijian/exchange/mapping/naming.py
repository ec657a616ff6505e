"""How much a column's header looks like an element's name: by its names and other names, by pinyin, by shared words. Pure."""

import re
from collections.abc import Iterable
from functools import lru_cache

from zhijian.exchange.bound import plain
from zhijian.spec import Element, Entity

Scored = tuple[float, str]
"""0–1, and the evidence in Chinese; empty where there is none."""
NONE: Scored = (0.0, "")
_INITIALS = {1: 0.3, 2: 0.66, 3: 0.78, 4: 0.88}
_MANY_INITIALS = 0.92


@lru_cache(maxsize=4096)
def initials(name: str) -> str:
    """
    >>> initials("证书编号"), initials("CMA证书号")
    ('zsbh', 'cmazsh')
    """
    from pypinyin import Style, lazy_pinyin  # half a second to load, and most commands spell nothing

    return plain("".join(lazy_pinyin(name, style=Style.FIRST_LETTER))).lower()


@lru_cache(maxsize=4096)
def spelt(name: str) -> str:
    """
    >>> spelt("证书")
    'zhengshu'
    """
    from pypinyin import lazy_pinyin

    return plain("".join(lazy_pinyin(name))).lower()


@lru_cache(maxsize=4096)
def _plain(name: str) -> str:
    return plain(name)


def name_score(header: str, element: Element) -> Scored:
    """
    >>> from zhijian.spec import specification
    >>> number = specification().entities["certificate"].element("number")
    >>> name_score("证书编号", number), name_score("zsbh", number)[0], name_score("颜色", number)
    ((1.0, '列名就是“证书编号”'), 0.95, (0.0, ''))
    """
    bare = _plain(header)
    best: Scored = NONE
    for rank, name in enumerate((element.zh, element.id, element.en, *element.aliases)):
        found = _against(bare, name, own=rank == 0)
        best = max(best, found)
    return best


@lru_cache(maxsize=1 << 17)
def _against(bare: str, name: str, own: bool) -> Scored:
    other = _plain(name)
    if bare == other:
        return (1.0, f"列名就是“{name}”") if own else (0.95, f"列名是“{name}”")
    if not bare or not other:
        return NONE
    if bare.isascii():
        return _pinyin(bare, name) if not other.isascii() else _alike(bare, other, name)
    return NONE if other.isascii() else _alike(bare, other, name)


def _pinyin(bare: str, name: str) -> Scored:
    if bare == spelt(name):
        return 0.93, f"列名是“{name}”的拼音"
    short = initials(name)
    if bare == short:
        return _INITIALS.get(len(bare), _MANY_INITIALS), f"列名是“{name}”的拼音首字母"
    if len(bare) >= 3 and short.startswith(bare) and len(bare) / len(short) >= 0.6:
        return 0.62, f"列名是“{name}”拼音首字母的开头"
    return NONE


def _alike(bare: str, other: str, name: str) -> Scored:
    if bare.isascii():
        return NONE
    if len(other) >= 2 and other in bare:
        return 0.58 + 0.3 * len(other) / len(bare), f"列名里有“{name}”"
    if len(bare) >= 2 and bare in other:
        return 0.5 + 0.3 * len(bare) / len(other), f"列名是“{name}”的一部分"
    shared = _pairs(bare) & _pairs(other)
    dice = 2 * len(shared) / (len(_pairs(bare)) + len(_pairs(other)))
    return (0.7 * dice, f"列名与“{name}”相近") if dice >= 0.4 else NONE


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)} or {text}


def table_score(name: str, entity: Entity) -> Scored:
    """How much a table's name looks like an entity's."""
    stem = name.rsplit(".", 1)[0] if "." in name else name
    titles = dict.fromkeys(t for t in (entity.zh, entity.sheet, entity.id) if t)
    best: Scored = NONE
    for title in titles:
        if plain(stem) == plain(title):
            return 1.0, f"表名就是“{title}”"
        for word in _words(stem):
            whole = plain(title) if not word.isascii() else spelt(title) if not title.isascii() else plain(title)
            if word == whole or (len(word) >= 2 and not word.isascii() and (word in whole or whole in word)):
                best = max(best, (0.8, f"表名里有“{title}”的字"))
            elif len(word) >= 5 and word in whole:
                best = max(best, (0.7, f"表名像“{title}”的拼音"))
    return best


def _words(stem: str) -> Iterable[str]:
    return [plain(w) for w in re.split(r"[_\W]+", stem) if w]
