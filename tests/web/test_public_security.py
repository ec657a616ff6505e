"""Headers on every answer, cookies that follow nobody, and data that stays data."""

import re
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from enum import Enum
from html.parser import HTMLParser
from typing import Any

import pytest
from tests.web.fakes import CODES, VERIFIER, FakeVerifyService, State, code_of
from tests.web.public_client import Door

VALID = CODES[State.VALID]
ADDRESSES = [
    "/",
    "/about",
    "/own",
    "/inspect",
    "/concern",
    "/offline",
    "/sw.js",
    f"/v/{VALID}",
    f"/v/{VALID}?v={VERIFIER}",
    f"/v/{VALID}/trace?v={VERIFIER}",
    f"/v/{VALID}/qr.svg",
    f"/proof/{VALID}",
    "/v/123",
    f"/v/{code_of('AAAAAAAA')}",
    "/q?code=https://evil.example/x",
    "/nothing",
    "/static/nothing.js",
    "/healthz",
    f"/api/v1/verify/{VALID}",
    "/api/v1/verify/123",
]
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_every_answer_carries_the_headers(door: Door, address: str, method: str) -> None:
    headers = door.client.request(method, address).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'")
    assert "unsafe-inline" not in policy
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["permissions-policy"].startswith("camera=(self)")
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers.get_list("content-security-policy") == [policy]


def test_a_fault_has_its_page_in_both_languages_with_the_headers(door: Door, service: FakeVerifyService) -> None:
    service.fault = RuntimeError("secret detail")
    response = door.get(f"/v/{VALID}")
    assert response.status_code == 500
    assert "出错了" in response.text
    assert "Something went wrong" in response.text
    assert "secret" not in response.text
    assert "content-security-policy" in response.headers


@pytest.mark.parametrize("address", ADDRESSES[:16])
def test_no_page_holds_inline_script_style_or_handlers(door: Door, address: str) -> None:
    html = door.get(address).text
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", html)
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", html)


class Reader(HTMLParser):
    """Lists what a browser would run, or load from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        source = given.get("src") or ""
        if (tag == "script" and not source.startswith("/static/")) or (tag == "img" and not source.startswith("/v/")):
            self.found.append(f"{tag} {source}")
        self.found += [name for name in given if name.startswith("on")]
        href = given.get("href") or ""
        if href and href[0] not in "/?#":
            self.found.append(href)


def active_parts(html: str) -> list[str]:
    reader = Reader()
    reader.feed(html)
    return reader.found


def poisoned(value: Any) -> Any:
    """The same value with every text in it replaced by an attack."""
    if isinstance(value, Enum | datetime | date | bool | int | None):
        return value
    if isinstance(value, str):
        return value if value in {"institution", "regulator"} else EVIL
    if isinstance(value, tuple):
        return tuple(map(poisoned, value))
    assert is_dataclass(value)
    return replace(value, **{field.name: poisoned(getattr(value, field.name)) for field in fields(value)})


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_markup_in_any_field_stays_text(service: FakeVerifyService, door: Door, state: State, lang: str) -> None:
    code = CODES[state]
    report = service.reports[code]
    report.answer = replace(
        poisoned(report.answer), code=code, successor=report.answer.successor, history=poisoned(report.answer.history)
    )
    report.full = poisoned(report.full)
    real_trace = service.trace
    service.trace = lambda *asked: replace(poisoned(real_trace(*asked)), answer=real_trace(*asked).answer)  # type: ignore[method-assign]
    for address in (f"/v/{code}?lang={lang}", f"/v/{code}?v={VERIFIER}&lang={lang}", f"/v/{code}/trace?v={VERIFIER}"):
        html = door.get(address).text
        assert active_parts(html) == []


@pytest.mark.parametrize(
    "given", [EVIL, "</title>" + EVIL, "%00", "{{ 7*7 }}", "javascript:alert(1)", "https://" + EVIL]
)
def test_markup_that_the_reader_sends_stays_text(door: Door, given: str) -> None:
    for address, parameters in (
        ("/q", {"code": given}),
        ("/own", {"cma": given, "number": given}),
        ("/concern", {"code": given}),
        (f"/v/{VALID}", {"v": given}),
        (f"/v/{VALID}", {"lang": given, "size": given, given: given}),
    ):
        html = door.get(address, params=parameters).text
        assert active_parts(html) == []


def test_a_redirect_never_leaves_the_site(door: Door) -> None:
    for typed in ("//evil.example/aaaaaaaaaaaaaa", "https:/evil.example", "/\\evil.example", "\r\nlocation: x"):
        location = door.get("/q", params={"code": typed}).headers.get("location", "/")
        assert re.match(r"/(?![/\\])", location)


def test_only_the_two_cookies_are_set_and_only_when_asked(door: Door) -> None:
    assert "set-cookie" not in door.get(f"/v/{VALID}").headers
    cookies = door.get(f"/v/{VALID}?lang=en&size=large").headers.get_list("set-cookie")
    assert [cookie.split("=")[0] for cookie in cookies] == ["lang", "size"]
    for cookie in cookies:
        for part in ("SameSite=lax", "HttpOnly", "Secure", "Path=/"):
            assert part in cookie


def test_built_files_may_be_kept_for_ever(door: Door) -> None:
    from zhijian.web.render import static_names
    from zhijian.web.settings import STATIC

    names = static_names(STATIC)
    if not names:
        pytest.skip("static files are not built: npm ci && npm run build in ui/")
    for name in names.values():
        response = door.get(f"/static/{name}")
        assert response.status_code == 200
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "no-cache" in door.get("/static/manifest.json").headers["cache-control"]


@pytest.mark.parametrize("path", ["/static/../settings.py", "/static/%2e%2e/settings.py", "/static/..%2fsettings.py"])
def test_static_files_do_not_lead_out(door: Door, path: str) -> None:
    assert door.get(path).status_code == 404
