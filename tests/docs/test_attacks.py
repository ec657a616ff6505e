"""docs/reference/attacks.md names tests that exist, and some for every attack."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS = [line for line in (ROOT / "docs/reference/attacks.md").read_text("utf-8").splitlines() if line.startswith("| ")][
    1:
]
LISTED = ("genuine code", "edited PDF", "guessed codes", "scraping", "stolen", "backdated", "split view", "rows changed", "tile",
          "withdrawn report shown offline", "algorithm swapped", "trailing bytes", "another host", "flood", "replayed",
          "two reports under one own number")  # fmt: skip


def names_in(file: Path) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)}


def test_every_attack_of_the_design_is_there_and_two_more() -> None:
    attacks = [row.split("|")[1] for row in ROWS]
    assert [name for name in LISTED if not any(name in attack for attack in attacks)] == []
    assert sum("*ours:*" in attack for attack in attacks) >= 2


def test_each_attack_is_tried_by_tests_that_exist() -> None:
    for row in ROWS:
        named = re.findall(r"`(tests/[\w/.]+)::(\w+)`", row.split("|")[3])
        assert named, row
        assert [f"{file}::{name}" for file, name in named if name not in names_in(ROOT / file)] == []
