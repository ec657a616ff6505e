"""The form works without a script; bodies too large, broken or too many are told so; one client does not keep others out."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.requests import Request
from tests.web.fakes import FakeVerifyService
from tests.web.public_client import Clock, Door, text_of
from tests.web.test_inspect import banner

from zhijian.documents import MAX_BYTES
from zhijian.kit.aside import AsideFailed
from zhijian.web.uploads import Turns, UploadRefused, body_of, file_of, limited

PDF = b"%PDF-1.7 a report"


def test_the_form_is_plain_html_and_says_what_becomes_of_the_file(door: Door) -> None:
    html = door.get("/inspect").text
    assert '<form class="stack" action="/inspect" method="post" enctype="multipart/form-data">' in html
    assert 'type="file" id="file" name="file" accept=".pdf,.ofd,application/pdf" required' in html
    for text in ("文件会发送到本平台，检查完就丢弃，不保存", "最大 20 MB", "PDF 或 OFD 文件"):
        assert text in text_of(html), text
    assert 'href="/inspect"' in door.get("/").text


def test_bytes_that_are_no_pdf_are_refused_with_the_reason_and_the_form(door: Door) -> None:
    page = door.inspect(b"PK\x03\x04 garbage")
    assert page.status_code == 422
    assert "不是 PDF 文件；请导出为 PDF。" in page.text
    assert 'action="/inspect"' in page.text
    assert "This is no PDF; export it as PDF." in door.inspect(b"GIF89a", lang="en").text
    said = door.inspect_json(b"PK\x03\x04")
    assert (said.status_code, said.json()["why"]) == (422, "document-not-pdf")
    assert said.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("size", [MAX_BYTES + 1, 21 << 20])
def test_a_file_over_twenty_megabytes_is_refused_unseen(door: Door, service: FakeVerifyService, size: int) -> None:
    large = b"%PDF-" + bytes(size - 5)
    page = door.inspect(large)
    assert page.status_code == 413
    assert "文件超过 20 MB" in page.text
    said = door.inspect_json(large)
    assert (said.status_code, said.json()["why"]) == (413, "file-too-large")
    assert service.calls == []
    assert door.inspect(b"%PDF-" + bytes(MAX_BYTES - 5)).status_code == 200


def test_a_body_without_a_declared_length_is_counted_while_it_comes(door: Door, service: FakeVerifyService) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(40):
            yield b"%PDF-" + bytes((1 << 20) - 5)

    answer = door.client.post("/api/v1/inspect", content=pieces(), headers={"content-type": "application/pdf"})
    assert answer.status_code == 413
    assert service.calls == []


def test_of_a_body_too_large_nothing_over_the_limit_is_kept_and_it_is_not_read_for_ever() -> None:
    received = kept = 0

    async def receive() -> Any:
        nonlocal received
        received += 4
        return {"type": "http.request", "body": b"x" * 4, "more_body": True}

    async def read() -> None:
        nonlocal kept
        async for piece in limited(Request({"type": "http", "headers": []}, receive), 10):
            kept += len(piece)

    with pytest.raises(UploadRefused, match="file-too-large"):
        asyncio.run(read())
    assert (kept, received) == (10, 32)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "multipart/form-data; boundary=x", 400),
        (b"--x\r\n", "multipart/form-data; boundary=x", 400),
        (b"nonsense", "multipart/form-data", 400),
        (b"file=x", "application/x-www-form-urlencoded", 400),
        (b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n%PDF-\r\n--x--\r\n', "multipart/form-data; boundary=x", 400),
        (b'--x\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\n\r\n--x--\r\n', "multipart/form-data; boundary=x", 400),
        (b"--x\r\nContent-Type: application/pdf\r\n\r\n%PDF-\r\n--x--\r\n", "multipart/form-data; boundary=x", 400),
    ],
    ids=["empty", "cut", "no boundary", "no multipart", "a field", "no file chosen", "no name"],
)  # fmt: skip
def test_a_form_without_a_file_gets_the_form_again(door: Door, body: bytes, kind: str, status: int) -> None:
    page = door.client.post("/inspect", content=body, headers={"content-type": kind})
    assert page.status_code == status
    assert "没有收到文件" in page.text


def test_the_api_takes_pdf_only(door: Door) -> None:
    assert door.inspect_json(PDF, "application/json").json()["why"] == "media-type"
    assert door.inspect_json(PDF, "application/pdf; x=y").status_code == 200
    assert door.client.get("/api/v1/inspect").status_code == 405


@pytest.mark.parametrize(
    ("why", "status", "says", "key"),
    [
        ("busy", 503, "正在检查别的文件", "documents-busy"),
        ("too-slow", 422, "文件太复杂，检查不完", "document-too-complex"),
        ("died", 422, "文件太复杂，检查不完", "document-too-complex"),
    ],
)
def test_a_file_that_takes_too_much_or_comes_at_a_bad_time_is_told_so(
    door: Door, service: FakeVerifyService, why: str, status: int, says: str, key: str
) -> None:
    service.fault = AsideFailed(why)
    page, said = door.inspect(PDF), door.inspect_json(PDF)
    assert (page.status_code, said.status_code, said.json()["why"]) == (status, status, key)
    assert says in page.text
    assert ("retry-after" in page.headers) == ("retry-after" in said.headers) == (status == 503)


def test_a_fault_shows_no_detail(door: Door, service: FakeVerifyService) -> None:
    service.fault = RuntimeError("secret detail")
    page = door.inspect(PDF)
    assert page.status_code == 500
    assert "secret" not in page.text


def test_one_client_may_send_a_few_files_and_then_waits_while_it_may_still_ask(
    service: FakeVerifyService, clock: Clock
) -> None:
    door = Door(service, clock, inspect_rate=0.01)
    answers = [door.inspect(PDF) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert banner(answers[0].text)[0] == "none"
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 100
    assert "检查得太频繁" in answers[-1].text
    assert door.inspect_json(PDF).json()["why"] == "too-many-requests"
    assert door.get("/inspect").status_code == door.get("/").status_code == 200


def test_uploads_at_once_are_few_and_fewer_of_one_client() -> None:
    turns = Turns(most=3, each=2)
    with turns.taken("a"), turns.taken("a"):
        with pytest.raises(UploadRefused, match="busy"), turns.taken("a"):
            pass
        with turns.taken("b"), pytest.raises(UploadRefused), turns.taken("c"):
            pass
        with turns.taken("c"):
            pass
    with turns.taken("a"), turns.taken("a"), turns.taken("b"):
        pass


def test_while_files_are_judged_others_are_told_to_wait_and_codes_are_answered(
    service: FakeVerifyService, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    door, begun, may_end = Door(service, clock, inspect_at_once=1), threading.Event(), threading.Event()
    judge = service.inspect

    def slowly(*asked: Any) -> Any:
        begun.set()
        assert may_end.wait(20)
        return judge(*asked)

    monkeypatch.setattr(service, "inspect", slowly)
    answers: list[int] = []
    with door.client:  # one event loop for all threads
        first = threading.Thread(target=lambda: answers.append(door.inspect(PDF).status_code))
        first.start()
        assert begun.wait(20)
        assert door.inspect(PDF).status_code == 503
        assert door.get("/v/332608K7M4QX72RD9C").status_code == 200
        may_end.set()
        first.join(20)
        assert answers == [200]
        assert door.inspect(PDF).status_code == 200


def test_a_body_that_comes_too_slowly_is_let_go(service: FakeVerifyService, clock: Clock) -> None:
    async def never() -> Any:
        await asyncio.sleep(60)

    def request() -> Request:
        headers = [(b"content-type", b"multipart/form-data; boundary=x")]
        return Request({"type": "http", "method": "POST", "path": "/", "headers": headers}, receive=never)

    for reading in (body_of(request(), 10, 0.05), file_of(request(), "file", 10, 0.05)):
        with pytest.raises(UploadRefused, match="too-slow"):
            asyncio.run(reading)
