"""Mappings that come with the package, by name."""

from importlib.resources import files
from pathlib import Path

from zhijian.exchange.mapping.model import SchemaMapping
from zhijian.exchange.mapping.reading import read_mapping
from zhijian.spec import Specification


def shipped() -> dict[str, str]:
    """Name → YAML."""
    folder = files("zhijian.exchange.mapping").joinpath("shipped")
    found = sorted((f for f in folder.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    return {f.name.removesuffix(".yaml"): f.read_text(encoding="utf-8") for f in found}


def mapping_of(name: str, spec: Specification) -> SchemaMapping:
    """`name`: a file, or the name of a shipped one. Raises: MappingWrong, OSError, KeyError (neither)."""
    path = Path(name)
    if path.is_file():
        return read_mapping(path.read_text(encoding="utf-8-sig"), spec)
    return read_mapping(shipped()[name], spec)
