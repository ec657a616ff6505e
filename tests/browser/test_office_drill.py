"""The way down in Chromium: from the nation by clicks to one calibration, without JavaScript; each page clean for axe."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, expect
from tests.browser.public_door import AXE, watched
from tests.servers import office

from zhijian.identity import accounts
from zhijian.kit.principal import Role
from zhijian.wiring import Node

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def address(node: Node) -> Iterator[str]:
    with node.transaction() as db:
        accounts.add(db, None, "drill-national", "周某人", Role.NATIONAL, PASSWORD, datetime.now(UTC))
    with office(node) as address:
        yield address


@pytest.fixture(scope="module")
def paths(node: Node) -> list[str]:
    named = (
        "SELECT r.code, r.uscc, r.province, r.signatory, i.seq, i.instruments[1] AS instrument FROM report r JOIN report_item i USING (code) "
        "WHERE r.cma_marked AND i.instruments <> '{}' ORDER BY r.code, i.seq LIMIT 1"
    )
    with node.transaction() as db:
        one = db.execute(sa.text(named)).one()
        division, other = db.execute(sa.text("SELECT min(division), max(province) FROM institution")).one()
    institution = f"/office/institutions/{one.uscc}"
    return [
        "/office", f"/office/areas/{division[:2]}", f"/office/areas/{division[:4]}", "/office?q=没有", "/office/reports",
        "/office/reports?number=没有", f"/office/reports/{one.code}", f"/office/reports/{one.code}/items/{one.seq}",
        f"{institution}/instruments/{one.instrument}", f"{institution}/staff/{one.signatory}", f"{institution}?tab=people", "/office/overdue",
        "/office/overdue?division=65", "/office/complaints", "/office/compare", f"/office/compare?area={division[:2]}&area={other}",
        "/office/cases?state=late",
    ]  # fmt: skip


def test_the_way_down_is_a_click_at_each_level(browser: Browser, address: str, node: Node) -> None:
    context = browser.new_context(base_url=address, viewport={"width": 1440, "height": 900}, java_script_enabled=False)
    context.set_default_timeout(15_000)
    page = watched(context.new_page())
    page.goto("/office")
    page.get_by_label("账号").fill("drill-national")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="登录").click()
    for level, below in (("个省", r"\d\d"), ("个市", r"\d{4}")):
        page.get_by_role("link", name="今年报告", exact=True).click()  # most reports first
        page.get_by_role("region", name=re.compile(level)).locator("tbody th a").first.click()
        expect(page).to_have_url(re.compile(rf"/office/areas/{below}$"))
    expect(page.locator(".crumbs li")).to_have_count(3)
    page.get_by_role("link", name=re.compile("今年登记的报告")).click()
    page.locator("tbody th a").first.click()
    expect(page).to_have_url(re.compile(r"/office/reports/[0-9A-Z]{18}$"))
    page.get_by_role("region", name="检测项目").locator("tbody th a").first.click()
    expect(page).to_have_url(re.compile(r"/items/1$"))
    page.get_by_role("region", name=re.compile("仪器与检测当日")).locator("tbody th a").first.click()
    expect(page.get_by_role("region", name="检定校准经过").locator("li").first).to_contain_text("有效至")
    page.go_back()
    page.get_by_role("region", name="人员").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("＊")
    page.goto("/office")
    page.get_by_text("看数据表").click()
    expect(page.get_by_role("group", name="每日登记报告，数据表").locator("tbody tr")).to_have_count(30)
    context.close()
    assert page.complaints == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_the_way_down_are_clean_for_axe_and_run_over_nothing(
    browser: Browser, address: str, paths: list[str], width: int, scheme: str
) -> None:
    context = browser.new_context(
        base_url=address, viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
    )  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/office/sign-in")
    page.get_by_label("账号").fill("drill-national")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button").click()
    found: list[str] = []
    for path in paths:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        page.add_script_tag(path=AXE)
        for one in page.evaluate("() => axe.run().then(r => r.violations.map(v => v.id + ' ' + v.nodes[0].html))"):
            found.append(f"{path}: {one}")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{path}: wider than {width}")
    context.close()
    assert not found
