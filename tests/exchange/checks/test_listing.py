"""The list of checks as documentation."""

from pathlib import Path

from zhijian.exchange.checks import catalog
from zhijian.exchange.checks.listing import markdown

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "checks.md"


def test_the_page_is_what_the_checks_say() -> None:
    assert PAGE.read_text("utf-8") == markdown(), "write it anew: docs/howto/checks.md says how"


def test_every_check_says_what_it_is_in_both_languages() -> None:
    for check in catalog():
        assert all((check.title.zh, check.title.en, check.about.zh, check.about.en)), check.id
        assert "|" not in check.about.zh + check.about.en, check.id
