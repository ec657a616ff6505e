"""A key's quota for the day: reached, said when to come back, and nothing registered beyond it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.api.problem_documents import problem
from tests.conftest import Laboratory

Rows = Callable[..., list[Any]]


@pytest.fixture
def two_left(lab: Laboratory, rows: Rows) -> Iterator[Laboratory]:
    """`lab` with room for two more reports today."""
    lab.lims.submit(lab.fresh("Q-FIRST"))
    kept = rows("SELECT reports_per_day AS n FROM institution_key WHERE kid = :k", k=lab.lims.kid)[0]["n"]
    rows("UPDATE institution_key SET reports_per_day = 2 + (SELECT max(reports) FROM key_use WHERE kid = :k) WHERE kid = :k",
         k=lab.lims.kid)  # fmt: skip
    yield lab
    rows("UPDATE institution_key SET reports_per_day = :n WHERE kid = :k", n=kept, k=lab.lims.kid)


def over(answer: Any) -> None:
    problem(answer, 429, why="quota-exceeded")
    assert int(answer.headers["retry-after"]) > 0


def test_the_last_report_of_the_day_goes_through_and_the_next_does_not(
    two_left: Laboratory, registered: Callable[[str], int]
) -> None:
    answers = [two_left.lims.submit(two_left.fresh(f"Q-{n}")) for n in range(4)]
    assert [a.status_code for a in answers] == [201, 201, 429, 429]
    over(answers[2])
    assert [registered(f"Q-{n}") for n in range(4)] == [1, 1, 0, 0]


def test_a_batch_beyond_the_quota_registers_none_of_it(two_left: Laboratory, registered: Callable[[str], int]) -> None:
    over(two_left.lims.submit_batch([two_left.fresh(f"Q-BATCH-{n}") for n in range(3)]))
    assert registered("Q-BATCH-0") == 0
    assert two_left.lims.submit_batch([two_left.fresh(f"Q-BATCH-{n}") for n in range(2)]).json()["issued"] == 2


def test_what_was_over_the_quota_may_be_sent_again_with_its_key(two_left: Laboratory, rows: Rows) -> None:
    batch = [two_left.fresh(f"Q-AGAIN-{n}") for n in range(3)]
    over(two_left.lims.submit_batch(batch, idempotency_key="q-again"))
    rows("UPDATE institution_key SET reports_per_day = reports_per_day + 10 WHERE kid = :k", k=two_left.lims.kid)
    assert two_left.lims.submit_batch(batch, idempotency_key="q-again").json()["issued"] == 3


def test_a_repeated_submission_takes_nothing_from_the_quota(two_left: Laboratory) -> None:
    report = two_left.fresh("Q-REPEAT")
    assert {two_left.lims.submit(report, idempotency_key="q-repeat").status_code for _ in range(5)} == {201}
    assert two_left.lims.submit(two_left.fresh("Q-REPEAT-2")).status_code == 201


def test_a_refused_report_takes_nothing_from_the_quota(two_left: Laboratory) -> None:
    for _ in range(3):
        problem(two_left.lims.submit(two_left.fresh("Q-WRONG", signatory="P-NOBODY")), 422)
    assert two_left.lims.submit(two_left.fresh("Q-RIGHT")).status_code == 201


def test_one_institutions_quota_is_not_anothers(two_left: Laboratory, other: Laboratory) -> None:
    over(two_left.lims.submit_batch([two_left.fresh(f"Q-MINE-{n}") for n in range(9)]))
    assert other.lims.submit(other.fresh("Q-OTHERS")).status_code == 201


def test_leased_codes_are_within_the_quota_too(two_left: Laboratory) -> None:
    over(two_left.lims.post("/api/v1/leases", {"count": 1000}))
