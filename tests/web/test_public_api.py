"""The answers as JSON, and problem documents."""

from hashlib import sha256

import pytest
from tests.web.fakes import CODES, CREDENTIAL, VERIFIER, FakeVerifyService, State, code_of
from tests.web.public_client import HOST, Door

VALID = CODES[State.VALID]
FILE = b"%PDF-1.7 report"
DIGEST = {"algorithm": "sha256", "value": sha256(FILE).hexdigest()}


def test_a_code_gives_its_answer_with_stable_keys(door: Door) -> None:
    response = door.get(f"/api/v1/verify/{VALID}")
    answer = response.json()
    assert response.headers["content-type"] == "application/json"
    assert answer["code"] == VALID
    assert answer["state"] == "valid"
    assert answer["asked_at"] == "2026-05-18T02:24:36Z"
    assert answer["level"] == 3
    assert answer["issuer"]["on_issue"] == "in_force"
    assert answer["log"]["witnesses"] == ["全国", "江苏", "某高校"]
    assert answer["full"] is None


def test_the_verifier_opens_the_facts(door: Door) -> None:
    assert door.get(f"/api/v1/verify/{VALID}?v={VERIFIER}").json()["full"]["client"] == "杭州示＊＊＊＊有限公司"


@pytest.mark.parametrize(
    ("body", "full"),
    [
        ({"code": VALID}, False),
        ({"code": "3326-08k7-m4qx-72rd-9c", "verifier": "7kq2mx"}, True),
        ({"code": VALID.replace("0", "O"), "verifier": VERIFIER}, True),
        ({"qr": f"HTTPS://{HOST.upper()}/{VALID}/{VERIFIER}{CREDENTIAL}"}, True),
    ],
)
def test_a_question_by_post_is_answered(door: Door, body: dict[str, str], full: bool) -> None:
    found = door.post(body).json()
    assert found["outcome"] == "found"
    assert (found["answers"][0]["full"] is not None) is full


def test_an_equal_file_reaches_level_four(door: Door, service: FakeVerifyService) -> None:
    service.file(VALID, FILE)
    for body in ({"digest": DIGEST}, {"digest": DIGEST, "code": VALID}):
        found = door.post(body).json()
        assert found["outcome"] == "same"
        assert [(answer["code"], answer["level"], answer["file_matches"]) for answer in found["answers"]] == [
            (VALID, 4, True)
        ]


def test_another_file_differs_and_is_never_called_forged(door: Door, service: FakeVerifyService) -> None:
    service.file(VALID, b"%PDF-1.7 registered")
    found = door.post({"digest": DIGEST, "code": VALID}).json()
    assert found["outcome"] == "differs"
    assert [answer["file_matches"] for answer in found["answers"]] == [False]
    service.file(CODES[State.WITHDRAWN], FILE)
    found = door.post({"digest": DIGEST, "code": VALID}).json()
    assert found["outcome"] == "differs"
    assert [answer["code"] for answer in found["answers"]] == [VALID, CODES[State.WITHDRAWN]]


def test_a_digest_of_another_algorithm_is_not_called_different(door: Door, service: FakeVerifyService) -> None:
    service.file(VALID, FILE)
    found = door.post({"digest": {"algorithm": "sm3", "value": DIGEST["value"]}, "code": VALID}).json()
    assert found["outcome"] == "incomparable"
    assert [(answer["code"], answer["file_matches"], answer["level"]) for answer in found["answers"]] == [
        (VALID, None, 3)
    ]
    assert found["reason"]["why"] == "other-algorithm"
    assert "sha256" in found["reason"]["zh"]
    assert "compute sha256" in found["reason"]["en"]


def test_under_a_reserved_code_there_is_no_file_to_compare(door: Door) -> None:
    found = door.post({"digest": DIGEST, "code": CODES[State.RESERVED]}).json()
    assert (found["outcome"], found["reason"]["why"]) == ("incomparable", "no-file")


def test_a_file_that_nobody_registered_is_unknown(door: Door) -> None:
    assert door.post({"digest": DIGEST}).json() == {"outcome": "unknown", "answers": []}


@pytest.mark.parametrize(
    ("address", "status", "why"),
    [
        (f"/api/v1/verify/{VALID.replace('M4', 'MA')}", 400, "code-malformed"),
        (f"/api/v1/verify/{code_of('AAAAAAAA')}", 404, "code-unknown"),
        (f"/api/v1/verify/{VALID}?v=000000", 403, "verifier-wrong"),
        (f"/api/v1/verify/{VALID}?v={VERIFIER}TAMPERED", 422, "credential-refused"),
        ("/api/v1/nothing", 404, "not-found"),
        ("/api/v1/verify", 405, "method-not-allowed"),
    ],
)
def test_no_answer_is_a_problem_document(door: Door, address: str, status: int, why: str) -> None:
    response = door.get(address)
    problem = response.json()
    assert response.status_code == status == problem["status"]
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["why"] == why
    assert problem["type"] == f"urn:zhijian:problem:{why}"
    assert problem["title"]
    assert problem["detail"]
    assert set(problem["remedy"]) == {"zh", "en"}


def test_a_malformed_code_says_where(door: Door) -> None:
    problem = door.get(f"/api/v1/verify/{VALID.replace('M4', 'MA')}").json()
    assert (problem["reason"], problem["position"], problem["suggestion"]) == ("check", 10, VALID)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b"null",
        b'{"digest": {"algorithm": "md5", "value": "00"}}',
        b'{"digest": {"algorithm": "sm3", "value": "00"}}',
        b'{"code": 7}',
        b'{"other": "x"}',
        b"{}",
        b'{"code": null}',
        b"[" * 60_000,
    ],
)
def test_a_malformed_body_is_a_problem(door: Door, body: bytes) -> None:
    response = door.client.post("/api/v1/verify", content=body)
    assert response.status_code == 400
    assert response.json()["why"] == "body-malformed"


def test_a_body_over_the_limit_is_refused_before_it_is_read_whole(door: Door) -> None:
    taken = 0

    def body() -> "object":
        nonlocal taken
        for _ in range(100):
            taken += 1
            yield b"x" * 16_384

    response = door.client.post("/api/v1/verify", content=body())
    assert response.status_code == 413
    assert response.json()["why"] == "body-too-large"


def test_a_fault_is_a_problem_without_a_trace(door: Door, service: FakeVerifyService) -> None:
    service.fault = RuntimeError("secret detail")
    response = door.get(f"/api/v1/verify/{VALID}")
    assert response.status_code == 500
    assert response.json()["why"] == "internal"
    assert "secret" not in response.text
    assert "Traceback" not in response.text
