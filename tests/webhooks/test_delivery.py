"""What a laboratory's receiver gets: every event, in order, signed, until it has taken it."""

import json
import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import standardwebhooks
from tests.conftest import Laboratory
from tests.lims import Lims
from tests.servers import sequence
from tests.webhooks.conftest import Hooked
from tests.webhooks.receivers import Delivery, Receiver, deliver, polite, receiver

from zhijian.codes.events import Position
from zhijian.codes.key_requests import shown
from zhijian.codes.model import State
from zhijian.kit.scope import Scope
from zhijian.kit.signing import PrivateKey, Suite
from zhijian.readiness import webhooks_troubled
from zhijian.webhooks import Claim, Looked, Sent
from zhijian.wiring import Node
from zhijian.worker.deliveries import Deliveries

Issue = Callable[..., list[str]]


def numbers(count: int) -> list[str]:
    mark = uuid.uuid4().hex[:8]
    return [f"WH-{mark}-{n}" for n in range(count)]


def test_a_report_is_told_with_its_place_in_the_log(
    lab: Laboratory, node: Node, inbox: Receiver, hooked: Hooked, issue: Issue
) -> None:
    hook = hooked(inbox)
    (number,) = numbers(1)
    (code,) = issue(lab, number)
    deliver(node)
    (event,) = inbox.events
    assert (event["type"], event["data"]["code"], event["data"]["own_number"]) == ("report.logged", code, number)
    log = event["data"]["log"]
    assert event["id"] == f"{log['origin']}/{log['index']}"
    assert log == lab.lims.get(f"/api/v1/reports/{code}").json()["log"]
    assert hook.now["last_attempt"]["status"] == 200


def test_a_regulators_decision_is_told_with_who_and_why(
    lab: Laboratory, node: Node, inbox: Receiver, hooked: Hooked, issue: Issue
) -> None:
    hooked(inbox, types=["report.state-changed"])
    code, next_ = issue(lab, *numbers(2))
    lab.lims.post(f"/api/v1/reports/{code}/state", {"state": "corrected", "reason": "单位写错了", "successor": next_})
    with node.transaction() as db:
        node.office(db).decide(
            db, Scope.everything(), next_, State.DOUBTED, actor="某市监局", reason="正在核查", at=datetime.now(UTC)
        )
    sequence(node)
    deliver(node)
    said = [(e["data"]["code"], e["data"]["state"], e["data"]["by"], e["data"]["successor"]) for e in inbox.events]
    assert said == [(code, "corrected", "institution", next_), (next_, "doubted", "regulator", None)]
    assert inbox.events[1]["data"]["actor"] == "某市监局"


def test_a_registered_file_is_told_by_its_digests(lab: Laboratory, node: Node, inbox: Receiver, hooked: Hooked) -> None:
    from tests.codes.document.papers import paper

    from zhijian.kit.signing import sm3

    hooked(inbox, types=["report.file-registered"])
    original = paper(pages=1, words=uuid.uuid4().hex)
    report = lab.fresh(*numbers(1), file_digest_algorithm="sm3", file_digest=sm3(original).hex())
    code = lab.lims.submit(report).json()["code"]
    stamped = lab.lims.post_file(f"/api/v1/reports/{code}/stamp", original).content
    registered = lab.lims.post_file(f"/api/v1/reports/{code}/document", stamped).json()
    sequence(node)
    deliver(node)
    (event,) = inbox.events
    assert {k: event["data"][k] for k in ("code", "sha256", "sm3", "bytes", "media_type")} == {
        "code": code, "sha256": registered["sha256"], "sm3": registered["sm3"], "bytes": len(stamped),
        "media_type": "application/pdf",
    }  # fmt: skip


def test_many_events_come_a_hundred_at_a_time_and_in_the_logs_order(
    lab: Laboratory, node: Node, inbox: Receiver, hooked: Hooked, issue: Issue
) -> None:
    hooked(inbox)
    own = numbers(230)
    issue(lab, *own)
    deliver(node)
    assert [len(one.events) for one in inbox.batches] == [100, 100, 30]
    assert [e["data"]["own_number"] for e in inbox.events] == own
    assert [e["data"]["log"]["index"] for e in inbox.events] == sorted(e["data"]["log"]["index"] for e in inbox.events)


def test_a_ready_library_accepts_what_was_sent_and_refuses_what_was_changed(
    lab: Laboratory, node: Node, inbox: Receiver, hooked: Hooked, issue: Issue
) -> None:
    hook = hooked(inbox)
    issue(lab, *numbers(1))
    deliver(node)
    library = standardwebhooks.Webhook(hook.made["secret"])
    for one in inbox.got:
        library.verify(one.raw, one.headers)
    (one,) = inbox.batches
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        library.verify(one.raw.replace(b"valid", b"false"), one.headers)
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        library.verify(one.raw, {**one.headers, "webhook-id": "msg_other"})


def test_after_a_rotation_both_secrets_verify_for_a_day_and_then_the_new_one_alone(
    lab: Laboratory, node: Node, inbox: Receiver, hooked: Hooked, issue: Issue
) -> None:
    hook = hooked(inbox)
    rotated = lab.lims.post(f"{hook.path}/rotate", {}).json()
    assert rotated["secret"] != hook.made["secret"]
    old, new = standardwebhooks.Webhook(hook.made["secret"]), standardwebhooks.Webhook(rotated["secret"])
    issue(lab, *numbers(1))
    deliver(node)
    old.verify(inbox.batches[0].raw, inbox.batches[0].headers)
    new.verify(inbox.batches[0].raw, inbox.batches[0].headers)
    hook.later(timedelta(hours=24))
    issue(lab, *numbers(1))
    deliver(node)
    new.verify(inbox.batches[1].raw, inbox.batches[1].headers)
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        old.verify(inbox.batches[1].raw, inbox.batches[1].headers)


def test_a_refused_delivery_is_tried_again_and_is_the_same_under_the_same_id(
    lab: Laboratory, node: Node, inbox: Receiver, hooked: Hooked, issue: Issue
) -> None:
    hook = hooked(inbox)
    inbox.mind = lambda _: (503, b"")
    issue(lab, *numbers(2))
    deliver(node)
    assert (hook.now["state"], webhooks_troubled(node)) == ("failing", 1)
    assert hook.now["last_attempt"]["error"]["why"] == "status"
    issue(lab, *numbers(3))  # what comes meanwhile waits its turn
    deliver(node)
    assert len(inbox.batches) == 1, "not before its pause is over"
    inbox.mind = polite
    hook.later(timedelta(seconds=10))
    deliver(node)
    first, again, rest = inbox.batches
    assert (first.id, first.raw) == (again.id, again.raw)
    assert len(rest.events) == 3
    assert (hook.now["state"], hook.now["failures"], webhooks_troubled(node)) == ("active", 0, 0)


def test_a_crash_between_the_post_and_its_being_put_down_repeats_it_under_the_same_id(
    lab: Laboratory, node: Node, inbox: Receiver, hooked: Hooked, issue: Issue
) -> None:
    hook, everything = hooked(inbox), Scope.everything()
    issue(lab, *numbers(2))
    with node.transaction() as db:
        node.webhooks.courier.wake(db, everything, None, datetime.now(UTC))
        claim = node.webhooks.courier.claim(db, everything, datetime.now(UTC))
    assert isinstance(claim, Claim)
    node.webhooks.sender.send(claim.target, claim.headers(datetime.now(UTC)), claim.message.body)
    # The process ends here. What is logged meanwhile does not get into the repeat.
    issue(lab, *numbers(1))
    deliver(node)
    assert len(inbox.batches) == 1, "another process leaves it alone while the claim holds"
    hook.later(timedelta(seconds=61))
    deliver(node)
    lost, repeated, rest = inbox.batches
    assert (lost.id, lost.raw) == (repeated.id, repeated.raw)
    assert len(rest.events) == 1
    with node.transaction() as db:
        late = node.webhooks.courier.settle(
            db, everything, claim, Sent(500, "status"), datetime.now(UTC), chance=0.5, took_ms=1
        )
    assert late is None, "who comes back after its claim ran out changes nothing"
    assert hook.now["state"] == "active"


def test_410_pauses_at_once_and_a_resumed_webhook_proves_itself_and_goes_on_where_it_stopped(
    lab: Laboratory, node: Node, inbox: Receiver, hooked: Hooked, issue: Issue
) -> None:
    hook = hooked(inbox)
    inbox.mind = lambda _: (410, b"")
    own = numbers(2)
    issue(lab, own[0])
    deliver(node)
    assert (hook.now["state"], hook.now["paused"]["why"]) == ("paused", "gone")
    inbox.mind = polite
    issue(lab, own[1])
    deliver(node)
    assert len(inbox.batches) == 1
    hook.later(timedelta(minutes=1))
    assert lab.lims.post(f"{hook.path}/resume", {}).status_code == 202
    pings = len(inbox.got) - 1
    deliver(node)
    assert len([one for one in inbox.got if one.body["type"] == "ping"]) == pings + 1
    assert [e["data"]["own_number"] for one in inbox.batches[1:] for e in one.events] == own


def test_after_three_days_without_success_it_is_paused_and_says_why(
    lab: Laboratory, node: Node, inbox: Receiver, hooked: Hooked, issue: Issue
) -> None:
    hook = hooked(inbox)
    inbox.mind = lambda _: (500, b"")
    issue(lab, *numbers(1))
    deliver(node)
    hook.later(timedelta(days=3))
    deliver(node)
    assert (hook.now["state"], hook.now["paused"]["why"]) == ("paused", "failing")
    assert "3 天" in hook.now["paused"]["zh"]


def test_a_redirect_is_a_failure_and_nobody_is_asked_at_its_end(
    lab: Laboratory, node: Node, inbox: Receiver, hooked: Hooked, issue: Issue
) -> None:
    hook = hooked(inbox)
    with receiver() as elsewhere:
        inbox.mind = lambda _: (307, elsewhere.url.encode())
        issue(lab, *numbers(1))
        deliver(node)
        assert elsewhere.got == []
    assert hook.attempts[0]["error"]["why"] == "redirect"


def test_an_address_whose_owner_does_not_repeat_the_challenge_gets_no_event(
    lab: Laboratory, node: Node, inbox: Receiver, hooked: Hooked, issue: Issue
) -> None:
    inbox.mind, inbox.pings_too = (lambda _: (200, b"ok")), True
    hook = hooked(inbox, proven=False)
    issue(lab, *numbers(1))
    deliver(node)
    assert (hook.now["state"], hook.now["last_attempt"]["error"]["why"]) == ("unproven", "no-challenge")
    hook.later(timedelta(days=3))
    deliver(node)
    assert (hook.now["state"], hook.now["paused"]["why"]) == ("paused", "unproven")
    assert inbox.batches == []


def test_a_slow_receiver_does_not_hold_up_another(
    lab: Laboratory, other: Laboratory, node: Node, inbox: Receiver, hooked: Hooked, issue: Issue
) -> None:
    released = threading.Event()

    def slow(_: Delivery) -> tuple[int, bytes]:
        released.wait(60)
        return 200, b""

    with receiver() as lingering:
        hooked(lingering, of=other)
        hooked(inbox)
        lingering.mind = slow
        issue(other, *numbers(1))
        issue(lab, *numbers(1))
        working = Deliveries(node, node.webhooks.sender)
        working.turn()
        while not inbox.batches:  # bounded by the test's own time limit
            working.wait(0.05)
        assert not working.wait(0), "the slow one is still at it"
        released.set()
        assert working.wait(60)


@pytest.mark.parametrize("shared", ["institution", "host"])
def test_an_institution_and_a_host_get_two_deliveries_at_once_and_no_more(
    lab: Laboratory, other: Laboratory, node: Node, hooked: Hooked, issue: Issue, shared: str
) -> None:
    released = threading.Event()

    def slow(_: Delivery) -> tuple[int, bytes]:
        released.wait(60)
        return 200, b""

    with receiver() as one:
        for n in range(4):
            of = other if shared == "host" and n % 2 else lab
            if shared == "institution":
                one.url = one.url.replace(*(("127.0.0.1", "localhost") if n % 2 else ("localhost", "127.0.0.1")))
            hooked(one, of=of)
        one.mind = slow
        issue(lab, *numbers(1))
        issue(other, *numbers(1))
        working = Deliveries(node, node.webhooks.sender)
        assert working.turn() == 2
        released.set()
        assert working.wait(60)
        assert working.turn() == 2
        assert working.wait(60)
        assert len(one.batches) == 4


def test_the_worker_delivers_and_stops_when_told_to(
    lab: Laboratory, node: Node, inbox: Receiver, hooked: Hooked
) -> None:
    from zhijian import worker

    hooked(inbox)
    arrived, stop = threading.Event(), threading.Event()

    def told(delivery: Delivery) -> tuple[int, bytes]:
        arrived.set()
        return polite(delivery)

    inbox.mind = told
    working = threading.Thread(target=worker.run, args=(node, stop), daemon=True)
    working.start()
    (number,) = numbers(1)
    assert lab.lims.submit(lab.fresh(number)).status_code == 201
    assert arrived.wait(60)
    stop.set()
    working.join(60)
    assert not working.is_alive()
    assert number in json.dumps(inbox.events)


def test_a_node_that_was_restored_and_not_recovered_tells_nobody_anything(
    lab: Laboratory, node: Node, inbox: Receiver, hooked: Hooked, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zhijian.worker import deliveries

    hooked(inbox)
    issue(lab, *numbers(1))
    monkeypatch.setattr(node, "restored", lambda: {"since": "2026-01-01"})
    monkeypatch.setattr(deliveries, "IDLE_S", 0.01)
    stop = threading.Event()
    working = threading.Thread(target=deliveries.run, args=(node, stop), daemon=True)
    working.start()
    stop.wait(0.5)
    stop.set()
    working.join(60)
    assert inbox.batches == []


def test_the_history_keeps_the_last_hundred_attempts(
    lab: Laboratory, node: Node, inbox: Receiver, hooked: Hooked
) -> None:
    hook, everything = hooked(inbox), Scope.everything()
    for n in range(103):
        with node.transaction() as db:
            node.webhooks.courier.wake(db, everything, None, datetime.now(UTC))
        hook.later(timedelta(minutes=1))
        assert lab.lims.post(f"{hook.path}/test", {}).status_code == 202, n
        with node.transaction() as db:
            at = datetime.now(UTC)
            claim = node.webhooks.courier.claim(db, everything, at)
            assert isinstance(claim, Claim)
            node.webhooks.courier.settle(db, everything, claim, Sent(200, None), at, chance=0.5, took_ms=n)
    assert [one["took_ms"] for one in hook.attempts] == [*range(102, 2, -1)]


def test_news_that_comes_while_a_webhook_is_being_looked_at_is_not_missed(
    lab: Laboratory, node: Node, inbox: Receiver, hooked: Hooked, issue: Issue
) -> None:
    """A look finds nothing and is not committed; a leaf comes, and its wake-up waits for the look."""
    hooked(inbox)
    everything, courier = Scope.everything(), node.webhooks.courier
    with node.transaction() as db:
        seen = courier.wake(db, everything, None, datetime.now(UTC))

    def wake() -> None:
        with node.transaction() as db:
            courier.wake(db, everything, seen, datetime.now(UTC))

    waking = threading.Thread(target=wake, daemon=True)
    with node.transaction() as looking:
        assert isinstance(courier.claim(looking, everything, datetime.now(UTC)), Looked)
        issue(lab, *numbers(1))
        waking.start()
        waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'UPDATE webhook%'"
        while waking.is_alive():
            with node.transaction() as db:
                if db.execute(sa.text(waits)).scalar_one():
                    break
    waking.join(60)
    with node.transaction() as db:
        assert isinstance(courier.claim(db, everything, datetime.now(UTC)), Claim)


def test_one_that_begins_early_in_a_long_log_is_looked_at_piece_by_piece(
    lab: Laboratory, node: Node, inbox: Receiver, hooked: Hooked, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zhijian.codes import feed
    from zhijian.worker import deliveries

    issue(lab, *numbers(20))
    monkeypatch.setattr(feed, "WINDOW", 1)
    monkeypatch.setattr(deliveries, "CLAIMS_A_TURN", 3)
    hook = hooked(inbox, after="", types=["report.file-registered"], proven=False)
    working, stop = Deliveries(node, node.webhooks.sender), threading.Event()
    assert working.turn() == 1  # its ping
    assert working.wait(60)
    before = hook.now["delivered_to"]

    def leaves() -> int:
        return sum(count for _, count in Position.parse(hook.now["delivered_to"]).read)

    assert (before, working.turn(), leaves()) == ("", 0, 3)
    assert (working.turn(), leaves()) == (0, 6)
    stop.set()
    assert (working.turn(stop), leaves()) == (0, 6)


def test_the_webhooks_of_a_revoked_key_are_paused_until_another_key_resumes_them(
    lab: Laboratory, node: Node, inbox: Receiver, hooked: Hooked, issue: Issue
) -> None:
    thief = replace(lab, lims=Lims(lab.lims.client, *another_key(node, lab)))
    hook, ours = hooked(inbox, of=thief), hooked(inbox)
    at = datetime.now(UTC)
    with node.transaction() as db:
        node.office(db).revoke_key(db, thief.lims.kid, at, "失窃", at)
    hook = replace(hook, lab=lab)
    issue(lab, *numbers(1))
    deliver(node)
    assert (hook.now["state"], hook.now["paused"]["why"], ours.now["state"]) == ("paused", "key-revoked", "active")
    assert "密钥" in hook.now["paused"]["zh"]
    assert len(inbox.batches) == 1, "of the webhook that another key made"
    hook.later(timedelta(minutes=1))
    assert lab.lims.post(f"{hook.path}/resume", {}).status_code == 202
    deliver(node)
    assert (hook.now["state"], hook.now["paused"], len(inbox.batches)) == ("active", None, 2)


def another_key(node: Node, lab: Laboratory) -> tuple[str, PrivateKey]:
    """A second key of the institution, granted."""
    key, at = PrivateKey.generate(Suite.ES256), datetime.now(UTC)
    asked = {
        "name": "LIMS",
        "suite": key.suite.value,
        "point": key.public.point.hex(),
        "proof": shown(lab.uscc, key).hex(),
    }
    kid = lab.lims.post("/api/v1/keys", asked).json()["kid"]
    with node.transaction() as db:
        institution = node.institution(db, lab.uscc)
        assert institution is not None
        node.office(db).grant_key(db, Scope.everything(), kid, institution.code_index, 100, at)
    return kid, key
