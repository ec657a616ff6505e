"""Versions that were released, each the file that `zhijian spec export` wrote on that day and nobody changes."""

import json
from importlib.resources import files

from zhijian.spec.load import SpecificationWrong, specification, version_key
from zhijian.spec.model import Specification
from zhijian.spec.versions.export import from_data


def releases() -> tuple[str, ...]:
    """Oldest first.

    >>> releases()[0]
    '0.1.0'
    """
    names = (f.name for f in (files("zhijian.spec") / "released").iterdir())
    return tuple(sorted((n.removesuffix(".json") for n in names if n.endswith(".json")), key=version_key))


def release(version: str) -> Specification:
    """That version; the one that this package ships counts, too.

    Raises: SpecificationWrong.
    """
    if version in releases():
        return from_data(json.loads((files("zhijian.spec") / "released" / f"{version}.json").read_text("utf-8")))
    if version == specification().version:
        return specification()
    raise SpecificationWrong(f"no version {version}; there are {', '.join((*releases(), specification().version))}")
