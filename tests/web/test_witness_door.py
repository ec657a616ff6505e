"""Witnesses over HTTP: one alone, and those that a node hosts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.codes.log.log_samples import AT, SIGNER
from tests.codes.log.witness_samples import FORKED, LOG, Grown, quorum_of, witness

from zhijian.codes import Logbook
from zhijian.codes.log import LogReader, Witness, WitnessKey, folder_fetch, verify_checkpoint
from zhijian.codes.logbook import trust_in
from zhijian.web import public_app, witness_app
from zhijian.web.witness_door import BURST
from zhijian.wiring import Node


@pytest.fixture
def one(tmp_path: Path) -> Witness:
    return witness(tmp_path)


@pytest.fixture
def alone(one: Witness) -> Iterator[TestClient]:
    with TestClient(witness_app(one, lambda: AT), raise_server_exceptions=False) as client:
        yield client


def test_a_cosignature_comes_over_http(alone: TestClient, one: Witness) -> None:
    answer = alone.post("/add-checkpoint", content=LOG.asked(0, 7))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert verify_checkpoint(LOG.checkpoint(7) + answer.content, quorum_of(one, quorum=1))
    assert alone.get("/vkey").text == one.key.verifier.vkey() + "\n"


def test_every_status_of_the_protocol_comes_over_http(alone: TestClient) -> None:
    for body, status in (
        (b"x", 400),
        (Grown(LOG.leaves, origin="o").asked(0, 3), 404),
        (LOG.asked(0, 3, checkpoint=LOG.checkpoint(3).replace(b" ", b"  ")), 400),
        (LOG.asked(0, 9, proof=(bytes(32),)), 422),
        (LOG.asked(0, 9), 200),
        (LOG.asked(3, 9), 409),
        (FORKED.asked(9, 30, proof=LOG.proof(8, 30)), 422),
    ):
        assert alone.post("/add-checkpoint", content=body).status_code == status, body
    conflict = alone.post("/add-checkpoint", content=LOG.asked(0, 30))
    assert (conflict.headers["content-type"], conflict.content) == ("text/x.tlog.size", b"9\n")
    assert alone.get("/add-checkpoint").status_code == 405


def test_a_body_without_end_is_refused_at_the_limit(alone: TestClient) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(1000):
            yield b"a" * 10_000

    assert alone.post("/add-checkpoint", content=endless()).status_code == 400


def test_a_damaged_state_is_a_fault_without_a_signature_or_a_trace(alone: TestClient, tmp_path: Path) -> None:
    alone.post("/add-checkpoint", content=LOG.asked(0, 7))
    next((tmp_path / "state").glob("*.checkpoint")).write_bytes(b"torn")
    answer = alone.post("/add-checkpoint", content=LOG.asked(7, 9))
    assert answer.status_code == 500
    assert "—" not in answer.text
    assert "Traceback" not in answer.text


def test_one_address_cannot_keep_a_witness_busy(one: Witness) -> None:
    """The timer stands still, so that a slow machine does not refill what it empties."""
    with TestClient(witness_app(one, lambda: AT, timer=lambda: 0.0)) as client:
        found = [client.post("/add-checkpoint", content=b"x") for _ in range(BURST + 2)]
    assert [answer.status_code for answer in found] == [400] * BURST + [429] * 2
    assert found[-1].headers["retry-after"] == "1"


@pytest.fixture
def door(node: Node) -> Iterator[TestClient]:
    with TestClient(public_app(node), raise_server_exceptions=False) as client:
        yield client


def hosted(node: Node, name: str) -> WitnessKey:
    return WitnessKey.make(node.settings.home / "witness" / name, f"{name}.example")


def test_a_node_hosts_witnesses_for_the_logs_of_its_trust_list(node: Node, door: TestClient) -> None:
    key = hosted(node, "door-1")
    origin = node.issuing.log_origin_at(datetime.now(UTC))
    with node.transaction() as db:
        known = node.trust(db)
    trust = trust_in(known.log(origin), known)
    reader = LogReader.open(folder_fetch(Logbook.folder(node.settings.home, origin)), trust)
    answer = door.post("/witness/door-1/add-checkpoint", content=b"old 0\n\n" + reader.signed.raw)
    assert answer.status_code == 200, answer.text
    counted = replace(trust, witnesses=(key.verifier,), quorum=1)
    assert verify_checkpoint(reader.signed.raw + answer.content, counted).witnesses[0].verifier == key.verifier


def test_a_hosted_witness_is_told_of_other_logs_by_a_file(node: Node, door: TestClient) -> None:
    hosted(node, "door-2")
    address = "/witness/door-2/add-checkpoint"
    assert door.post(address, content=LOG.asked(0, 7)).status_code == 404
    (node.settings.home / "witness/door-2/logs").write_text(SIGNER.verifier.vkey() + "\n")
    assert door.post(address, content=LOG.asked(0, 7)).status_code == 200


@pytest.mark.parametrize("name", ["nobody", "..", "door-1%2f..", "DOOR-1", "%00", "a" * 300, ".hidden"])
def test_there_is_no_other_witness(node: Node, door: TestClient, name: str) -> None:
    hosted(node, "door-1")
    assert door.post(f"/witness/{name}/add-checkpoint", content=LOG.asked(0, 7)).status_code in (404, 405)


def test_a_folder_without_a_key_signs_nothing(node: Node, door: TestClient) -> None:
    (node.settings.home / "witness/empty").mkdir(parents=True, exist_ok=True)
    assert door.post("/witness/empty/add-checkpoint", content=LOG.asked(0, 7)).status_code == 500
