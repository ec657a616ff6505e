"""The sandbox: a test institution for whoever asks, which can issue at once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from tests.api.problem_documents import problem
from tests.lims import Lims

from zhijian import sandbox
from zhijian.api import api_app
from zhijian.kit.settings import Settings, SettingWrong
from zhijian.kit.signing import PrivateKey, Suite
from zhijian.registry.tables import certificate
from zhijian.synthetic import World
from zhijian.wiring import Node

PATH = "/api/v1/sandbox/laboratory"


@pytest.fixture(scope="module")
def door(node: Node) -> Iterator[TestClient]:
    while sandbox.take(node.settings.home, datetime.now(UTC)):
        """What another file's tests left in the pool of this process."""
    assert sandbox.fill(node, 3, Suite.SM2, datetime.now(UTC)) == 3
    before = node.settings
    node.settings = replace(before, sandbox=True)
    app = api_app(node)
    node.settings = before
    with TestClient(app, base_url="http://api.test") as client:
        yield client


@pytest.fixture(scope="module")
def given(door: TestClient) -> list[dict[str, Any]]:
    answers = [door.post(PATH) for _ in range(3)]
    assert [a.status_code for a in answers] == [201] * 3
    return [a.json() for a in answers]


def test_who_asks_gets_an_institution_of_its_own_that_can_issue(door: TestClient, given: list[dict[str, Any]]) -> None:
    assert len({one["uscc"] for one in given}) == 3
    for one in given:
        lims = Lims(door, one["kid"], PrivateKey(Suite(one["key"]["suite"]), bytes.fromhex(one["key"]["secret"])))
        printed = lims.post("/api/v1/reports:draft", one["report"])
        assert printed.status_code == 200, printed.text
        file = {"file_digest": "ab" * 32, "file_digest_algorithm": "sm3", "file_pages": 1}
        answer = lims.submit({**one["report"], **file, "own_number": "SANDBOX-1"})
        assert answer.status_code == 201, answer.text


def test_none_is_given_twice_and_an_empty_stock_says_so(
    door: TestClient, given: list[dict[str, Any]], node: Node
) -> None:
    assert sandbox.left(node.settings.home) == 0
    problem(door.post(PATH), 503, why="sandbox-empty")


def test_one_address_does_not_take_all(door: TestClient, node: Node) -> None:
    answers = [door.post(PATH).status_code for _ in range(12)]
    assert answers[-1] == 429
    problem(door.post(PATH), 429, why="sandbox-enough")


def test_only_a_sandbox_hands_out_keys(api: TestClient, tmp_path: Any) -> None:
    assert api.post(PATH).status_code == 404
    with pytest.raises(SettingWrong, match="ZHIJIAN_SANDBOX"):
        Settings(tmp_path, sandbox=True, demo=False)


def test_an_institution_whose_certificate_another_has_is_passed_over(node: Node) -> None:
    """Two worlds know nothing of each other, and a certificate's number says only year, authority, field and ordinal."""
    at = datetime.now(UTC)
    world = World(seed=sandbox.SEED + len(list((node.settings.home / sandbox.FOLDER).rglob("*.json"))), institutions=20, reports=200,
                  on=at.date())  # fmt: skip
    taken = [
        record["number"]
        for lab in islice(world.laboratories(), 6)
        for entity, record in lab.records()
        if entity == "certificate"
    ]
    with node.transaction() as db:
        row = dict(db.execute(sa.select(certificate).limit(1)).mappings().one())
        known = set(db.execute(sa.select(certificate.c.number)).scalars())
        db.execute(sa.insert(certificate), [{**row, "number": number} for number in taken if number not in known])
    before = sandbox.left(node.settings.home)
    assert sandbox.fill(node, 2, Suite.SM2, at) == before + 2
