"""The laboratory's client: every call of the API, and a network that breaks at the worst moments."""

import ast
import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.client.conftest import Fault, Wire
from tests.codes.document.papers import paper
from tests.conftest import Laboratory, Seeded, laboratory, no_looks

import zhijian.client
from zhijian.client import Client, Key, Outbox, Refused, Unreachable, leaf, root
from zhijian.codes.code import compose
from zhijian.codes.document.content import fingerprints
from zhijian.kit.clock import day
from zhijian.kit.signing import Suite, sm3
from zhijian.lookups import LookCounter, Shown
from zhijian.wiring import Node


def numbers(count: int) -> list[str]:
    mark = uuid.uuid4().hex[:8]
    return [f"CL-{mark}-{n}" for n in range(count)]


@pytest.fixture
def registered(node: Node) -> Callable[[str], list[str]]:
    """Codes under an own number."""

    def look(own_number: str) -> list[str]:
        with node.transaction() as db:
            found = db.execute(sa.text("SELECT code FROM report WHERE own_number = :n"), {"n": own_number})
            return [str(code) for code in found.scalars()]

    return look


def test_it_imports_nothing_of_the_platform() -> None:
    """So that a laboratory can copy the one file."""
    tree = ast.parse(Path(zhijian.client.__file__).read_text("utf-8"))
    named = [n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    named += [alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names]
    assert [name for name in named if name.startswith(("zhijian", "tests"))] == []


@pytest.mark.parametrize("suite", list(Suite))
def test_a_report_is_registered_read_and_withdrawn(
    wire: Wire, seeded: Seeded, suite: Suite, registered: Callable[[str], list[str]]
) -> None:
    lab = laboratory(seeded, None, suite)
    client = Client(wire.url, Key(lab.lims.kid, suite.value, lab.lims.key.secret))
    (number,) = numbers(1)
    issued = client.submit(lab.fresh(number))
    assert registered(number) == [issued["code"]]
    assert client.report(issued["code"])["verifier"] == issued["verifier"]
    assert next(client.reports())["own_number"] == number
    client.change_state(issued["code"], "withdrawn", "样品有误")
    assert issued["code"] in {r["code"] for r in client.reports("withdrawn")}


def test_more_than_a_batch_goes_through_in_order_and_one_wrong_report_holds_back_none(
    client: Client, lab: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zhijian.client, "BATCH_MAX", 4)
    own, seen = numbers(10), list[int]()
    reports = [lab.fresh(n) for n in own]
    reports[5]["issued_on"] = "2099-01-01"
    outcomes = list(client.submit_many(iter(reports), progress=seen.append))
    assert [o["status"] for o in outcomes] == [201] * 5 + [422] + [201] * 4
    assert outcomes[5]["problem"]["errors"][0]["pointer"] == "/issued_on"
    assert seen == [4, 8, 10]


def test_a_file_is_stamped_and_registered(client: Client, lab: Laboratory) -> None:
    original = paper(pages=2, words=uuid.uuid4().hex)
    report = lab.fresh(*numbers(1), file_digest_algorithm="sm3", file_digest=sm3(original).hex())
    code = client.submit(report)["code"]
    stamped = client.stamp(code, original, "bottom-right")
    assert stamped.startswith(original)
    assert len(fingerprints(stamped)) == 2
    assert client.register_file(code, stamped)["sm3"] == sm3(stamped).hex()
    assert client.register_file(code, stamped)["log"] == "registered before"


def test_codes_are_leased(client: Client) -> None:
    assert len(client.lease(3)["codes"]) == 3


def test_what_the_api_refuses_is_told_with_its_reason_and_not_tried_again(
    client: Client, wire: Wire, lab: Laboratory, waited: list[float]
) -> None:
    with pytest.raises(Refused) as refused:
        client.submit(lab.fresh(*numbers(1), issued_on="2099-01-01"))
    assert (refused.value.status, refused.value.why) == (422, "issued-in-future")
    assert refused.value.problem["errors"][0]["remedy"]["zh"]
    assert (wire.requests, waited) == (1, [])


@pytest.mark.parametrize("fault", ["lose", "cut"])
def test_an_answer_that_is_lost_is_fetched_again_and_nothing_is_registered_twice(
    client: Client, wire: Wire, lab: Laboratory, registered: Callable[[str], list[str]], fault: Fault
) -> None:
    wire.faults += [fault, fault]
    (number,) = numbers(1)
    issued = client.submit(lab.fresh(number))
    assert wire.requests == 3
    assert registered(number) == [issued["code"]]


def test_a_busy_server_is_given_the_time_it_asks_for(
    client: Client, wire: Wire, lab: Laboratory, waited: list[float]
) -> None:
    wire.faults += ["busy", "refuse", "broken"]
    assert client.submit(lab.fresh(*numbers(1)))["code"]
    assert waited[0] == 7.0
    assert 1.0 <= waited[1] <= 2.0
    assert 2.0 <= waited[2] <= 4.0


def test_after_the_last_try_it_says_so(client: Client, wire: Wire, lab: Laboratory, waited: list[float]) -> None:
    wire.faults += ["refuse"] * 4
    with pytest.raises(Unreachable, match="4 次"):
        client.submit(lab.fresh(*numbers(1)))
    assert len(waited) == 3


class Crash(BaseException):
    pass


def test_the_outbox_holds_over_a_crash_between_answer_and_bookkeeping(
    client: Client, lab: Laboratory, tmp_path: Path, registered: Callable[[str], list[str]]
) -> None:
    own, told = numbers(3), list[str]()
    Outbox(tmp_path, client).put([lab.fresh(n) for n in own])

    def crash(*_: object) -> None:
        raise Crash

    with pytest.raises(Crash):
        Outbox(tmp_path, client).send(crash)
    first = [registered(n) for n in own]
    sent = Outbox(tmp_path, client).send(lambda _, outcomes: told.extend(o["report"]["code"] for o in outcomes))
    assert (sent, [[code] for code in told]) == (1, first)
    assert Outbox(tmp_path, client).send(crash) == 0


def test_the_outbox_keeps_what_could_not_be_sent_and_its_order(
    client: Client, wire: Wire, lab: Laboratory, tmp_path: Path
) -> None:
    own, told = numbers(2), list[str]()
    outbox = Outbox(tmp_path, client)
    for number in own:
        outbox.put([lab.fresh(number)])
    wire.faults += ["refuse"] * 4
    with pytest.raises(Unreachable):
        outbox.send(lambda *_: None)
    assert outbox.send(lambda reports, _: told.extend(r["own_number"] for r in reports)) == 2
    assert told == own


@pytest.mark.parametrize("text", ["", "[]", '{"suite": "ES256", "secret": "00"}', '{"kid": "a", "suite": "RSA", "secret": "' + "00" * 32 + '"}',
                                  '{"kid": "a", "suite": "ES256", "secret": "00"}'])  # fmt: skip
def test_a_wrong_key_file_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "key.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"key\.json"):
        Key.load(path)


def test_a_key_file_is_loaded_and_its_secret_is_not_printed(tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    path.write_text(json.dumps({"suite": "ES256", "secret": "07" * 32}))
    key = Key.load(path, "a1b2c3d4")
    assert (key.kid, key.suite, key.secret) == ("a1b2c3d4", "ES256", b"\7" * 32)
    assert "07" not in repr(key)
    assert "\\x07" not in repr(key)


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="http"):
        Client("file:///etc/passwd", Key("a", "ES256", bytes(32)))


def test_the_root_is_that_of_an_independent_reckoning() -> None:
    from tests import lims

    for count in range(1, 20):
        leaves = [leaf(bytes([n])) for n in range(count)]
        assert root(list(leaves)) == lims.merkle(list(leaves)).hex()


def test_a_statement_has_every_code_of_all_its_pages(client: Client, wire: Wire, node: Node, lab: Laboratory) -> None:
    at = datetime.now(UTC)
    codes = [client.submit(lab.fresh(number))["code"] for number in numbers(3)]
    counter, writer = LookCounter(), node.look_writer()
    for code in codes:
        counter.answered(code, "198.51.100.7", Shown.IN_USE)
    for number in range(510):  # more than one page holds
        counter.answered(compose(codes[0][:2], 2026, codes[0][4:8], number), "198.51.100.7", Shown.IN_USE)
    with no_looks(node):
        writer.add(counter.take(), at)
        writer.write()
        before = wire.requests
        told = client.statement(str(day(at)), str(day(at)))
        assert wire.requests - before == 2
    assert len({one["code"] for one in told["codes"]}) == len(told["codes"]) == 513
    assert set(codes) <= {one["code"] for one in told["codes"]}
    assert (told["totals"]["looks"], told["next"]) == (513, None)
    with pytest.raises(Refused, match="date-malformed"):
        client.statement("2026-5-1", "2026-05-02")
