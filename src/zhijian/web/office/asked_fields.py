"""Fields of an address that several lists have: area, days, page. Each says what it must be."""

from datetime import date

from zhijian.kit.scope import Scope
from zhijian.registry import areas
from zhijian.web.office.door import Asked, Wrong, field_of

PER_PAGE = 50


def text_of(asked: Asked, name: str, most: int = 100) -> str:
    return asked.query.get(name, "").strip()[:most]


def area_of(asked: Asked, name: str = "division") -> str:
    """Raises: Wrong."""
    found = text_of(asked, name, 20)
    if not areas.is_area(found):
        zh = "行政区划代码的前 2、4 或 6 位，如 3301"
        raise Wrong(name, found, zh, "the first 2, 4 or 6 digits of a division code, such as 3301")
    return found


def day_of(asked: Asked, name: str) -> date | None:
    """From 1980 to 2100. Raises: Wrong."""
    found = text_of(asked, name, 20)
    with field_of(name, found, "1980 到 2100 年间的日期，如 2026-12-31", "a day from 1980 to 2100, such as 2026-12-31"):
        day = date.fromisoformat(found) if found else None
        if day is not None and not 1980 <= day.year <= 2100:
            raise ValueError
        return day


def page_of(asked: Asked, most: int = 200) -> int:
    """Raises: Wrong."""
    found = text_of(asked, "page", 20)
    zh, en = (
        f"页码是 1 到 {most} 的整数；再往后请收窄条件",
        f"a page is a number from 1 to {most}; narrow the list to see more",
    )
    with field_of("page", found, zh, en):
        page = int(found or "1")
        if not 1 <= page <= most:
            raise ValueError
    return page


def choice_of(asked: Asked, name: str, known: tuple[str, ...], default: str) -> str:
    """Raises: Wrong."""
    found = text_of(asked, name, 40) or default
    if found not in known:
        raise Wrong(name, found, "、".join(filter(None, known)), ", ".join(filter(None, known)))
    return found


def home_of(scope: Scope) -> str:
    """The smallest area that holds all of a regulator's scope."""
    for some in (scope.divisions, scope.provinces):
        if some is not None and len(some) == 1:
            return min(some)
    return ""


def is_within(scope: Scope, area: str) -> bool:
    """Whether an area is a regulator's own, or a part of it. A laboratory has none."""
    if scope.institutions is not None:
        return False
    provinces = scope.provinces is None or area[:2] in scope.provinces
    return provinces and (scope.divisions is None or any(area.startswith(one) for one in scope.divisions))
