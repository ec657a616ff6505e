"""Words of the pages. Chinese is the source and the key; English comes from locale/en*.yaml.

>>> Say("en", {"共 {count} 页": "{count} pages"})("共 {count} 页", count=6)
Markup('6 pages')
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from markupsafe import Markup, escape

from zhijian.kit import yaml_text

Lang = Literal["zh", "en"]
REMEMBERED = 10_000
LOCALE = Path(__file__).parent / "locale"


def zh(text: str) -> str:
    """Marks a Chinese string in a table as one to be translated where it is used; a test looks for these calls."""
    return text


@dataclass(frozen=True, slots=True)
class Say:
    """One language. A missing translation shows the Chinese, never an error; a test sees to it that none is missing."""

    lang: Lang
    table: Mapping[str, str]
    words: dict[str, Markup] = field(default_factory=dict, compare=False, repr=False)
    """Those asked for so far, escaped: a page asks two hundred times."""

    def __call__(self, text: str, /, **values: object) -> Markup:
        """Values are escaped unless they are Markup; the text itself never holds markup."""
        words = self.words.get(text)
        if words is None:
            words = escape(self.table.get(text, text))
            if len(self.words) < REMEMBERED:
                self.words[text] = words
        if not values:
            return words
        # What Markup.format does with bare names in braces, and no text has others (a test sees to it): in a third of the time.
        return Markup(str.format(words, **{name: escape(value) for name, value in values.items()}))  # noqa: S704

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
