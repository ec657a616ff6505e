"""Classes of defects against accessibility: columns and tables that cannot be recognised."""

from random import Random

from tests.exchange.clean import Tables
from tests.exchange.defects import WHOLE, Defect, Planted


def _renamed(tables: Tables, entity: str, names: dict[str, str]) -> None:
    tables[entity] = [{names.get(name, name): value for name, value in row.items()} for row in tables[entity]]


def _unknown_column(tables: Tables, rng: Random, n: int) -> list[Planted]:
    for i, row in enumerate(tables["credit"]):
        row["内部流水"] = f"L{i}"
    return [Planted("credit", WHOLE, "内部流水")]


def _header(tables: Tables, rng: Random, n: int) -> list[Planted]:
    _renamed(tables, "proficiency_result", {"judgement": "评 价"})
    return [Planted("proficiency_result", WHOLE, "judgement")]


def _table(tables: Tables, rng: Random, n: int) -> list[Planted]:
    _renamed(tables, "certificate_change", {name: f"F{i}" for i, name in enumerate(tables["certificate_change"][0])})
    return [Planted("certificate_change", WHOLE, "F0")]


DEFECTS = [
    Defect("unknown-column", "unknown-column", "有规范外的列", _unknown_column),
    Defect("header-spelling", "header-spelling", "列名写法不同", _header),
    Defect("table-unrecognised", "table-unrecognised", "整张表认不出来", _table),
]
