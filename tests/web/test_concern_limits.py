"""Floods: each lane has its own limits, and one that is full leaves the other open. Bodies too large lose no words."""

import threading
from typing import Any

import pytest
from httpx2 import Response
from tests.web.concern_client import PHOTO, WORDS, filled, send, shown
from tests.web.concerns import NOT_A_PICTURE
from tests.web.fakes import FakeVerifyService
from tests.web.public_client import Clock, Door

from zhijian.cases.model import MOST_PHOTO_BYTES, MOST_PHOTOS
from zhijian.kit.aside import AsideFailed

SLOW = {
    "concern_burst": 1000,
    "unworked_rate": 1e-6,
    "unworked_all_rate": 1e-6,
    "worked_rate": 1e-6,
    "worked_all_rate": 1e-6,
}


def statuses(door: Door, count: int, work: bool) -> list[int]:
    return [send(door, filled(door, work=work)).status_code for _ in range(count)]


def test_without_work_few_are_received_of_one_client_and_work_is_still_taken(
    service: FakeVerifyService, clock: Clock
) -> None:
    door = Door(service, clock, **SLOW)
    assert statuses(door, 4, work=False) == [303, 303, 429, 429]
    answer = send(door, filled(door, work=False))
    assert "没有 JavaScript 时收得少" in answer.text
    assert int(answer.headers["retry-after"]) > 1
    assert shown(answer.text)["words"] == WORDS
    assert statuses(door, 11, work=True) == [303] * 10 + [429]
    assert "提交得太频繁" in send(door, filled(door)).text


def test_many_addresses_without_work_get_no_more_than_all_together_may(
    service: FakeVerifyService, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = Door(service, clock, **SLOW, unworked_all_burst=5, worked_all_burst=7)
    addresses = iter(range(1000))
    monkeypatch.setattr("zhijian.web.concern_door.client_of", lambda _: f"198.51.100.{next(addresses)}")
    assert statuses(door, 7, work=False) == [303] * 5 + [429] * 2
    assert statuses(door, 9, work=True) == [303] * 7 + [429] * 2


def test_what_was_not_received_takes_nothing_from_the_allowance(service: FakeVerifyService, clock: Clock) -> None:
    door = Door(service, clock, **SLOW)
    for _ in range(3):
        assert send(door, filled(door, work=False, words="")).status_code == 422
        assert send(door, filled(door, work=False), (NOT_A_PICTURE,)).status_code == 422
    assert statuses(door, 2, work=False) == [303, 303]


def test_a_client_that_tries_for_ever_is_not_read_and_its_words_come_back(
    service: FakeVerifyService, clock: Clock
) -> None:
    door = Door(service, clock, concern_rate=1e-6, concern_burst=2)
    form = filled(door, words="")
    assert [send(door, form, (PHOTO,)).status_code for _ in range(3)] == [422, 422, 429]
    answer = send(door, filled(door), (PHOTO + bytes(4 << 20),))
    assert answer.status_code == 429
    assert shown(answer.text)["words"] == WORDS
    assert door.concerns.received == []


def test_photos_too_large_together_are_refused_and_the_words_come_back(door: Door) -> None:
    answer = send(door, filled(door, contact="13812345678"), (PHOTO + bytes(MOST_PHOTO_BYTES),) * (MOST_PHOTOS + 1))
    assert answer.status_code == 413
    assert "照片太大" in answer.text
    assert (shown(answer.text)["words"], shown(answer.text)["contact"]) == (WORDS, "13812345678")
    assert "照片要重新选" in answer.text


def test_three_photos_of_the_largest_size_are_taken(door: Door) -> None:
    largest = PHOTO + bytes(MOST_PHOTO_BYTES - len(PHOTO))
    assert send(door, filled(door), (largest,) * MOST_PHOTOS).status_code == 303


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "multipart/form-data; boundary=x"),
        (b"nonsense", "multipart/form-data"),
        (b"words=x", "application/x-www-form-urlencoded"),
        (b'--x\r\nContent-Disposition: form-data; name="words"\r\n\r\ncut', "multipart/form-data; boundary=x"),
        (b"".join(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n' for _ in range(200)) + b"--x--\r\n",
         "multipart/form-data; boundary=x"),
    ],
    ids=["empty", "no boundary", "no multipart", "cut", "too many fields"],
)  # fmt: skip
def test_what_is_no_form_gets_the_form(door: Door, body: bytes, kind: str) -> None:
    answer = door.client.post("/concern", content=body, headers={"content-type": kind})
    assert answer.status_code in (400, 409)
    assert 'name="words"' in answer.text


def test_while_as_many_are_read_as_may_be_others_are_told_to_wait(service: FakeVerifyService, clock: Clock) -> None:
    door = Door(service, clock, inspect_at_once=0)
    answer: Response = send(door, filled(door), (PHOTO,))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert shown(answer.text)["words"] == WORDS


def test_while_photos_are_worked_on_others_are_told_to_wait_and_codes_are_answered(
    service: FakeVerifyService, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    door, begun, may_end = Door(service, clock, inspect_at_once=1), threading.Event(), threading.Event()
    receive, calls = door.concerns.receive, []

    def slowly(*given: Any, **how: Any) -> Any:
        calls.append(given)
        begun.set()
        assert may_end.wait(20)
        return receive(*given, **how)

    monkeypatch.setattr(door.concerns, "receive", slowly)
    answers: list[int] = []
    with door.client:  # one event loop for all threads
        forms = [filled(door), filled(door)]
        first = threading.Thread(target=lambda: answers.append(send(door, forms[0], (PHOTO,)).status_code))
        first.start()
        assert begun.wait(20)
        answer = send(door, forms[1], (PHOTO,))
        assert (answer.status_code, len(calls)) == (503, 1)
        assert shown(answer.text)["words"] == WORDS
        assert door.get("/v/332608K7M4QX72RD9C").status_code == 200
        may_end.set()
        first.join(20)
        assert answers == [303]
        assert send(door, forms[1], (PHOTO,)).status_code == 303


def test_who_met_a_busy_door_may_come_again_and_all_together_have_had_that_try(
    service: FakeVerifyService, clock: Clock
) -> None:
    for limits, then in (({"worked_burst": 1}, 303), ({"worked_all_burst": 1}, 429)):
        door = Door(service, clock, **SLOW, **limits)
        door.concerns.fault = AsideFailed("busy")
        assert statuses(door, 1, work=True) == [503]
        door.concerns.fault = None
        assert statuses(door, 1, work=True) == [then]


def test_a_form_that_was_used_for_something_else_is_spent_and_so_is_its_turn(
    service: FakeVerifyService, clock: Clock
) -> None:
    door = Door(service, clock, **SLOW)
    form = filled(door, work=False)
    assert send(door, form).status_code == 303
    answer = send(door, form | {"words": "另一件事"})
    assert (answer.status_code, "内容与上次不同" in answer.text) == (409, True)
    answer = send(door, form | {"words": "又一件事"})
    assert (answer.status_code, "这张表单已经用过" in answer.text) == (409, True)
    assert statuses(door, 1, work=False) == [429]
