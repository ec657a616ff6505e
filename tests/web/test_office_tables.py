"""Tables of the office's pages scroll by themselves: a long name makes no page wider than a phone."""

import re
from pathlib import Path

import pytest

import zhijian

TEMPLATES = sorted((Path(zhijian.__file__).parent / "web" / "templates" / "office").glob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_every_table_stands_in_what_scrolls(path: Path) -> None:
    open_: list[str] = []
    for tag in re.findall(r"<div[^>]*>|</div>|<table[^>]*>", path.read_text("utf-8")):
        if tag.startswith("<table"):
            assert any("scroll" in one for one in open_), tag
        elif tag == "</div>":
            open_.pop()
        else:
            open_.append(tag)
