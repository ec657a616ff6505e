"""docs/reference/grades.md and check-json.md say what the program does."""

import json
import re
from pathlib import Path

import jsonschema_rs
import pytest

from zhijian.exchange.checks import Cells, Check
from zhijian.exchange.model import DIMENSIONS, Dimension, Severity, State, Text
from zhijian.exchange.quality import Outcome, graded
from zhijian.exchange.quality.grade import WEIGHTS
from zhijian.exchange.quality.result import schema

TOP = Path(__file__).parents[2]
REFERENCE = TOP / "docs" / "reference"
SAID = Text("", "")


def outcome(n: int, dimension: Dimension, severity: Severity, failing: int) -> Outcome:
    check = Check(f"c{n}", dimension, severity, SAID, SAID, lambda bound, context: [])
    state = State.FAILED if failing else State.PASSED
    return Outcome(n, check, Cells(("a",), "TRUE", SAID, SAID), 0, state, 1000, failing)


def test_the_worked_example_is_what_the_program_computes() -> None:
    page = (REFERENCE / "grades.md").read_text("utf-8")
    (block,) = re.findall(r"```python\n(.*?)```", page, re.S)
    names: dict[str, float] = {}
    exec(compile(block, "grades.md", "exec"), names)
    rows = re.findall(r"^\|[^|]+\| (完整性|规范性) \| \S+ (error|warning) .*?\| (\d+) / 1,000 \|", page, re.M)
    assert len(rows) == 4
    named = {zh: d for d, (zh, _) in DIMENSIONS.items()}
    grades = graded(outcome(n, named[zh], Severity(s), int(failing)) for n, (zh, s, failing) in enumerate(rows))
    assert grades.whole is not None
    assert grades.whole.score == pytest.approx(names["whole"])
    found = {d: (g.score, g.level) for d, g in grades.dimensions.items()}
    assert found[Dimension.COMPLETENESS] == (pytest.approx(names["completeness"]), 3)
    assert found[Dimension.CONFORMITY] == (pytest.approx(names["conformity"]), 1)
    assert grades.whole.level == 3


def test_the_weights_are_those_of_the_page() -> None:
    table = dict(re.findall(r"^\| \S+ ([a-z]+) \| (\d+) \|$", (REFERENCE / "grades.md").read_text("utf-8"), re.M))
    assert {d.value: str(w) for d, w in WEIGHTS.items()} == table


def test_the_schema_of_the_page_is_derived_and_the_golden_result_fits_it() -> None:
    (block,) = re.findall(r"```json\n(.*?)```", (REFERENCE / "check-json.md").read_text("utf-8"), re.S)
    assert json.loads(block) == schema(), (
        "put zhijian.exchange.quality.result.schema() into docs/reference/check-json.md"
    )
    golden = json.loads((TOP / "tests/exchange/quality/golden.json").read_text("utf-8"))
    validator = jsonschema_rs.validator_for(schema())
    assert validator.is_valid(golden)
    del golden["rules_sha256"]
    assert not validator.is_valid(golden)
