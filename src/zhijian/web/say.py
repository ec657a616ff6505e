"""Words of the pages. Chinese is the source and the key; English comes from locale/en*.yaml.

>>> Say("en", {"共 {count} 页": "{count} pages"})("共 {count} 页", count=6)
Markup('6 pages')
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from markupsafe import Markup, escape

from zhijian.kit import yaml_text

Lang = Literal["zh", "en"]
LOCALE = Path(__file__).parent / "locale"


def zh(text: str) -> str:
    """Marks a Chinese string in a table as one to be translated where it is used; a test looks for these calls."""
    return text


@dataclass(frozen=True, slots=True)
class Say:
    """One language. A missing translation shows the Chinese, never an error; a test sees to it that none is missing."""

    lang: Lang
    table: Mapping[str, str]

    def __call__(self, text: str, /, **values: object) -> Markup:
        """Values are escaped unless they are Markup; the text itself never holds markup."""
        words = escape(self.table.get(text, text))
        return words.format(**values) if values else words

    def join(self, parts: Iterable[Markup]) -> Markup:
        return escape("；" if self.lang == "zh" else "; ").join(parts)

    def listed(self, names: Iterable[str]) -> str:
        return ("、" if self.lang == "zh" else ", ").join(names)


@cache
def languages() -> Mapping[Lang, Say]:
    english: dict[str, str] = {}
    for file in sorted(LOCALE.glob("en*.yaml")):
        english |= yaml_text.read(file.read_text("utf-8"))
    return {"zh": Say("zh", {}), "en": Say("en", english)}
