"""What an institution does with its webhooks through the API, and what it may not."""

import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from tests.api.problem_documents import problem
from tests.conftest import Laboratory
from tests.webhooks.conftest import Hook, Hooked
from tests.webhooks.receivers import Receiver, deliver

from zhijian.webhooks import Webhooks
from zhijian.wiring import Node

PATH = "/api/v1/webhooks"
STRANGER = f"{PATH}/wh_{'0' * 20}"


def test_the_secret_is_shown_once_and_lies_nowhere(
    lab: Laboratory, node: Node, inbox: Receiver, hooked: Hooked
) -> None:
    with structlog.testing.capture_logs() as logged:
        hook = hooked(inbox)
    secret = hook.made["secret"]
    assert secret.startswith("whsec_")
    assert "secret" not in hook.now
    assert secret not in lab.lims.get(PATH).text
    assert any(line["event"] == "webhook_created" and line["webhook"] == hook.made["id"] for line in logged)
    assert secret not in json.dumps(logged, default=str)
    with node.transaction() as db:
        for table in ("webhook", "webhook_attempt", "submission"):
            kept = db.execute(sa.text(f"SELECT string_agg(t::text, '') FROM {table} t")).scalar() or ""
            assert secret not in kept
            assert secret.removeprefix("whsec_").encode().hex() not in kept


def test_who_lost_the_answer_gets_it_again_under_the_same_key(lab: Laboratory, inbox: Receiver) -> None:
    first, again = (lab.lims.post(PATH, {"url": inbox.url}, idempotency_key=f"wh-once-{inbox.url}") for _ in range(2))
    assert (first.status_code, first.json()) == (201, again.json())
    assert len(lab.lims.get(PATH).json()["webhooks"]) == 1


def test_no_other_institution_sees_or_touches_it(
    lab: Laboratory, other: Laboratory, inbox: Receiver, hooked: Hooked
) -> None:
    hook = hooked(inbox)
    assert other.lims.get(PATH).json() == {"webhooks": []}
    asked = [
        ("GET", ""),
        ("GET", "/attempts"),
        ("DELETE", ""),
        ("POST", "/test"),
        ("POST", "/resume"),
        ("POST", "/rotate"),
    ]
    for method, more in asked:
        said = [problem(other.lims.send(method, path + more, b"{}" if method == "POST" else b""), 404, why="webhook-unknown")
                for path in (hook.path, STRANGER)]  # fmt: skip
        assert said[0]["title"].replace(hook.made["id"], "") == said[1]["title"].replace(STRANGER.rsplit("/", 1)[1], "")
    assert hook.now["state"] == "active"


def test_nothing_is_done_without_a_signature(lab: Laboratory, inbox: Receiver, hooked: Hooked) -> None:
    hook = hooked(inbox)
    kind = {"content-type": "application/json"}
    for method, path in [
        ("GET", PATH),
        ("POST", PATH),
        ("DELETE", hook.path),
        ("POST", f"{hook.path}/rotate"),
        ("GET", "/api/v1/events"),
    ]:
        problem(lab.lims.client.request(method, path, content=b"{}", headers=kind), 401)
    problem(lab.lims.client.request("DELETE", hook.path, headers=lab.lims.headers("GET", hook.path, b"")), 401)
    assert hook.now["state"] == "active"


def test_a_deleted_one_is_gone_and_gets_nothing(lab: Laboratory, node: Node, inbox: Receiver, hooked: Hooked) -> None:
    hook = hooked(inbox)
    assert lab.lims.send("DELETE", hook.path).json() == {"id": hook.made["id"], "deleted": True}
    problem(lab.lims.get(hook.path), 404, why="webhook-unknown")
    problem(lab.lims.send("DELETE", hook.path), 404, why="webhook-unknown")
    assert lab.lims.get(PATH).json() == {"webhooks": []}
    deliver(node)
    assert inbox.batches == []


def test_an_institution_has_five_and_makes_twenty_in_a_day(
    lab: Laboratory, other: Laboratory, inbox: Receiver, hooked: Hooked
) -> None:
    for _ in range(4):
        made = [hooked(inbox, proven=False) for _ in range(5)]
        problem(lab.lims.post(PATH, {"url": inbox.url}), 409, why="webhooks-too-many")
        for hook in made:
            lab.lims.send("DELETE", hook.path)
    problem(lab.lims.post(PATH, {"url": inbox.url}), 409, why="webhooks-too-many")
    assert hooked(inbox, of=other, proven=False).now["state"] == "unproven"


@pytest.mark.parametrize(
    "body",
    [None, [], {}, {"url": None}, {"url": 5}, {"url": ""}, {"url": "https://x.example/" + "a" * 500}, {"url": "https://x.example/", "types": []},
     {"url": "https://x.example/", "types": ["report.deleted"]}, {"url": "https://x.example/", "types": "report.logged"},
     {"url": "https://x.example/", "secret": "whsec_mine"}, {"url": "https://x.example/", "after": 5}],
)  # fmt: skip
def test_a_body_in_another_form_is_refused(lab: Laboratory, body: Any) -> None:
    problem(lab.lims.post(PATH, body), 422, why="body-invalid")


@pytest.mark.parametrize("change", ["test", "resume", "rotate"])
@pytest.mark.parametrize("body", [None, [], {"a": 1}, "x"])
def test_a_change_takes_an_empty_object(lab: Laboratory, change: str, body: Any) -> None:
    problem(lab.lims.post(f"{STRANGER}/{change}", body), 422, why="body-invalid")


@pytest.mark.parametrize(
    "webhook_id", ["x", "wh_", "wh_" + "g" * 20, "wh_" + "0" * 21, "%00", "..%2F", "wh_" + "A" * 20]
)
def test_what_is_no_id_is_refused(lab: Laboratory, webhook_id: str) -> None:
    problem(lab.lims.get(f"{PATH}/{webhook_id}"), 404, 422)
    problem(lab.lims.post(f"{PATH}/{webhook_id}/test", {}), 404, 422)


@pytest.mark.parametrize(
    "url",
    ["http://lims.example/", "https://127.0.0.1/", "https://10.0.0.8/", "https://[::1]/", "https://169.254.169.254/latest/meta-data",
     "https://[::ffff:127.0.0.1]/", "https://lab:secret@lims.example/", "https://lims.example:22/", "ftp://lims.example/", "lims.example"],
)  # fmt: skip
def test_an_address_that_nothing_is_sent_to_is_refused_with_what_to_write_instead(
    lab: Laboratory, node: Node, url: str
) -> None:
    node.webhooks = Webhooks.of(node.feed, bytes(32), to_private=False)
    said = problem(lab.lims.post(PATH, {"url": url}), 422, why="webhook-url")
    assert "/api/v1/events" in said["remedy"]["zh"]
    assert "secret" not in json.dumps(said)


def test_a_name_of_this_machine_is_taken_and_then_not_sent_to(lab: Laboratory, node: Node, inbox: Receiver) -> None:
    """What a name leads to is only known when it is connected to: then it is refused."""
    node.webhooks = Webhooks.of(node.feed, bytes(32), to_private=False)
    url = inbox.url.replace("http://127.0.0.1", "https://localhost")
    hook = Hook(node, lab, lab.lims.post(PATH, {"url": url}).json())
    deliver(node)
    assert hook.now["last_attempt"]["error"]["why"] in ("not-public", "no-address")
    assert inbox.got == []


def test_a_cursor_of_the_feed_is_where_it_begins(lab: Laboratory, node: Node, inbox: Receiver, hooked: Hooked) -> None:
    from tests.servers import sequence

    start = lab.lims.get("/api/v1/events", "after=end").json()["next"]
    number = f"WH-AFTER-{inbox.url.rsplit(':', 1)[1]}"
    assert lab.lims.submit(lab.fresh(number)).status_code == 201
    sequence(node)
    hooked(inbox, after=start)
    assert [e["data"]["own_number"] for e in inbox.events] == [number]
    assert inbox.batches[0].body["data"]["next"] == lab.lims.get("/api/v1/events", f"after={start}").json()["next"]
    problem(lab.lims.post(PATH, {"url": inbox.url, "after": "yesterday"}), 400, why="cursor-malformed")


def test_a_test_sends_a_ping_and_not_two_within_half_a_minute(
    lab: Laboratory, node: Node, inbox: Receiver, hooked: Hooked
) -> None:
    hook = hooked(inbox)
    answer = lab.lims.post(f"{hook.path}/test", {})
    problem(answer, 429, why="webhook-too-soon")
    assert answer.headers["retry-after"] == "30"
    hook.later(timedelta(seconds=31))
    inbox.pings_too, inbox.mind = True, lambda _: (500, b"")
    assert lab.lims.post(f"{hook.path}/test", {}).status_code == 202
    deliver(node)
    assert [(a["kind"], a["status"]) for a in hook.attempts] == [("ping", 500), ("ping", 200)]
    assert hook.now["state"] == "active", "a mere try pauses nothing"


def test_only_a_paused_one_is_resumed_and_a_paused_one_not_tested(
    lab: Laboratory, node: Node, inbox: Receiver, hooked: Hooked
) -> None:
    hook = hooked(inbox)
    problem(lab.lims.post(f"{hook.path}/resume", {}), 409, why="webhook-not-paused")
    inbox.pings_too, inbox.mind = True, lambda _: (410, b"")
    hook.later(timedelta(seconds=31))
    lab.lims.post(f"{hook.path}/test", {})
    deliver(node)
    assert hook.now["paused"]["why"] == "gone"
    problem(lab.lims.post(f"{hook.path}/test", {}), 409, why="webhook-paused")


def test_a_second_rotation_waits_until_the_first_secret_is_out_of_use(
    lab: Laboratory, inbox: Receiver, hooked: Hooked
) -> None:
    hook = hooked(inbox)
    rotated = lab.lims.post(f"{hook.path}/rotate", {}).json()
    assert rotated["generation"] == 2
    assert hook.now["former_secret_until"] is not None
    problem(lab.lims.post(f"{hook.path}/rotate", {}), 409, why="webhook-just-rotated")
    hook.later(timedelta(hours=24))
    assert hook.now["former_secret_until"] is None
    assert lab.lims.post(f"{hook.path}/rotate", {}).json()["generation"] == 3


def test_secrets_of_two_webhooks_and_of_two_nodes_differ(node: Node, inbox: Receiver, hooked: Hooked) -> None:
    one, two = hooked(inbox, proven=False), hooked(inbox, proven=False)
    assert one.made["secret"] != two.made["secret"]
    elsewhere = Webhooks.of(node.feed, bytes(32), to_private=True).secrets
    assert elsewhere.shown(one.made["id"], 1) != one.made["secret"]
    assert "00" not in repr(elsewhere)
