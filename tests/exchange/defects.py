"""Classes of defects that are planted in clean tables at known places, to see that each is found there.

A class stands in a module `defect_*.py` of this folder, in its list `DEFECTS`, beside others of its dimension.
"""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.exchange.clean import Tables

WHOLE = -1


@dataclass(frozen=True)
class Planted:
    entity: str
    row: int
    """Index into the entity's rows, from 0; `WHOLE` where the column or the table is concerned."""
    column: str


@dataclass(frozen=True)
class Defect:
    id: str
    check: str
    """Id of the check that must find it."""
    zh: str
    plant: Callable[[Tables, Random, int], list[Planted]]
    """Damages `n` places in the tables and says where."""


def _collected() -> list[Defect]:
    names = sorted(m.name for m in pkgutil.iter_modules([str(Path(__file__).parent)]) if m.name.startswith("defect_"))
    modules = [importlib.import_module(f"tests.exchange.{name}") for name in names]
    return [defect for module in modules for defect in module.DEFECTS]


def defects() -> list[Defect]:
    """All classes. A function, for the modules import this one."""
    return _collected()


def __getattr__(name: str) -> list[Defect]:
    if name == "DEFECTS":
        return _collected()
    raise AttributeError(name)
