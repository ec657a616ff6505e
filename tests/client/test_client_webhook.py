"""The receiver's side: what is genuine is taken, everything else is refused, by published vectors and against the platform."""

import ast
import base64
from datetime import UTC, datetime
from pathlib import Path

import pytest
import standardwebhooks
from hypothesis import given
from hypothesis import strategies as st

import zhijian.client_webhook
from zhijian.client import Client
from zhijian.client_webhook import NotGenuine, answer_to, verify_webhook
from zhijian.webhooks import signed

# Vector of the Standard Webhooks project (its libraries' tests).
SECRET, ID, AT = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330
BODY, SIGNATURE = b'{"test": 2432232314}', "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
HEADERS = {"webhook-id": ID, "webhook-timestamp": str(AT), "webhook-signature": SIGNATURE}


def test_it_imports_nothing_of_the_platform() -> None:
    tree = ast.parse(Path(zhijian.client_webhook.__file__).read_text("utf-8"))
    named = [n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    named += [alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names]
    assert [name for name in named if name.startswith(("zhijian", "tests", "cryptography", "gmalglib"))] == []


def test_the_published_vector_is_genuine() -> None:
    assert verify_webhook(SECRET, HEADERS, BODY, now=AT) == {"test": 2432232314}
    assert verify_webhook(SECRET, {k.title(): v for k, v in HEADERS.items()}, BODY, now=AT + 299)


def test_the_platform_signs_the_published_vector_in_the_same_way() -> None:
    secret = base64.b64decode(SECRET.removeprefix("whsec_"))
    assert signed([secret], ID, datetime.fromtimestamp(AT, UTC), BODY) == HEADERS


@pytest.mark.parametrize(
    ("change", "why"),
    [({"webhook-id": "msg_other"}, "signature"), ({"webhook-timestamp": str(AT + 1)}, "signature"),
     ({"webhook-timestamp": str(AT - 301)}, "time"), ({"webhook-timestamp": "now"}, "time"), ({"webhook-timestamp": "²"}, "time"),
     ({"webhook-timestamp": ""}, "time"), ({"webhook-timestamp": "1" * 5000}, "time"),
     ({"webhook-signature": ""}, "signature"), ({"webhook-signature": "v1,"}, "signature"),
     ({"webhook-signature": SIGNATURE.replace("v1,", "v2,")}, "signature"), ({"webhook-signature": "v1,é"}, "signature")],
)  # fmt: skip
def test_one_header_that_was_changed_is_noticed(change: dict[str, str], why: str) -> None:
    with pytest.raises(NotGenuine) as refused:
        verify_webhook(SECRET, HEADERS | change, BODY, now=AT)
    assert refused.value.why == why


def test_a_delivery_replayed_after_five_minutes_is_refused() -> None:
    for now in (AT + 301, AT - 301):
        with pytest.raises(NotGenuine) as refused:
            verify_webhook(SECRET, HEADERS, BODY, now=now)
        assert refused.value.why == "time"


@pytest.mark.parametrize("missing", HEADERS)
def test_a_delivery_without_one_of_its_headers_is_refused(missing: str) -> None:
    with pytest.raises(NotGenuine) as refused:
        verify_webhook(SECRET, {k: v for k, v in HEADERS.items() if k != missing}, BODY, now=AT)
    assert (refused.value.why, missing in str(refused.value)) == ("header", True)


@given(place=st.integers(0, len(BODY) - 1), bit=st.integers(0, 7))
def test_one_bit_of_the_body_is_always_noticed(place: int, bit: int) -> None:
    changed = bytearray(BODY)
    changed[place] ^= 1 << bit
    with pytest.raises(NotGenuine):
        verify_webhook(SECRET, HEADERS, bytes(changed), now=AT)


@given(body=st.dictionaries(st.text(), st.text()), other=st.booleans())
def test_what_a_ready_library_signs_is_genuine_also_beside_a_former_signature(
    body: dict[str, str], other: bool
) -> None:
    import json

    raw = json.dumps(body)
    made = standardwebhooks.Webhook(SECRET).sign(ID, datetime.fromtimestamp(AT, UTC), raw)
    both = f"v1,{base64.b64encode(bytes(32)).decode()} {made}" if other else made
    assert verify_webhook(SECRET, HEADERS | {"webhook-signature": both}, raw.encode(), now=AT) == body


@pytest.mark.parametrize("secret", ["", "whsec", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_é", "whsec_*"])
def test_a_secret_that_is_none_is_said_to_be_none(secret: str) -> None:
    with pytest.raises(ValueError, match="whsec_"):
        verify_webhook(secret, HEADERS, BODY, now=AT)


def test_a_challenge_is_repeated() -> None:
    assert answer_to({"data": {"challenge": "abc"}}) == b'{"challenge": "abc"}'
    assert answer_to({"data": {"events": []}}) == b'{"challenge": null}'


def test_the_client_reads_events_and_calls_any_address(client: Client) -> None:
    page = client.events("end")
    assert (page["events"], page["more"]) == ([], False)
    assert client.events(page["next"])["next"] == page["next"]
    first = client.events()
    assert first["events"][0]["type"] == "report.logged"
    assert "webhooks" in client.call("GET", "/api/v1/webhooks")
