"""What the public saw of an institution's reports is told to it, page by page, and to nobody else."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from tests.api.problem_documents import problem
from tests.conftest import Laboratory, no_looks

from zhijian.kit.clock import day
from zhijian.lookups import LookCounter, Shown
from zhijian.wiring import Node

PATH = "/api/v1/statement"
NOW = datetime.now(UTC)
TODAY = day(NOW)
MONTH = f"from={TODAY - timedelta(days=30)}&to={TODAY}"


def submitted(lab: Laboratory, mark: str, count: int) -> list[str]:
    answer = lab.lims.submit_batch([lab.fresh(f"ST-{mark}-{n}-{NOW.timestamp()}") for n in range(count)])
    return [str(one["report"]["code"]) for one in answer.json()["results"]]


@pytest.fixture(scope="module")
def seen(node: Node, lab: Laboratory, other: Laboratory) -> Iterator[dict[str, list[str]]]:
    """Five codes of `lab` looked at 1 … 5 times, the last also guessed at; one of `other` looked at a hundred times."""
    writer, counter = node.look_writer(), LookCounter()
    mine, theirs = submitted(lab, "MINE", 5), submitted(other, "THEIRS", 1)
    for times, code in enumerate(mine, 1):
        for _ in range(times):
            counter.answered(code, "198.51.100.7", Shown.IN_USE)
    for _ in range(12):
        counter.refused(mine[-1], "198.51.100.7")
    for _ in range(100):
        counter.answered(theirs[0], "203.0.113.9", Shown.IN_USE)
        counter.unknown(theirs[0][:8] + "0000000000", "203.0.113.9")
    with no_looks(node):
        writer.add(counter.take(), NOW)
        writer.write()
        yield {"mine": mine, "theirs": theirs}


def test_a_laboratory_is_told_its_days_its_codes_and_what_stands_out(
    lab: Laboratory, seen: dict[str, list[str]]
) -> None:
    told = lab.lims.get(PATH, MONTH).json()
    assert (told["uscc"], told["from"], told["to"]) == (lab.uscc, str(TODAY - timedelta(days=30)), str(TODAY))
    assert [(d["on"], d["looks"], d["codes"]) for d in told["days"]] == [(str(TODAY), 15, 5)]
    assert [one["looks"] for one in told["codes"]] == [5, 4, 3, 2, 1]
    assert told["next"] is None
    (found,) = told["anomalies"]
    assert (found["kind"], found["code"], found["numbers"]["wrong_verifier"]) == ("guessed", seen["mine"][-1], 12)
    assert found["message"]["zh"]
    assert told["counted"]["en"]
    assert "IP" in told["counted"]["zh"]


def test_another_institution_sees_nothing_of_it(lab: Laboratory, other: Laboratory, seen: dict[str, list[str]]) -> None:
    mine, theirs = (one.lims.get(PATH, MONTH) for one in (lab, other))
    for code in seen["mine"]:
        assert code in mine.text
        assert code not in theirs.text
    assert seen["theirs"][0] in theirs.text
    assert seen["theirs"][0] not in mine.text
    assert mine.json()["totals"]["unknown_looks"] == 0
    assert theirs.json()["totals"]["unknown_looks"] == 100
    assert [d["looks"] for d in theirs.json()["days"]] == [100]


def test_a_cursor_made_of_another_s_code_shows_one_s_own_codes_only(
    lab: Laboratory, seen: dict[str, list[str]]
) -> None:
    told = lab.lims.get(PATH, f"{MONTH}&after={quote('999~' + seen['theirs'][0])}").json()
    assert {one["code"] for one in told["codes"]} == set(seen["mine"])


@pytest.mark.parametrize("limit", [1, 2, 3, 5])
def test_the_pages_hold_every_code_once_and_days_come_with_the_first(
    lab: Laboratory, seen: dict[str, list[str]], limit: int
) -> None:
    codes: list[str] = []
    after, pages = "", 0
    while True:
        told = lab.lims.get(PATH, f"{MONTH}&limit={limit}{after}").json()
        assert ("days" in told, "anomalies" in told) == (pages == 0, pages == 0)
        codes += [one["code"] for one in told["codes"]]
        pages += 1
        if told["next"] is None:
            break
        after = f"&after={quote(told['next'])}"
    assert codes == seen["mine"][::-1]
    assert pages == -(-5 // limit)


def test_without_a_signature_there_is_no_statement(api: Any) -> None:
    problem(api.request("GET", f"{PATH}?{MONTH}"), 401)


def test_days_before_anything_was_counted_are_an_empty_statement(lab: Laboratory, seen: dict[str, list[str]]) -> None:
    told = lab.lims.get(PATH, "from=2020-01-01&to=2020-12-31").json()
    assert (told["days"], told["codes"], told["anomalies"], told["next"]) == ([], [], [], None)
    assert set(told["totals"].values()) == {0}


@pytest.mark.parametrize("text", ["2026-5-1", "2026-02-30", "20260501", "2026-05-01T00:00:00", "１２３４-05-01", "yesterday", "1e9",
                                  "1999-12-31", "3000-01-01", "' OR 1=1 --", "-1", ""])  # fmt: skip
@pytest.mark.parametrize("name", ["from", "to"])
def test_what_is_no_day_is_refused_by_name_with_an_example(lab: Laboratory, name: str, text: str) -> None:
    period = {"from": "2026-05-01", "to": "2026-05-31"} | {name: text}
    found = problem(
        lab.lims.get(PATH, "&".join(f"{k}={quote(v)}" for k, v in period.items())), 422, why="date-malformed"
    )
    assert found["parameter"] == name
    assert f"{name}=2026-05-18" in found["remedy"]["zh"]


@pytest.mark.parametrize(
    ("query", "status", "why"),
    [
        ("from=2026-05-02&to=2026-05-01", 422, "period-reversed"),
        ("from=2025-01-01&to=2026-01-02", 422, "period-too-long"),
        ("from=2026-05-01", 422, "parameter-invalid"),
        ("to=2026-05-01", 422, "parameter-invalid"),
        ("from=2026-05-01&to=2026-05-01&limit=0", 422, "parameter-invalid"),
        ("from=2026-05-01&to=2026-05-01&limit=501", 422, "parameter-invalid"),
        ("from=2026-05-01&to=2026-05-01&after=", 400, "cursor-malformed"),
        ("from=2026-05-01&to=2026-05-01&after=x~332608K70049M302AR", 400, "cursor-malformed"),
        ("from=2026-05-01&to=2026-05-01&after=9~332608K70049M302AR%00", 400, "cursor-malformed"),
        (f"from=2026-05-01&to=2026-05-01&after={'9' * 30}~332608K70049M302AR", 400, "cursor-malformed"),
    ],
)
def test_a_wrong_question_is_refused_and_says_what_is_wrong(lab: Laboratory, query: str, status: int, why: str) -> None:
    problem(lab.lims.get(PATH, query), status, why=why)


def test_a_year_with_its_29th_of_february_fits(lab: Laboratory) -> None:
    assert lab.lims.get(PATH, "from=2024-01-01&to=2024-12-31").status_code == 200
