"""Readers who ask too often wait, and guesses at verifiers wait longer."""

from hypothesis import given
from hypothesis import strategies as st
from tests.web.fakes import CODES, VERIFIER, FakeVerifyService, State
from tests.web.public_client import Clock, Door

from zhijian.kit.rate_limit import PairedLimit, TokenBuckets, client_key

VALID = CODES[State.VALID]


def test_a_client_that_asks_too_often_is_told_when_to_come_back(service: FakeVerifyService, clock: Clock) -> None:
    door = Door(service, clock, rate=0.05, burst=3)
    assert [door.get("/").status_code for _ in range(4)] == [200, 200, 200, 429]
    page = door.get(f"/v/{VALID}")
    assert page.status_code == 429
    assert 1 <= int(page.headers["retry-after"]) <= 20
    assert "请稍等" in page.text
    assert "content-security-policy" in page.headers
    problem = door.get(f"/api/v1/verify/{VALID}")
    assert problem.json()["why"] == "too-many-requests"
    assert "retry-after" in problem.headers


def test_the_limit_holds_for_cached_pages_and_not_for_static_files(service: FakeVerifyService, clock: Clock) -> None:
    door = Door(service, clock, rate=0.001, burst=2)
    assert [door.get(f"/v/{VALID}").status_code for _ in range(3)] == [200, 200, 429]
    assert door.get("/healthz").status_code == 200
    assert door.get("/static/nothing-000.js").status_code == 404


def test_only_the_call_of_a_witness_is_free_of_the_readers_limit(service: FakeVerifyService, clock: Clock) -> None:
    door = Door(service, clock, rate=0.001, burst=1)
    door.get("/")
    calls = [door.client.post("/witness/w/add-checkpoint").status_code for _ in range(3)]
    assert 429 not in calls
    assert [door.get(path).status_code for path in ("/witness/w", "/witness/w/add-checkpoint")] == [429, 429]


def test_wrong_verifiers_from_one_client_are_soon_not_heard(service: FakeVerifyService, clock: Clock) -> None:
    door = Door(service, clock, guess_burst=3, guess_rate=0.01)
    statuses = [door.get(f"/v/{VALID}?v=00000{digit}").status_code for digit in range(4)]
    assert statuses == [403, 403, 403, 429]
    assert service.calls == ["look_up"] * 3
    assert door.get(f"/v/{VALID}?v={VERIFIER}").status_code == 429
    assert door.get(f"/v/{VALID}").status_code == 200
    assert door.post({"code": VALID, "verifier": "000000"}).status_code == 429
    assert door.get(f"/v/{VALID}/trace?v=000000").status_code == 429
    assert door.get(f"/{VALID}/{VERIFIER}X").status_code == 429
    assert door.get(f"/v/{VALID}/qr.svg?v=000000").status_code == 429


def test_wrong_verifiers_for_one_code_are_counted_over_its_spellings(service: FakeVerifyService, clock: Clock) -> None:
    door = Door(service, clock, code_guess_burst=2, code_guess_rate=0.01)
    spelt = VALID.replace("0", "O")
    for digit in range(2):
        response = door.get(f"/v/{spelt}?v=00000{digit}")
        assert door.get(response.headers["location"]).status_code == 403
    assert door.get(f"/v/{VALID}?v=000009").status_code == 429
    assert door.get(f"/v/{CODES[State.WITHDRAWN]}?v=000009").status_code == 403


def test_right_verifiers_cost_nothing(service: FakeVerifyService, clock: Clock) -> None:
    door = Door(service, clock, guess_burst=2, code_guess_burst=2, guess_rate=0.01, code_guess_rate=0.01)
    assert {door.get(f"/v/{VALID}?v={VERIFIER}").status_code for _ in range(10)} == {200}


def test_tokens_come_back_with_time() -> None:
    now = 0.0
    buckets = TokenBuckets(rate=2, burst=2, max_keys=10, timer=lambda: now)
    assert [buckets.take("a") for _ in range(3)] == [0.0, 0.0, 0.5]
    now = 0.5
    assert buckets.take("a") == 0.0
    assert buckets.take("a") == 0.5


@given(st.lists(st.tuples(st.floats(0, 5), st.sampled_from("abcdef")), max_size=200))
def test_no_key_gets_more_than_burst_and_rate_allow_and_keys_are_bounded(steps: list[tuple[float, str]]) -> None:
    now = 0.0
    buckets = TokenBuckets(rate=1, burst=3, max_keys=6, timer=lambda: now)
    taken = dict.fromkeys("abcdef", 0)
    for pause, key in steps:
        now += pause
        taken[key] += buckets.take(key) == 0.0
        assert taken[key] <= 3 + now + 1e-6
    assert len(buckets) <= 6


def test_a_guess_refused_for_its_code_costs_the_client_nothing() -> None:
    limit = PairedLimit(TokenBuckets(1, 2, 10, lambda: 0.0), TokenBuckets(1, 1, 10, lambda: 0.0))
    assert limit.take("client", "code") == 0.0
    assert limit.take("client", "code") > 0
    assert limit.take("client", "other") == 0.0


def test_a_household_shares_its_ipv6_network() -> None:
    assert client_key("2001:db8:1:2:3:4:5:6") == client_key("2001:db8:1:2::9")
    assert client_key("::ffff:198.51.100.7") == "198.51.100.7"
    assert client_key("fe80::1%eth0") == "fe80::/64"
    assert client_key("nonsense:") == "nonsense:"
