"""A real OFD in a real browser before the real node: sent by the form, and by the button after a comparison."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from starlette.testclient import TestClient
from tests.browser.public_door import AXE, watched
from tests.browser.test_public_pages import RUN_AXE
from tests.conftest import Seeded, laboratory
from tests.servers import public_door
from tests.web.ofd_reports import PAGE, OfdReport, issued_ofd

from zhijian.kit.signing import Suite


@pytest.fixture(scope="module")
def door(seeded: Seeded) -> Iterator[str]:
    with public_door(seeded.node) as address:
        yield address


@pytest.fixture(scope="module")
def report(seeded: Seeded, api: TestClient) -> OfdReport:
    return issued_ofd(seeded.node, laboratory(seeded, api, Suite.SM2), "browser")


@pytest.fixture
def phone(browser: Browser, door: str) -> Iterator[Page]:
    context = browser.new_context(base_url=door, viewport={"width": 390, "height": 844})
    context.set_default_timeout(20_000)
    page = watched(context.new_page())
    yield page
    context.close()
    assert page.complaints == []  # type: ignore[attr-defined]


def test_an_ofd_is_sent_by_the_form_and_its_edit_is_named(phone: Page, report: OfdReport) -> None:
    for content, word in ((report.sealed, "这是登记的报告，签章后没有改动"), (report.edited, "签章后有改动：第 4 页")):
        phone.goto("/inspect")
        phone.locator("#file").set_input_files({"name": "report.ofd", "mimeType": "application/ofd", "buffer": content})
        phone.get_by_role("button", name="上传检查").click()
        expect(phone.get_by_role("heading", level=1)).to_have_text(word)
    expect(phone.locator("tr", has_text=PAGE)).to_contain_text("签章后改过")
    expect(phone.locator("tr", has_text="内容有改动")).to_contain_text("4")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page is wider than the phone"
    if AXE.is_file():
        phone.evaluate(AXE.read_text("utf-8"))
        assert [(one["id"], one["nodes"][0]["html"][:200]) for one in json.loads(phone.evaluate(RUN_AXE, None))] == []


def test_an_ofd_that_is_not_the_registered_one_may_be_sent_after_a_comparison(phone: Page, report: OfdReport) -> None:
    phone.goto(f"/v/{report.code}")
    phone.locator("input[data-file]").first.set_input_files(
        {"name": "A.OFD", "mimeType": "application/ofd", "buffer": report.edited}
    )
    phone.get_by_role("button", name="上传检查改动在哪里").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("签章后有改动：第 4 页")
