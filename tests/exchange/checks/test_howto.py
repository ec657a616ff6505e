"""The YAML in docs/howto/checks.md is what the loader takes."""

from pathlib import Path

from zhijian.exchange.checks.own import read

PAGE = Path(__file__).parents[3] / "docs" / "howto" / "checks.md"


def test_the_example_of_the_page_is_read_as_written() -> None:
    example = PAGE.read_text("utf-8").split("```yaml\n")[1].split("```")[0]
    assert [c.id for c in read(example, "上海")] == ["sh-report-prefix"]
