"""What the offline page keeps: when the server is gone, when it changes, when there is no room, when there is too much."""

import json
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from tests.browser.offline_door import Field, ask, field_of, named_door
from tests.browser.public_door import watched
from tests.conftest import Laboratory, Seeded
from tests.servers import free_port, running
from tests.web.concerns import FakeConcernService
from tests.web.fakes import FakeVerifyService

from zhijian.web import DoorSettings, verify_app

DENIED = """Object.defineProperty(window, "indexedDB", { get() { throw new DOMException("no", "SecurityError"); } });"""
FULL = """IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };"""


@pytest.fixture(scope="module")
def field(seeded: Seeded, lab: Laboratory) -> Iterator[Field]:
    with named_door(seeded.node) as address:
        yield field_of(address, lab, seeded, "OFFLINE-KEEPING")


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 390, "height": 844})
    made.set_default_timeout(10_000)
    yield made
    made.close()


def phone(context: BrowserContext, url: str, script: str = "") -> Page:
    page = watched(context.new_page())
    if script:
        page.add_init_script(script)
    page.goto(f"{url}/offline")
    return page


def test_with_the_server_stopped_the_page_opens_and_verifies(
    context: BrowserContext, field: Field, seeded: Seeded
) -> None:
    with named_door(seeded.node) as url:
        page = phone(context, url)
        expect(page.get_by_text("已更新，共")).to_be_visible(timeout=20_000)
        expect(page.get_by_text("已存在本机，没有网络也能打开")).to_be_visible(timeout=20_000)
        text = field.qr(field.valid).replace(field.url.upper(), url.upper()).replace(field.host, url[7:])
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), 1):
        pass
    page.goto(f"{url}/offline")
    ask(page, text)
    expect(page.locator("#state")).to_have_text("在册有效", use_inner_text=True)
    page.goto(text)
    expect(page.get_by_text("编码已带到这里")).to_be_visible()
    expect(page.locator("#state")).to_have_text("在册有效", use_inner_text=True)
    page.get_by_role("button", name="更新", exact=True).click()
    expect(page.get_by_text("没有取到：网络不通或服务器没有回答")).to_be_visible()
    expect(page.locator("#state")).to_have_text("在册有效", use_inner_text=True)
    assert page.complaints == []  # type: ignore[attr-defined]


@contextmanager
def faked(port: int, mark: str) -> Iterator[str]:
    """A door whose page shows other root keys for another `mark`."""
    service = FakeVerifyService()
    service.root_keys = lambda: {"SM2-SM3": "04" + mark * 64, "ES256": "04" + mark * 64}  # type: ignore[method-assign]
    settings = DoorSettings(public_host=f"127.0.0.1:{port}", rate=1e6, burst=10**6)
    with running(
        verify_app(service, concerns=FakeConcernService(), clock=lambda: datetime.now(UTC), settings=settings), port
    ) as url:
        yield url


def shown_roots(page: Page) -> str:
    return str(page.locator("[data-lists]").get_attribute("data-roots"))


IN_PLACE = """async (mark) => {
  const { installing, waiting, active } = (await navigator.serviceWorker.getRegistration()) ?? {};
  if (installing || waiting || active?.state !== "activated") return false;
  for (const name of await caches.keys()) {
    const page = await (await caches.open(name)).match("/offline?lang=zh&size=normal", { ignoreVary: true });
    if ((await page?.text())?.includes(mark)) return true;
  }
  return false;
}"""


def in_place(page: Page, mark: str) -> None:
    for _ in range(100):
        if page.evaluate(IN_PLACE, mark):
            return
        page.wait_for_timeout(100)
    raise AssertionError("the new worker did not take over")


def test_a_new_version_shows_at_once_and_replaces_what_was_kept(context: BrowserContext) -> None:
    port = free_port()
    for mark in ("11", "22", "33"):
        with faked(port, mark) as url:
            page = phone(context, url)
            assert mark * 64 in shown_roots(page), "online, the page is the server's"
            in_place(page, mark * 64)
        page.goto(f"{url}/offline")
        assert mark * 64 in shown_roots(page), "and without it, the newest that was kept"
        shells = [name for name in page.evaluate("caches.keys()") if name.startswith("shell-")]
        assert len(shells) <= 2, "this one, and the one before for pages still open"
        page.close()


def test_other_root_keys_than_last_time_are_said(context: BrowserContext, field: Field) -> None:
    page = phone(context, field.url)
    expect(page.get_by_text("已更新，共")).to_be_visible(timeout=20_000)
    page.evaluate(
        """new Promise((done) => { indexedDB.open("zhijian-offline", 1).onsuccess = ({ target: { result } }) => {
          const writing = result.transaction("kept", "readwrite");
          writing.objectStore("kept").put("0123456789abcdef", "roots");
          writing.oncomplete = () => { result.close(); done(); };
        }; })"""
    )
    page.reload()
    expect(page.get_by_text("根公钥与上次在本机看到的不同")).to_be_visible()


def test_an_older_trust_list_from_the_server_is_refused_and_the_newer_stays(
    context: BrowserContext, field: Field, seeded: Seeded
) -> None:
    page = phone(context, field.url)
    expect(page.get_by_text("已更新，共")).to_be_visible(timeout=20_000)
    with seeded.node.transaction() as db:
        import sqlalchemy as sa

        older = db.execute(sa.text("SELECT sealed FROM trust_version ORDER BY version LIMIT 1")).scalar_one()
    page.route("**/trust", lambda route: route.fulfill(body=bytes(older), content_type="application/json"))
    page.get_by_role("button", name="更新", exact=True).click()
    expect(page.get_by_text("服务器给的信任列表比见过的旧，没有保存")).to_be_visible()
    page.get_by_role("button", name="删除离线数据").click()
    page.get_by_role("button", name="更新", exact=True).click()
    expect(page.get_by_text("服务器给的信任列表比见过的旧，没有保存")).to_be_visible()


@pytest.mark.parametrize("script", [DENIED, FULL], ids=["denied", "full"])
def test_where_nothing_can_be_kept_the_page_says_so_and_verifies_while_it_is_open(
    context: BrowserContext, field: Field, script: str
) -> None:
    page = phone(context, field.url, script)
    words = "浏览器不让本页保存数据" if script == DENIED else "本机空间不够，数据没有存下来"
    expect(page.get_by_text(words)).to_be_visible(timeout=20_000)
    ask(page, field.qr(field.withdrawn))
    expect(page.locator("#state")).to_have_text("无效", use_inner_text=True)
    assert page.complaints == []  # type: ignore[attr-defined]


def test_more_than_five_megabytes_are_not_fetched_before_provinces_are_chosen(
    context: BrowserContext, field: Field
) -> None:
    province = field.valid["code"][:2]
    month = datetime.now(UTC).strftime("%Y-%m")
    index = [{"list": f"{code}-{month}", "about_bytes": 3_000_000} for code in ("10", province)]
    bundles: list[str] = []

    def listed(route: Route) -> None:
        route.fulfill(body=json.dumps(index), content_type="application/json")

    page = watched(context.new_page())
    page.on("request", lambda request: bundles.append(request.url) if "/bundle" in request.url else None)
    page.route("**/status", listed)
    page.goto(f"{field.url}/offline")
    expect(page.get_by_text("全部省份合计约 6.0 MB，超过 5 MB")).to_be_visible()
    assert bundles == []
    page.locator(f'[name="province"][value="{province}"]').check()
    page.get_by_role("button", name="按选择更新").click()
    expect(page.get_by_text("已更新，共")).to_be_visible()
    expect(page.locator("[data-lists]")).to_contain_text("只有这些省")
    assert {re.findall(r"province=(\d\d)", url)[0] for url in bundles} == {province}
    ask(page, field.qr(field.valid))
    expect(page.locator("#state")).to_have_text("在册有效", use_inner_text=True)


def test_a_list_that_does_not_verify_is_not_kept(context: BrowserContext, field: Field) -> None:
    page = watched(context.new_page())

    def forged(route: Route) -> None:
        body = bytearray(route.fetch().body())
        body[-1] ^= 1
        route.fulfill(body=bytes(body), content_type="application/octet-stream")

    page.route("**/status/bundle*", forged)
    page.goto(f"{field.url}/offline")
    expect(page.get_by_text("有的状态列表未通过核验，没有保存")).to_be_visible(timeout=20_000)
    ask(page, field.qr(field.valid))
    expect(page.locator("#state")).to_have_text("格式正确，签名没有核", use_inner_text=True)


def test_the_home_page_and_the_answer_page_lead_to_the_offline_page(context: BrowserContext, field: Field) -> None:
    page = context.new_page()
    for address in ("/", f"/v/{field.valid['code']}"):
        page.goto(field.url + address)
        page.get_by_role("link", name="离线核验", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("离线核验")


def test_what_was_deleted_is_gone(context: BrowserContext, field: Field) -> None:
    page = phone(context, field.url)
    expect(page.get_by_text("已更新，共")).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="删除离线数据").click()
    expect(page.locator('[data-lists] [data-when="empty"]').first).to_be_visible()
    ask(page, field.qr(field.valid))
    expect(page.locator("#state")).to_have_text("格式正确，签名没有核", use_inner_text=True)
