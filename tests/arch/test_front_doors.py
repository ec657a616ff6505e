"""The house rules that import-linter cannot say, read off the import graph."""

import importlib
from functools import cache
from pathlib import Path

import grimp

ROOMS = {"cases", "codes", "exchange", "lookups", "registry", "spec", "synthetic", "webhooks"}
OPEN = {"events", "model"}
"""What of a room may be entered besides its front door: see docs/decisions/0003."""
SUBROOMS = {"zhijian.codes.log", "zhijian.codes.document", "zhijian.registry.scope_table"}
SUBROOMS |= {f"zhijian.spec.{room}" for room in ("catalogue", "measure", "versions", "workbook")}
SUBROOMS |= {f"zhijian.registry.{room}" for room in ("areas", "drafts", "listing", "replaced", "search")}
SUBROOMS |= {"zhijian.codes.registered"}
SUBROOMS |= {f"zhijian.cases.{room}" for room in ("checklist", "days", "due", "flow", "following", "law", "sampling")}
SUBROOMS |= {
    f"zhijian.exchange.{room}" for room in ("source", "checks", "quality", "mapping", "migration", "scorecard")
}
SRC = Path(__file__).parents[2] / "src" / "zhijian"


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("zhijian", cache_dir=None)


@cache
def exported(name: str) -> frozenset[str]:
    """Names the room's front door hands out; a module can be one of them."""
    return frozenset(importlib.import_module(f"zhijian.{name}").__all__)


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def test_a_room_is_entered_by_its_front_door() -> None:
    broken = []
    for module in graph().modules:
        for target in graph().find_modules_directly_imported_by(module):
            parts = target.split(".")
            if room(target) in ROOMS and room(target) != room(module) and len(parts) > 2:
                inside = target.rpartition(".")
                allowed = target in SUBROOMS or (len(parts) == 3 and parts[2] in OPEN | exported(parts[1]))
                allowed = allowed or (
                    inside[0] in SUBROOMS and inside[2] in exported(inside[0].removeprefix("zhijian."))
                )
                if not allowed:
                    broken.append(f"{module} -> {target}")
    assert not broken, broken


def test_a_front_door_is_short_and_exports_little() -> None:
    for init in SRC.glob("*/__init__.py"):
        text = init.read_text()
        assert len(text.splitlines()) <= 60, init
        exported = text.split("__all__ = [", 1)[1].split("]")[0].count('"') // 2 if "__all__" in text else 0
        assert exported <= 12, (init, exported)


def test_no_file_is_called_by_a_name_that_says_nothing() -> None:
    nothing = {"utils", "helpers", "manager", "common", "base", "impl"}
    assert not [f for f in SRC.rglob("*.py") if f.stem in nothing]


def test_rooms_never_ask_what_time_it_is() -> None:
    asking = ("datetime.now(", "date.today(", "time.time(", "utcnow(")
    broken = [
        f"{f}: {call}" for name in ROOMS for f in (SRC / name).rglob("*.py") for call in asking if call in f.read_text()
    ]
    assert not broken, broken


def test_rooms_never_commit() -> None:
    broken = [str(f) for name in ROOMS for f in (SRC / name).rglob("*.py") if ".commit()" in f.read_text()]
    assert not broken, broken
