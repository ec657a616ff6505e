"""The page on measured values says what the code does."""

import re
from pathlib import Path

from zhijian.spec.measure.limit import LimitKind
from zhijian.spec.measure.reasons import INFERENCES, REASONS, Inferred, Why

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "measure.md").read_text("utf-8")


def test_the_example_runs() -> None:
    for block in re.findall(r"```python\n(.*?)```", PAGE, re.S):
        exec(compile(block, "measure.md", "exec"), {})


def test_every_reason_but_that_of_units_stands_in_the_table() -> None:
    listed = set(re.findall(r"\w+", " ".join(re.findall(r"^\| ([a-z_, ]+) \|", PAGE, re.M))))
    assert {why.value for why in Why} - {"unit_unknown"} <= listed


def test_every_inference_is_named_on_the_page_and_has_words() -> None:
    assert all(f"`{one.value}`" in PAGE for one in Inferred)
    assert set(INFERENCES) == set(Inferred)
    assert set(REASONS) == set(Why)
    assert len(LimitKind) == 10
