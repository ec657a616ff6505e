"""Documents wait apart: however many are sent, reports are registered and asked for meanwhile."""

import os
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.api.problem_documents import problem
from tests.conftest import Laboratory, Seeded, laboratory
from tests.lims import Lims
from tests.servers import office

from zhijian import documents
from zhijian.api.document_turns import EACH
from zhijian.kit.aside import Aside
from zhijian.wiring import Node

DRAFTS = 60


@pytest.fixture
def desk(seeded: Seeded, node: Node) -> Iterator[Laboratory]:
    """A laboratory at a real server, with as many connections as it likes."""
    with office(node) as address, httpx2.Client(base_url=address, timeout=120, limits=httpx2.Limits()) as client:
        lab = laboratory(seeded, client)
        yield Laboratory(
            lab.uscc, Lims(client, lab.lims.kid, lab.lims.key, address.removeprefix("http://")), lab.report
        )


@pytest.fixture
def held_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Work on documents that stands still until the call that this gives: its one place is taken by who reads a pipe."""
    aside = Aside(["zhijian.codes.document.report"], at_once=1, seconds=100, patience_s=100)
    monkeypatch.setattr(documents, "aside", aside)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as reader:
        reading = reader.submit(aside, Path.read_bytes, pipe)
        writer = pipe.open("wb")  # waits until it is read from
        yield writer.close
        writer.close()
        assert reading.result(60) == b""


def test_while_sixty_drafts_are_sent_reports_are_reached_and_most_are_told_to_come_again(
    desk: Laboratory, held_up: Any
) -> None:
    report = {name: value for name, value in desk.fresh("TURNS-1").items() if not name.startswith("file_")}
    with ThreadPoolExecutor(DRAFTS) as senders:
        sent: set[Future[Any]] = {
            senders.submit(desk.lims.post, "/api/v1/reports:draft", report) for _ in range(DRAFTS)
        }
        told: list[Any] = []
        pending = sent
        while len(told) < DRAFTS - EACH:
            done, pending = wait(pending, 60, FIRST_COMPLETED)
            assert done, f"{len(told)} were told to come again, and the others wait"
            told += [one.result() for one in done]
        for answer in told:
            assert problem(answer, 503)["why"] == "documents-busy"
            assert answer.headers["retry-after"] == "5"
        assert len(pending) == EACH, "and those wait still"
        assert desk.lims.get("/api/v1/reports").status_code == 200
        assert desk.lims.submit(desk.fresh("TURNS-2")).status_code == 201
        held_up()
        assert {one.result(120).status_code for one in pending} == {200}
    assert desk.lims.post("/api/v1/reports:draft", report).status_code == 200


def test_a_stranger_takes_no_room_of_the_documents(desk: Laboratory, held_up: Any) -> None:
    stranger = Lims(desk.lims.client, "nobody", desk.lims.key, desk.lims.authority)
    with ThreadPoolExecutor(30) as senders:
        answers = [*senders.map(lambda _: stranger.post("/api/v1/reports:draft", {}), range(30))]
    assert {answer.status_code for answer in answers} == {401}
