"""`zhijian registry statement`: for the operator what a laboratory gets by the API."""

import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from tests.conftest import Laboratory, Seeded, no_looks
from typer.testing import CliRunner

from zhijian.cli import app
from zhijian.kit.clock import day
from zhijian.lookups import LookCounter, Shown

NOW = datetime.now(UTC)
TODAY = day(NOW)


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["registry", "statement", *words], catch_exceptions=False)
    return done.exit_code, done.output


@pytest.fixture
def code(seeded: Seeded, lab: Laboratory, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Looked at seventy times from as many networks, and guessed at."""
    node = seeded.node
    url = node.engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
    monkeypatch.setenv("ZHIJIAN_HOME", str(node.settings.home))
    monkeypatch.setenv("ZHIJIAN_DATABASE_URL", url)
    with no_looks(node):
        code = str(lab.lims.submit(lab.fresh(f"CLI-ST-{time.time_ns()}")).json()["code"])
        counter, writer = LookCounter(), node.look_writer()
        for number in range(70):
            counter.answered(code, f"10.0.{number}.1", Shown.IN_USE)
        for _ in range(11):
            counter.refused(code, "10.0.0.1")
        for at in (NOW - timedelta(days=1), NOW):
            writer.add(counter.take(), at)
            counter.answered(code, "10.0.0.1", Shown.IN_USE)
            writer.write()
        yield code


def period(back: int = 3) -> tuple[str, ...]:
    return "--from", str(TODAY - timedelta(days=back)), "--to", str(TODAY)


def test_days_codes_and_what_stands_out_are_said_in_both_languages(lab: Laboratory, code: str) -> None:
    status, said = run(lab.uscc, *period())
    assert status == 0
    for wanted in (code, "合计 total", "71", "值得留意 worth a look", "guessed", "11 次校验码", "不记录 IP", "No IP address",
                   "计数不足 7 天"):  # fmt: skip
        assert wanted in said, wanted
    assert re.search(r"约 6(4\+|[0-3]) 个网段", said), "of 64 marks one in thirty counts shows one too few"


def test_as_json_it_is_what_the_api_gives(lab: Laboratory, code: str) -> None:
    status, said = run(lab.uscc, *period(), "--format", "json")
    told = json.loads(said)
    answer = lab.lims.get("/api/v1/statement", f"from={TODAY - timedelta(days=3)}&to={TODAY}").json()
    assert status == 0
    assert told == {name: value for name, value in answer.items() if name != "next"}
    assert told["codes"][0]["looks"] == 71


def test_a_quiet_time_says_that_nothing_stands_out(lab: Laboratory, code: str) -> None:
    status, said = run(lab.uscc, "--from", "2020-01-01", "--to", "2020-01-31")
    assert status == 0
    assert "没有特别值得留意的 nothing stands out" in said


def test_an_institution_that_there_is_not_is_a_finding(code: str) -> None:
    status, said = run("91330100MA2EXAMP0X", *period())
    assert (status, "没有这家机构" in said) == (1, True)


@pytest.mark.parametrize("days", [("2026-05-02", "2026-05-01"), ("2020-01-01", "2021-01-01"), ("2026-5", "2026-06-01")])
def test_wrong_days_are_wrong_use(lab: Laboratory, code: str, days: tuple[str, str]) -> None:
    status, _ = run(lab.uscc, "--from", days[0], "--to", days[1])
    assert status == 2
