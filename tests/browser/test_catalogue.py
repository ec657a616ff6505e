"""The catalogue of the data specification in Chromium: searched, filtered and read, with the keyboard and without JavaScript."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.public_door import AXE, watched

from zhijian.spec import specification

PAGES = {
    "index": "/spec", "theme": "/spec?theme=reports", "search": "/spec?q=签发", "none": "/spec?q=没有的东西&theme=credit",
    "entity": "/spec/report", "lists": "/spec/codes", "list": "/spec/codes/penalty_kind",
    "changes": "/spec/changes", "missing": "/spec/reprot",
}  # fmt: skip


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def page(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(
        base_url=address, viewport={"width": 1440, "height": 900}, java_script_enabled=request.param
    )
    context.set_default_timeout(15_000)
    page = watched(context.new_page())
    yield page
    context.close()
    assert page.complaints == []  # type: ignore[attr-defined]


def test_a_word_leads_to_the_element_that_is_called_so(page: Page) -> None:
    page.goto("/spec")
    page.get_by_role("searchbox").fill("签发日期")
    page.get_by_role("searchbox").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("1 项符合")
    page.get_by_role("table").get_by_role("link", name="签发日期").click()
    assert page.url.endswith("/spec/report#issued_on")
    row = page.locator("#issued_on")
    expect(row).to_be_in_viewport()
    expect(row).to_contain_text("授权签字人签发的日期。")
    expect(row).to_contain_text("必填")


def test_filters_stand_in_the_address_and_come_back_with_it(page: Page) -> None:
    page.goto("/spec")
    page.get_by_label("主题").select_option(label="人员与设备")
    page.get_by_label("敏感级别").select_option(label="个人信息")
    page.get_by_role("button", name="搜索").click()
    assert "theme=resources" in page.url
    assert "level=personal" in page.url
    table = page.get_by_role("table")
    expect(table.get_by_role("link", name="姓名")).to_be_visible()
    expect(table.get_by_text("site.name")).to_have_count(0)
    page.goto(page.url)
    expect(page.get_by_label("主题")).to_have_value("resources")
    page.get_by_role("searchbox").fill("没有的东西")
    page.get_by_role("button", name="搜索").click()
    expect(page.get_by_role("heading", name="没有符合的内容")).to_be_visible()
    page.get_by_role("link", name="去掉筛选").click()
    expect(page.get_by_label("主题")).to_have_value("")
    expect(page.get_by_role("searchbox")).to_have_value("没有的东西")


def test_a_theme_shows_its_entities_alone(page: Page) -> None:
    page.goto("/spec")
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="信用与处罚").click()
    shown = page.locator("main table code").all_inner_texts()
    assert shown == [e.id for e in specification().entities.values() if e.theme == "credit"] != []


def test_a_name_misspelt_in_the_address_is_told_with_a_way_on(page: Page) -> None:
    answer = page.goto("/spec/reprot")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", name="没有这一页")).to_be_visible()
    expect(page.get_by_role("table").get_by_role("link", name="检验检测报告")).to_be_visible()
    page.get_by_role("searchbox").fill("certificate number")
    page.get_by_role("searchbox").press("Enter")
    expect(page.get_by_role("table").get_by_role("link", name="证书编号").first).to_be_visible()


def test_everything_is_reached_with_the_keyboard(page: Page) -> None:
    page.goto("/spec")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("penalty")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=penalty**")
    first = page.get_by_role("table").get_by_role("link").first
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.locator(":focus").get_attribute("href") == first.get_attribute("href"):
            break
    expect(first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="行政处罚", level=1)).to_be_visible()


def test_what_a_page_offers_to_download_is_there(page: Page, address: str) -> None:
    page.goto("/spec/report")
    links = page.locator(".actions a").all()
    assert len(links) == 6
    for link in links:
        answer = page.request.get(str(link.get_attribute("href")))
        assert answer.status == 200, link
        assert len(answer.body()) > 500


@pytest.mark.parametrize(("width", "lang"), [(390, "zh"), (1440, "zh"), (390, "en")])
def test_every_page_is_accessible_and_fits(
    browser: Browser, address: str, width: int, lang: str, pictures: Path
) -> None:
    context = browser.new_context(base_url=address, viewport={"width": width, "height": 900})
    page = watched(context.new_page())
    page.goto(f"/spec?lang={lang}")
    for name, path in PAGES.items() if lang == "zh" else [("index", "/spec"), ("entity", "/spec/staff")]:
        page.goto(path)
        if name == "entity":
            page.locator("#example summary").click()
        page.evaluate(AXE.read_text())
        found = page.evaluate(
            "axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target).join(' | ')))"
        )
        assert found == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        page.screenshot(path=pictures / f"spec-{name}-{lang}-{width}.png", full_page=True)
    assert page.complaints == []  # type: ignore[attr-defined]
    context.close()
