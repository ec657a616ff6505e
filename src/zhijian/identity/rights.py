"""What each role may do: `data/rights.csv`, one act a line, a column a role. It decides and is shown, so that nobody has to guess."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from zhijian.kit.principal import Role

_FILE = Path(__file__).parent / "data" / "rights.csv"


@dataclass(frozen=True, slots=True)
class Act:
    id: str
    zh: str
    en: str
    roles: frozenset[Role]


@cache
def rights() -> dict[str, Act]:
    """Act → who may.

    >>> Role.CLERK in rights()["cases.see"].roles, Role.AUDITOR in rights()["audit.see"].roles
    (False, True)
    """
    with _FILE.open(encoding="utf-8", newline="") as file:
        return {
            row["act"]: Act(row["act"], row["zh"], row["en"], frozenset(r for r in Role if row[r.value] == "1"))
            for row in csv.DictReader(file)
        }


@cache
def acts_of(role: Role) -> frozenset[str]:
    return frozenset(act.id for act in rights().values() if role in act.roles)
