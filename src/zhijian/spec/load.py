"""Read the specification out of its files: one YAML an entity, one CSV a code list."""

import csv
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from zhijian.kit import yaml_text
from zhijian.spec.model import CodeEntry, Element, Entity, Specification
from zhijian.spec.notation import read as read_notation
from zhijian.spec.values import CHECKS

VERSION = "0.1.0"


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
    return spec


def _sorted(folder: Traversable, ending: str) -> list[Traversable]:
    return sorted((f for f in folder.iterdir() if f.name.endswith(ending)), key=lambda f: f.name)


def _stem(file: Traversable) -> str:
    return file.name.rsplit(".", 1)[0]


def _codelist(file: Traversable) -> dict[str, CodeEntry]:
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    return {row["code"]: CodeEntry(row["code"], row["zh"], row["en"]) for row in rows}


def _entity(file: Traversable) -> Entity:
    raw = yaml_text.read(file.read_text(encoding="utf-8"))
    return Entity(
        id=raw["entity"], zh=raw["title"]["zh"], en=raw["title"]["en"],
        definition_zh=raw["definition"]["zh"], definition_en=raw["definition"]["en"],
        basis=raw["basis"], key=tuple(raw["key"]), parts=raw.get("parts", {}),
        elements=tuple(_element(raw["entity"], e) for e in raw["elements"]), sheet=raw.get("sheet", ""),
    )  # fmt: skip


_KNOWN = {"id", "zh", "en", "type", "required", "many", "codes", "check", "refers", "sensitivity", "mask", "minimum",
          "unit", "basis", "lines", "example"}  # fmt: skip


def _element(entity: str, raw: dict[str, Any]) -> Element:
    if unknown := set(raw) - _KNOWN:
        raise SpecificationWrong(f"{entity}.{raw.get('id')}: unknown property {sorted(unknown)}")
    return Element(
        id=raw["id"], zh=raw["zh"], en=raw["en"], notation=raw["type"], type=read_notation(raw["type"]),
        required=raw.get("required", False), many=raw.get("many", False), codes=raw.get("codes"),
        check=raw.get("check"), refers=raw.get("refers"), sensitivity=raw.get("sensitivity", "public"),
        mask=raw.get("mask"), minimum=raw.get("minimum"), unit=raw.get("unit"), basis=raw.get("basis"),
        lines=raw.get("lines", False),
        example=raw.get("example"),
    )  # fmt: skip


def _agree(spec: Specification) -> None:
    for entity in spec.entities.values():
        ids = [e.id for e in entity.elements]
        if len(ids) != len(set(ids)) or not set(entity.key) <= set(ids):
            raise SpecificationWrong(f"{entity.id}: an element twice, or a key that is no element")
        for element in entity.elements:
            known = {"codes": spec.codelists, "refers": spec.entities, "check": CHECKS}
            for what, names in known.items():
                if (name := getattr(element, what)) is not None and name not in names:
                    raise SpecificationWrong(f"{entity.id}.{element.id}: no such {what} {name!r}")
