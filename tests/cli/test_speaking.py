"""How every command speaks: help in both languages, a version, counts that count."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.main import get_command
from typer.testing import CliRunner

from zhijian.cli import app
from zhijian.cli.say import local

BOTH = re.compile(r"(?=.*[\u4e00-\u9fff])(?=.*[a-z]{3})", re.S)


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(words), catch_exceptions=False)
    return done.exit_code, done.output


def commands(command: Any, path: str = "zhijian") -> Iterator[tuple[str, Any]]:
    yield path, command
    if hasattr(command, "list_commands"):
        for name in command.list_commands(None):
            yield from commands(command.get_command(None, name), f"{path} {name}")


COMMANDS = dict(commands(get_command(app)))


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_and_option_has_its_help_in_chinese_and_english(path: str) -> None:
    command = COMMANDS[path]
    assert BOTH.match(command.help or ""), command.help
    told = {param.name: param.help for param in command.params if getattr(param, "help", None) is not None}
    asked = {param.name for param in command.params if param.param_type_name == "option"}
    assert asked <= told.keys()
    assert not {name: text for name, text in told.items() if not re.search(r"[\u4e00-\u9fff]", text)}
    assert not {name: text for name, text in told.items() if not re.search(r"[a-z]{2}", text)}
    assert len(command.help) <= 140, "short enough to be read"


def test_the_version_is_that_of_the_package() -> None:
    from importlib.metadata import version

    assert run("--version") == (0, f"zhijian {version('zhijian')}\n")


@pytest.mark.parametrize("option", ["--reports", "--institutions"])
@pytest.mark.parametrize("value", ["0", "-1", "-20000", "x", "1.5", ""])
def test_a_count_that_is_none_is_wrong_use(option: str, value: str) -> None:
    status, said = run("demo", option, value)
    assert (status, option in said) == (2, True), said


def test_a_count_below_one_is_refused_in_both_languages() -> None:
    said = re.sub(r"[\s│]+", " ", run("demo", "--reports", "-1")[1])
    assert "-1：应为 1 或更大的整数 should be 1 or more" in said


@given(st.integers(946_684_800, 4_102_444_800), st.integers(-14, 14))
def test_a_time_for_people_is_the_same_time_in_shanghai(second: int, hours: int) -> None:
    there = datetime.fromtimestamp(second, timezone(timedelta(hours=hours)))
    for given_as in (there, there.isoformat()):
        said = local(given_as)
        assert said.endswith("+08:00")
        assert datetime.fromisoformat(said) == there
