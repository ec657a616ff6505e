"""Every answer is a look, wherever it came from; what is no answer about a code is none."""

from collections.abc import Callable
from hashlib import sha256

import pytest
from tests.web.fakes import CODES, CREDENTIAL, VERIFIER, FakeVerifyService, State, code_of
from tests.web.public_client import Clock, Door

from zhijian.codes.document.found import Verdict
from zhijian.lookups import LookCounter

VALID, WITHDRAWN, RESERVED = CODES[State.VALID], CODES[State.WITHDRAWN], CODES[State.RESERVED]
UNKNOWN = code_of("44444444")


@pytest.fixture
def counter(door: Door) -> LookCounter:
    found: LookCounter = door.app.state.looks
    return found


@pytest.fixture
def counts(counter: LookCounter) -> Callable[[str], tuple[int, int, int]]:
    """Looks, verified looks, wrong verifiers of a code since the last call."""

    def take(code: str) -> tuple[int, int, int]:
        window = counter.take()
        tally = window.codes.get(code) or window.unknown.get(code)
        return (tally.looks, tally.verified_looks, tally.wrong_verifier) if tally else (0, 0, 0)

    return take


Counts = Callable[[str], tuple[int, int, int]]


@pytest.mark.parametrize("address", [f"/v/{VALID}", f"/api/v1/verify/{VALID}"])
def test_answers_out_of_the_cache_are_looks_too(
    door: Door, service: FakeVerifyService, counts: Counts, address: str
) -> None:
    for _ in range(5):
        assert door.get(address).status_code == 200
    assert service.calls == ["look_up"]
    assert counts(VALID) == (5, 0, 0)


@pytest.mark.parametrize("address", [f"/v/{VALID}?v={VERIFIER}", f"/{VALID}/{VERIFIER}", f"/{VALID}/{VERIFIER}{CREDENTIAL}",
                                     f"/api/v1/verify/{VALID}?v={VERIFIER}"])  # fmt: skip
def test_a_look_with_verifier_or_qr_is_a_verified_one(door: Door, counts: Counts, address: str) -> None:
    assert door.get(address).status_code == 200
    assert counts(VALID) == (1, 1, 0)


@pytest.mark.parametrize("address", [f"/v/{VALID}?v=222222", f"/{VALID}/222222", f"/{VALID}/{VERIFIER}{CREDENTIAL[:-1]}1",
                                     f"/api/v1/verify/{VALID}?v=222222", f"/v/{VALID}/trace?v=222222"])  # fmt: skip
def test_a_wrong_verifier_is_counted_and_is_no_look(door: Door, counts: Counts, address: str) -> None:
    assert door.get(address).status_code in {403, 422}
    assert counts(VALID) == (0, 0, 1)


def test_a_guess_that_is_not_heard_is_not_counted(service: FakeVerifyService, clock: Clock) -> None:
    door = Door(service, clock, guess_burst=3, guess_rate=1e-9)
    statuses = [door.get(f"/v/{VALID}?v=222222").status_code for _ in range(5)]
    assert statuses == [403, 403, 403, 429, 429]
    assert door.app.state.looks.take().codes[VALID].wrong_verifier == 3


@pytest.mark.parametrize("body", [{"code": VALID}, {"code": VALID, "verifier": VERIFIER},
                                  {"qr": f"https://verify.zhijian.example/{VALID}/{VERIFIER}{CREDENTIAL}"}])  # fmt: skip
def test_questions_as_json_are_looks(door: Door, counts: Counts, body: dict[str, str]) -> None:
    assert door.post(body).status_code == 200
    assert counts(VALID) == (1, int(len(body.get("qr", "")) > 0 or "verifier" in body), 0)


@pytest.mark.parametrize("code", [None, VALID])
def test_a_file_s_digest_is_a_look_at_what_is_answered(
    door: Door, service: FakeVerifyService, counts: Counts, code: str | None
) -> None:
    service.file(VALID, b"report")
    digest = {"algorithm": "sha256", "value": sha256(b"report").hexdigest()}
    assert door.post({"digest": digest, "code": code}).json()["outcome"] == "same"
    assert counts(VALID) == (1, 0, 0)
    assert door.post({"digest": {**digest, "value": "0" * 64}}).json()["outcome"] == "unknown"
    assert counts(VALID) == (0, 0, 0)


@pytest.mark.parametrize("as_json", [False, True])
def test_a_file_that_is_judged_is_a_look_at_its_code(
    door: Door, service: FakeVerifyService, counter: LookCounter, as_json: bool
) -> None:
    for code in (VALID, UNKNOWN, None):
        content = f"%PDF-1.7 {code}".encode()
        service.papers.put(content, code, Verdict.NOT_SEALED)
        assert (door.inspect_json(content) if as_json else door.inspect(content)).status_code == 200
    window = counter.take()
    assert {code: tally.looks for code, tally in window.codes.items()} == {VALID: 1}
    assert window.unknown["08K7"].tried == {UNKNOWN}


def test_a_code_that_is_not_registered_counts_for_the_institution_in_it(door: Door, counter: LookCounter) -> None:
    door.get(f"/v/{UNKNOWN}")
    door.post({"code": UNKNOWN})
    door.get(f"/{UNKNOWN}/{VERIFIER}")
    window = counter.take()
    assert window.codes == {}
    assert (window.unknown["08K7"].looks, window.unknown["08K7"].tried) == (3, {UNKNOWN})


def test_what_the_report_was_when_somebody_looked_is_counted_also_from_the_cache(
    door: Door, counter: LookCounter
) -> None:
    for code in (WITHDRAWN, WITHDRAWN, RESERVED, VALID):
        door.get(f"/v/{code}")
    codes = counter.take().codes
    assert (codes[WITHDRAWN].after_end, codes[WITHDRAWN].looks) == (2, 2)
    assert (codes[RESERVED].before_issue, codes[RESERVED].looks) == (1, 1)
    assert (codes[VALID].after_end, codes[VALID].before_issue) == (0, 0)


@pytest.mark.parametrize("address", ["/", "/about", "/v/000000000000000000", "/v/nonsense", f"/v/{VALID}/qr.svg", f"/proof/{VALID}",
                                     f"/q?code={VALID}", f"/v/{VALID.lower()}", f"/v/{VALID}/trace", "/healthz", "/status",
                                     "/own?cma=241112340186&number=NOT"])  # fmt: skip
def test_what_answers_nothing_about_a_code_or_only_leads_on_is_no_look(
    door: Door, counter: LookCounter, address: str
) -> None:
    door.get(address)
    window = counter.take()
    assert (window.codes, window.unknown) == ({}, {})


def test_one_way_through_several_pages_is_one_look(door: Door, counts: Counts) -> None:
    for first in (f"/q?code={VALID}", f"/v/{VALID[:4]}-{VALID[4:].lower()}"):
        answer = door.get(first)
        while answer.status_code == 303:
            answer = door.get(answer.headers["location"])
        assert answer.status_code == 200
        assert counts(VALID) == (1, 0, 0)


def test_asking_for_the_head_alone_is_no_look(door: Door, counter: LookCounter) -> None:
    for code in (VALID, VALID, UNKNOWN):
        door.client.head(f"/v/{code}")
    window = counter.take()
    assert (window.codes, window.unknown) == ({}, {})


def test_a_refused_client_is_not_counted(service: FakeVerifyService, clock: Clock) -> None:
    door = Door(service, clock, rate=1e-9, burst=2)
    assert [door.get(f"/v/{VALID}").status_code for _ in range(4)] == [200, 200, 429, 429]
    assert door.app.state.looks.take().codes[VALID].looks == 2
