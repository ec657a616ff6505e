"""Locks by number are apart: two rooms with one number would wait for each other."""

import re
from collections import Counter
from pathlib import Path

import zhijian


def test_each_advisory_lock_has_a_number_of_its_own() -> None:
    texts = [path.read_text("utf-8") for path in Path(zhijian.__file__).parent.rglob("*.py")]
    numbers = Counter(
        n for text in texts for n in re.findall(r"(?:LOCK = |xact_lock\()(\d{6})\b", text.replace("_0", "0"))
    )
    assert len(numbers) >= 5
    assert [number for number, count in numbers.items() if count > 1] == []
