"""Checks a record against the schema files by plain reading, with no help from the spec room."""

import csv
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

import zhijian

SPEC = Path(zhijian.__file__).parent / "spec"


@cache
def schema(entity: str) -> dict[str, Any]:
    return yaml.safe_load((SPEC / "schema" / f"{entity}.yaml").read_text(encoding="utf-8"))


@cache
def codes(name: str) -> set[str]:
    with (SPEC / "codelists" / f"{name}.csv").open(encoding="utf-8") as lines:
        return {row["code"] for row in csv.DictReader(lines)}


def problems(entity: str, record: dict[str, Any]) -> list[str]:
    elements = {one["id"]: one for one in schema(entity)["elements"]}
    parts = schema(entity).get("parts", {})
    found = [f"{entity}.{key} is not in the specification" for key in record if key not in elements | parts]
    for name, one in elements.items():
        if name not in record:
            if one.get("required"):
                found.append(f"{entity}.{name} is missing")
            continue
        values = record[name] if one.get("many") else [record[name]]
        found += [f"{entity}.{name}: {value!r}" for value in values if not _fits(value, one)]
    for name, part in parts.items():
        for row in record[name]:
            found += problems(part, row)
    return found


def _fits(value: Any, one: dict[str, Any]) -> bool:
    if one.get("codes") and value not in codes(one["codes"]):
        return False
    kind = one["type"]
    if kind == "bool":
        return isinstance(value, bool)
    if kind == "date":
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    if kind.startswith("N"):
        return isinstance(value, int | float) and value >= one.get("minimum", value)
    length = int(re.findall(r"\d+", kind)[0])
    right = len(value) <= length if ".." in kind else len(value) == length
    return isinstance(value, str) and right and value != "" and value == value.strip()
