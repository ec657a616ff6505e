"""Areas by their codes (GB/T 2260): two digits a province, four a city, six a district; "" is the nation."""

import csv
import re
from functools import cache
from importlib.resources import files

from zhijian.spec import specification


def is_area(text: str) -> bool:
    """
    >>> [is_area(one) for one in ("", "33", "3301", "330106", "3", "99", "33a1")]
    [True, True, True, True, False, False, False]
    """
    return not text or (re.fullmatch(r"\d{2}|\d{4}|\d{6}", text, re.ASCII) is not None and text[:2] in _provinces())


def steps(area: str) -> list[str]:
    """The way down to an area, itself last.

    >>> steps("330106"), steps("")
    (['', '33', '3301', '330106'], [''])
    """
    return ["", *(area[:n] for n in (2, 4, 6) if n <= len(area))]


def name(area: str, lang: str = "zh") -> str:
    """Of a province or a city; where no name is held the code stands for it.

    >>> name("33"), name("3301"), name("33", "en"), name("330199")
    ('浙江省', '杭州市', 'Zhejiang', '330199')
    """
    if len(area) == 2 and area in _provinces():
        said = specification().codelists["province"][area]
        return said.en if lang == "en" else said.zh
    return _cities().get(area, area)


@cache
def _provinces() -> frozenset[str]:
    """Without the head office, which issues certificates but is no area."""
    return frozenset(specification().codelists["province"]) - {"10"}


@cache
def _cities() -> dict[str, str]:
    """Not all of them: those of which the project holds the name."""
    text = (files("zhijian.registry.areas") / "data" / "cities.csv").read_text("utf-8")
    return {row["code"]: row["zh"] for row in csv.DictReader(text.splitlines())}
