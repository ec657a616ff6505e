"""The page on mappings names every key that a mapping may have and every function."""

from pathlib import Path

import pytest

from zhijian.exchange.mapping import reading
from zhijian.exchange.mapping.functions import FUNCTIONS
from zhijian.exchange.source.layout import RESERVED
from zhijian.spec.measure.plain import _YES

PAGE = (Path(__file__).parents[2] / "docs/reference/mapping.md").read_text("utf-8")
KEYS = {"derived", "from", "join", "add", "where", "first", "twins", "distinct", "each", "fields", *reading._FIELD}


@pytest.mark.parametrize("word", sorted({*KEYS, *FUNCTIONS, *RESERVED, *_YES}))
def test_the_page_names_it(word: str) -> None:
    assert f"`{word}`" in PAGE
