"""A cached page is as right as a fresh one: its time, its state, its language."""

import json

import pytest
from tests.web.fakes import CODES, VERIFIER, FakeVerifyService, State, report
from tests.web.public_client import Clock, Door

from zhijian.lookups import Shown
from zhijian.web.page_cache import MAX_REMEMBERED_EVICTIONS, CachedAnswer, PageCache

VALID = CODES[State.VALID]


@pytest.mark.parametrize("address", [f"/v/{VALID}", f"/api/v1/verify/{VALID}"])
def test_the_second_reader_does_not_reach_the_service(door: Door, service: FakeVerifyService, address: str) -> None:
    first, second = door.get(address), door.get(address)
    assert service.calls == ["look_up"]
    assert first.content == second.content
    assert dict(first.headers) == dict(second.headers)


def test_a_cached_page_shows_the_time_of_its_own_question(door: Door, clock: Clock) -> None:
    assert "查询时间 2026-05-18 10:24:36" in door.text(f"/v/{VALID}")
    clock.move(41)
    response = door.get(f"/v/{VALID}")
    assert '<time datetime="2026-05-18T10:25:17+08:00">2026-05-18 10:25:17</time>' in response.text
    assert "10:24:36" not in response.text
    assert int(response.headers["content-length"]) == len(response.content)


def test_a_cached_document_shows_the_time_of_its_own_question(door: Door, clock: Clock) -> None:
    door.get(f"/api/v1/verify/{VALID}")
    clock.move(41)
    answer = json.loads(door.get(f"/api/v1/verify/{VALID}").content)
    assert answer["asked_at"] == "2026-05-18T02:25:17Z"


def test_after_eviction_the_new_state_shows(door: Door, service: FakeVerifyService) -> None:
    assert "在册有效" in door.text(f"/v/{VALID}")
    service.reports[VALID] = report(VALID, State.WITHDRAWN)
    assert '<h1 id="state">在册有效' in door.get(f"/v/{VALID}").text
    door.cache.evict(VALID)
    assert '<h1 id="state">已撤回' in door.get(f"/v/{VALID}").text
    service.reports[VALID] = report(VALID, State.FALSE)
    door.cache.clear()
    assert '<h1 id="state">认定虚假' in door.get(f"/v/{VALID}").text


def test_each_language_and_size_has_its_own_page(door: Door) -> None:
    door.get(f"/v/{VALID}")
    english = door.get(f"/v/{VALID}", headers={"cookie": "lang=en; size=large"})
    assert "Registered and valid" in english.text
    assert 'data-size="large"' in english.text
    assert "在册有效" in door.get(f"/v/{VALID}").text
    assert "Registered and valid" in door.get(f"/v/{VALID}", headers={"cookie": "size=large; lang=en"}).text


def test_what_the_verifier_opened_is_never_kept(door: Door, service: FakeVerifyService) -> None:
    door.get(f"/v/{VALID}?v={VERIFIER}")
    assert len(door.cache) == 0
    assert "总排口废水" not in door.text(f"/v/{VALID}")
    door.get(f"/v/{VALID}?v={VERIFIER}")
    assert service.calls == ["look_up"] * 3


def test_codes_that_are_not_found_are_not_kept(door: Door) -> None:
    door.get("/v/000000000000000000")
    assert len(door.cache) == 0


def test_a_head_of_a_cached_page_has_its_length_and_no_body(door: Door) -> None:
    length = len(door.get(f"/v/{VALID}").content)
    response = door.client.head(f"/v/{VALID}")
    assert response.content == b""
    assert int(response.headers["content-length"]) == length


def cached(text: bytes = b"page") -> CachedAnswer:
    return CachedAnswer((text,), lambda: b"", (), Shown.IN_USE)


def test_an_entry_lives_its_time() -> None:
    now = 0.0
    cache = PageCache(60, 10, 1_000, timer=lambda: now)
    cache.put(cache.ticket(), "A", "zh", cached())
    now = 60.0
    assert cache.get("A", "zh")
    now = 60.1
    assert cache.get("A", "zh") is None
    assert len(cache) == 0


def test_the_codes_and_bytes_are_bounded_and_the_oldest_goes_first() -> None:
    cache = PageCache(60, 2, 25, timer=lambda: 0.0)
    for code in "AB":
        cache.put(cache.ticket(), code, "zh", cached(b"0123456789"))
    cache.get("A", "zh")
    cache.put(cache.ticket(), "C", "zh", cached(b"01234"))
    assert [code for code in "ABC" if cache.get(code, "zh")] == ["A", "C"]
    cache.put(cache.ticket(), "C", "en", cached(b"0123456789x"))
    assert [code for code in "ABC" if cache.get(code, "zh")] == ["C"]


def test_an_answer_read_before_an_eviction_is_not_kept_after_it() -> None:
    cache = PageCache(60, 10, 1_000)
    ticket = cache.ticket()
    cache.evict("A")
    cache.put(ticket, "A", "zh", cached())
    cache.put(ticket, "B", "zh", cached())
    assert cache.get("A", "zh") is None
    assert cache.get("B", "zh")
    cache.put(cache.ticket(), "A", "zh", cached())
    assert cache.get("A", "zh")


def test_a_ticket_older_than_what_is_remembered_is_refused() -> None:
    cache = PageCache(60, 10, 1_000)
    ticket = cache.ticket()
    for number in range(MAX_REMEMBERED_EVICTIONS + 1):
        cache.evict(str(number))
    cache.put(ticket, "0", "zh", cached())
    assert cache.get("0", "zh") is None
    cache.clear()
    cache.put(ticket, "B", "zh", cached())
    assert len(cache) == 0
