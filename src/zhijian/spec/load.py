"""Read the specification out of its files: one YAML an entity, one CSV a code list."""

import csv
import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from zhijian.kit import yaml_text
from zhijian.spec.model import FIRST, CodeEntry, Element, Entity, Specification
from zhijian.spec.notation import read as read_notation
from zhijian.spec.values import CHECKS

VERSION = "0.2.0"


class SpecificationWrong(Exception):
    """A file of the specification contradicts itself or another. Names file and element."""


@cache
def specification() -> Specification:
    """The specification that this package ships. Read once.

    Raises: SpecificationWrong.
    """
    home = files("zhijian.spec")
    lists = {_stem(f): _codelist(f) for f in _sorted(home / "codelists", ".csv")}
    entities = {_stem(f): _entity(f) for f in _sorted(home / "schema", ".yaml")}
    spec = Specification(VERSION, entities, lists)
    _agree(spec)
    _dated(spec)
    return spec


def _sorted(folder: Traversable, ending: str) -> list[Traversable]:
    return sorted((f for f in folder.iterdir() if f.name.endswith(ending)), key=lambda f: f.name)


def _stem(file: Traversable) -> str:
    return file.name.rsplit(".", 1)[0]


def _codelist(file: Traversable) -> dict[str, CodeEntry]:
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    return {row["code"]: code_of(_stem(file), row) for row in rows}


def code_of(name: str, raw: Mapping[str, str | None]) -> CodeEntry:
    """A code of the list `name` out of its row; `from` and `to` may be missing or empty.

    Raises: SpecificationWrong.
    """
    try:
        first, last = (date.fromisoformat(day) if (day := raw.get(end)) else None for end in ("from", "to"))
    except ValueError as wrong:
        raise SpecificationWrong(f"#{name}/{raw['code']}: from and to are days such as 2026-05-18") from wrong
    if first and last and last < first:
        raise SpecificationWrong(f"#{name}/{raw['code']}: {first} is after {last}")
    return CodeEntry(raw["code"] or "", raw["zh"] or "", raw["en"] or "", first, last)


def _entity(file: Traversable) -> Entity:
    return entity_of(yaml_text.read(file.read_text(encoding="utf-8")))


_KNOWN_OF_ENTITY = {
    "entity",
    "title",
    "definition",
    "basis",
    "key",
    "parts",
    "elements",
    "sheet",
    "theme",
    "source",
    "since",
}
_KNOWN = {"id", "zh", "en", "type", "required", "many", "codes", "check", "refers", "sensitivity", "mask", "minimum",
          "unit", "basis", "lines", "example", "definition", "source", "since", "until", "aliases"}  # fmt: skip


def entity_of(raw: Mapping[str, Any]) -> Entity:
    """An entity out of the values of its YAML.

    Raises: SpecificationWrong.
    """
    if unknown := set(raw) - _KNOWN_OF_ENTITY:
        raise SpecificationWrong(f"{raw.get('entity')}: unknown property {sorted(unknown)}")
    since, source = raw.get("since", FIRST), raw.get("source", "")
    return Entity(
        id=raw["entity"], zh=raw["title"]["zh"], en=raw["title"]["en"],
        definition_zh=raw["definition"]["zh"], definition_en=raw["definition"]["en"],
        basis=raw["basis"], key=tuple(raw["key"]), parts=raw.get("parts", {}),
        elements=tuple(_element(raw["entity"], {"since": since, "source": source} | e) for e in raw["elements"]),
        sheet=raw.get("sheet", ""), theme=raw.get("theme", ""), source=source, since=since,
    )  # fmt: skip


def _element(entity: str, raw: Mapping[str, Any]) -> Element:
    if unknown := set(raw) - _KNOWN:
        raise SpecificationWrong(f"{entity}.{raw.get('id')}: unknown property {sorted(unknown)}")
    definition = raw.get("definition", {})
    if not set(definition) <= {"zh", "en"}:
        # An English comma without quotes starts another key in YAML's inline form.
        raise SpecificationWrong(f"{entity}.{raw['id']}: definition has {sorted(definition)}; quote text with commas")
    return Element(
        id=raw["id"], zh=raw["zh"], en=raw["en"], notation=raw["type"], type=read_notation(raw["type"]),
        required=raw.get("required", False), many=raw.get("many", False), codes=raw.get("codes"),
        check=raw.get("check"), refers=raw.get("refers"), sensitivity=raw.get("sensitivity", "public"),
        mask=raw.get("mask"), minimum=raw.get("minimum"), unit=raw.get("unit"), basis=raw.get("basis"),
        lines=raw.get("lines", False), example=raw.get("example"),
        definition_zh=definition.get("zh", ""), definition_en=definition.get("en", ""),
        source=raw.get("source", ""), since=raw.get("since", FIRST), until=raw.get("until"),
        aliases=tuple(raw.get("aliases", ())),
    )  # fmt: skip


def version_key(version: str) -> tuple[int, ...]:
    """Versions in their order.

    >>> version_key("0.10.0") > version_key("0.9.2")
    True
    """
    if not re.fullmatch(r"(?:0|[1-9][0-9]{0,5})(?:\.(?:0|[1-9][0-9]{0,5})){2}", version):
        raise SpecificationWrong(f"version {version!r}: should be three numbers such as 0.2.0")
    return tuple(int(part) for part in version.split("."))


def _agree(spec: Specification) -> None:
    for entity in spec.entities.values():
        ids = [e.id for e in entity.elements]
        if len(ids) != len(set(ids)) or not set(entity.key) <= set(ids):
            raise SpecificationWrong(f"{entity.id}: an element twice, or a key that is no element")
        if entity.theme and entity.theme not in spec.codelists.get("theme", {}):
            raise SpecificationWrong(f"{entity.id}: no such theme {entity.theme!r}")
        for part, nested in entity.parts.items():
            if nested not in spec.entities or part in ids:
                raise SpecificationWrong(f"{entity.id}.{part}: no such entity {nested!r}, or an element of this name")
        for element in entity.elements:
            known = {"codes": spec.codelists, "refers": spec.entities, "check": CHECKS}
            for what, names in known.items():
                if (name := getattr(element, what)) is not None and name not in names:
                    raise SpecificationWrong(f"{entity.id}.{element.id}: no such {what} {name!r}")
            if element.source and element.source not in spec.codelists.get("source", {}):
                raise SpecificationWrong(f"{entity.id}.{element.id}: no such source {element.source!r}")


def _dated(spec: Specification) -> None:
    """Versions lie between the first and this one, and every element says what it means."""
    now = version_key(spec.version)
    for entity in spec.entities.values():
        for e in entity.elements:
            last = version_key(e.until or spec.version)
            if not version_key(entity.since) <= version_key(e.since) <= min(now, last):
                raise SpecificationWrong(f"{entity.id}.{e.id}: since {e.since}, until {e.until}: out of order")
            if not (e.definition_zh and e.definition_en):
                raise SpecificationWrong(f"{entity.id}.{e.id}: needs a definition in both languages")
        if entity.since != FIRST and not (entity.theme and entity.source):
            raise SpecificationWrong(f"{entity.id}: needs a theme and a source")
