"""Templates, words and static names brought together. One Renderer serves the whole door."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from secrets import token_hex
from urllib.parse import parse_qsl, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from zhijian.documents import MAX_BYTES
from zhijian.web import dates
from zhijian.web.prefs import Prefs
from zhijian.web.say import Lang, Say, languages
from zhijian.web.settings import DoorSettings
from zhijian.web.words import STATES

TEMPLATES = Path(__file__).parent / "templates"
PHOTO_MOST_MB = 30
"""What a browser on a small phone can still unpack."""
TIME_HERE = f"time-{token_hex(16)}"
"""Stands in a cached body where the time of the question goes. Random, so that no data can hold it."""


class Renderer:
    def __init__(self, settings: DoorSettings, clock: Callable[[], datetime], folder: str = "public") -> None:
        """`folder`: where the door's templates lie."""
        self._settings, self._clock, self._folder = settings, clock, folder
        self._languages = languages()
        self._env = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,  # a page has eighteen parts, and each would be looked for on the disk each time
        )
        assets = static_names(settings.static_dir)
        self._env.globals.update(
            asset=lambda name: f"/static/{assets.get(name, name)}",
            dates=dates,
            hosts=" ".join({settings.public_host, *settings.other_hosts}),
            public_host=settings.public_host,
            demo=settings.demo,
            states=STATES,
            photo_most_mb=PHOTO_MOST_MB,
            upload_most_mb=MAX_BYTES >> 20,
            part=lru_cache(maxsize=64)(self._part),
        )

    def page(self, template: str, prefs: Prefs, query: str = "", **values: object) -> str:
        """`query` is that of the request: the links for language and size keep the rest of it."""
        t = self._languages[prefs.lang]
        kept = [pair for pair in parse_qsl(query) if pair[0] not in {"lang", "size"}]
        return self._env.get_template(f"{self._folder}/{template}").render(
            t=t,
            prefs=prefs,
            lang_link="?" + urlencode([*kept, ("lang", "zh" if prefs.lang == "en" else "en")]),
            size_link="?" + urlencode([*kept, ("size", "normal" if prefs.size == "large" else "large")]),
            **values,
        )

    def _part(self, template: str, lang: Lang, **values: str | bool) -> Markup:
        """A part that every page of its kind has, word for word: made once."""
        return Markup(self._env.get_template(f"public/parts/{template}").render(t=self._languages[lang], **values))  # noqa: S704

    def say(self, prefs: Prefs) -> Say:
        return self._languages[prefs.lang]

    def now(self) -> datetime:
        return self._clock()


class TimeNow:
    """The clock's time as bytes of a page or document, written once a second."""

    def __init__(self, clock: Callable[[], datetime], write: Callable[[datetime], str]) -> None:
        self._clock, self._write = clock, write
        self._second = datetime.min.replace(tzinfo=UTC)
        self._written = b""

    def __call__(self) -> bytes:
        second = self._clock().replace(microsecond=0)
        if second != self._second:
            self._second, self._written = second, self._write(second).encode()
        return self._written


def static_names(static_dir: Path) -> dict[str, str]:
    """From the names in templates to the built ones, which carry a hash of their content. Empty before the build."""
    manifest = static_dir / "manifest.json"
    if not manifest.is_file():
        return {}
    names: dict[str, str] = json.loads(manifest.read_text("utf-8"))
    return names
