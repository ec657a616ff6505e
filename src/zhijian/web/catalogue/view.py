"""What each page of the catalogue shows, out of the specification."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from zhijian.spec import Entity, Specification
from zhijian.spec.catalogue import Hit, example, find
from zhijian.spec.versions import Changes, Effect, compare, release, releases
from zhijian.web.say import Lang, zh

SHOWN = 200
"""Hits on a page; who gets more adds a word."""
FIELDS = ("q", "theme", "level", "kind")
LEVELS = {"public": zh("公开"), "client": zh("委托方"), "personal": zh("个人信息")}
KINDS = {"entity": zh("实体"), "element": zh("数据项"), "codelist": zh("代码表"), "code": zh("代码")}
EFFECTS = {Effect.BREAKING: zh("不兼容"), Effect.COMPATIBLE: zh("兼容"), Effect.WORDING: zh("措辞")}
DOWNLOADS = (("template", zh("Excel 模板")), ("json-schema", "JSON Schema"), ("parquet", "Parquet schema"),
             ("odcs", "ODCS"), ("sql", "SQL"), ("json", "JSON"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: words, theme, sensitivity of an element, kind of thing."""

    q: str = ""
    theme: str = ""
    level: str = ""
    kind: str = ""

    def unknown(self, spec: Specification) -> tuple[str, ...]:
        """Filters that have no such value."""
        there = {"theme": spec.codelists["theme"], "level": LEVELS, "kind": KINDS}
        return tuple(n for n, values in there.items() if getattr(self, n) not in ("", *values))

    @property
    def searches(self) -> bool:
        return bool(self.q or self.level or self.kind)

    def without(self, name: str) -> str:
        """Address of the same page with one filter less."""
        kept = {n: value for n in FIELDS if n != name and (value := getattr(self, n))}
        return "/spec" + (f"?{urlencode(kept)}" if kept else "")


def spoken(lang: Lang) -> dict[str, Callable[[Any], str]]:
    """How a thing with `zh` and `en` is called: `said` in the reader's language, `other` in the other one, `short` without brackets."""
    first, second = ("en", "zh") if lang == "en" else ("zh", "en")
    return {
        "said": lambda thing: str(getattr(thing, first)),
        "other": lambda thing: str(getattr(thing, second)),
        "short": lambda thing: str(getattr(thing, first)).split("（")[0],
    }


def index_view(spec: Specification, asked: Asked) -> dict[str, Any]:
    if unknown := asked.unknown(spec):
        kept = {n: v for n in FIELDS if n not in unknown and (v := getattr(asked, n))}
        wrong = [(n, getattr(asked, n)) for n in unknown]
        return {"wrong": wrong, "clear": "/spec" + (f"?{urlencode(kept)}" if kept else ""), "found": (), "count": 0,
                "grouped": [], "levels": LEVELS, "kinds": KINDS}  # fmt: skip
    found: tuple[Hit, ...] = ()
    if asked.searches:
        found = find(spec, asked.q, theme=asked.theme, sensitivity=asked.level)
        found = tuple(h for h in found if asked.kind in ("", h.kind))
    grouped = [
        (code, entities)
        for name, code in spec.codelists["theme"].items()
        if asked.theme in ("", name) and (entities := [e for e in spec.entities.values() if e.theme == name])
    ]
    return {
        "wrong": [],
        "found": found[:SHOWN],
        "count": len(found),
        "grouped": grouped,
        "levels": LEVELS,
        "kinds": KINDS,
    }


def entity_view(spec: Specification, entity: Entity) -> dict[str, Any]:
    record = json.dumps(example(spec, entity.id), ensure_ascii=False, indent=2)
    within = [e for e in spec.entities.values() if entity.id in e.parts.values()]
    return {"entity": entity, "levels": LEVELS, "downloads": DOWNLOADS, "record": record, "within": within,
            "nested": [(part, spec.entities[of]) for part, of in entity.parts.items()]}  # fmt: skip


def lists_view(spec: Specification) -> dict[str, Any]:
    return {"lists": [(name, codes, _used(spec, name)) for name, codes in spec.codelists.items()]}


def codelist_view(spec: Specification, name: str) -> dict[str, Any]:
    codes = spec.codelists[name]
    dated = any(c.valid_from or c.valid_to for c in codes.values())
    return {"name": name, "codes": codes, "dated": dated, "used": _used(spec, name)}


def changes_view(spec: Specification) -> dict[str, Any]:
    return {"history": _history(spec.version), "effects": EFFECTS}


def missing_view(spec: Specification, name: str) -> dict[str, Any]:
    """What holds the words of `name`, or else is spelt much like it."""
    near = find(spec, name.replace("_", " "))
    if not near:
        alike = get_close_matches(name.casefold(), [*spec.entities, *spec.codelists], n=3)
        near = tuple(h for h in find(spec, "") if h.where.lstrip("#") in alike)
    return {"name": name, "near": near[:10], "kinds": KINDS}


def _used(spec: Specification, name: str) -> list[tuple[Entity, str]]:
    return [(entity, e.id) for entity in spec.entities.values() for e in entity.elements if e.codes == name]


@cache
def _history(version: str) -> tuple[Changes, ...]:
    """Newest first, up to `version`."""
    versions = [*(v for v in releases() if v != version), version]
    return tuple(compare(release(old), release(new)) for old, new in reversed(list(pairwise(versions))))
