"""Pages of identity and audit in Chromium: clean for axe, no wider than the window; two accounts at work without JavaScript."""

import os
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect
from tests.browser.public_door import AXE, watched

from zhijian.identity import accounts, four_eyes
from zhijian.kit.principal import Role
from zhijian.wiring import Node

PASSWORD = "correct horse battery"
Entered = Callable[[str], Page]
PICTURES = os.environ.get("ZHIJIAN_PICTURES", "")


@pytest.fixture(scope="module")
def people(node: Node) -> dict[str, str]:
    """Two officers whom one administrator made on one day, the institution, one of its people, and a request that waits."""
    at = datetime.now(UTC)
    with node.transaction() as db:
        uscc, province = db.execute(sa.text("SELECT uscc, province FROM institution ORDER BY 1 LIMIT 1")).one()
        staff_no = db.execute(sa.text("SELECT min(staff_no) FROM staff WHERE uscc = :u"), {"u": uscc}).scalar_one()
        admin = accounts.add(db, None, "pair-admin", "管理", Role.ADMINISTRATOR, PASSWORD, at, province=province)
        one, _ = (
            accounts.add(db, admin.principal, f"pair-{n}", "周某人", Role.PROVINCIAL, PASSWORD, at, province=province)
            for n in (1, 2)
        )
        asked = four_eyes.ask(
            db, one.principal, four_eyes.EXPORT_PEOPLE, uscc, "核对持证人员是否在职", at, place=province
        )
    return {"uscc": uscc, "staff_no": staff_no, "request": str(asked.id), "province": province}


def signed_in(page: Page, login: str) -> Page:
    page.goto("/office/sign-in")
    page.get_by_label("账号").fill(login)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="登录", exact=True).click()
    expect(page).to_have_url(re.compile("/office$"))
    return page


@pytest.fixture
def enter(browser: Browser, address: str) -> Iterator[Entered]:
    opened: list[Page] = []

    def made(login: str) -> Page:
        context = browser.new_context(base_url=address, java_script_enabled=False, accept_downloads=True)
        context.set_default_timeout(15_000)
        opened.append(watched(context.new_page()))
        return signed_in(opened[-1], login)

    yield made
    for page in opened:
        page.context.close()
        assert page.complaints == []  # type: ignore[attr-defined]


def test_two_accounts_export_what_one_may_not(enter: Entered, people: dict[str, str]) -> None:
    asks = enter("pair-1")
    asks.get_by_role("link", name="双人复核").click()
    export = asks.get_by_role("region", name="申请导出人员信息")
    export.get_by_label("机构信用代码").fill(people["province"])
    export.get_by_label("用途和理由").fill("核对全省持证人员")
    export.get_by_role("button", name="提出申请").click()
    expect(asks.get_by_role("heading", name="等另一个账号复核")).to_be_visible()
    confirms = enter("pair-2")
    confirms.goto(asks.url)
    expect(confirms.get_by_role("note")).to_contain_text("同一个管理员 30 天内")
    confirms.get_by_label("决定").select_option("confirm")
    confirms.get_by_label("意见").fill("已看过用途")
    confirms.get_by_role("button", name="提交").click()
    asks.reload()
    with asks.expect_download() as got:
        asks.get_by_role("button", name="下载 CSV").click()
    assert "pair-1" in Path(got.value.path()).read_text("utf-8-sig").splitlines()[0]
    asks.reload()
    expect(asks.locator(".title .tag")).to_have_text("已执行")


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_clean_for_axe_and_run_over_nothing(
    browser: Browser, address: str, people: dict[str, str], width: int, scheme: str
) -> None:
    context = browser.new_context(base_url=address, viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)  # type: ignore[arg-type]  # fmt: skip
    page, found = signed_in(context.new_page(), "pair-2"), []
    reveal = f"/office/institutions/{people['uscc']}/staff/{people['staff_no']}/reveal"
    for name, path in {
        "requests": "/office/requests", "all": "/office/requests?state=all", "request": f"/office/requests/{people['request']}", "reveal": reveal,
        "audit": "/office/audit", "audit-empty": "/office/audit?act=account.closed&from=2001-01-01&to=2001-01-02", "me": "/office/me",
    }.items():  # fmt: skip
        page.goto(path)
        if PICTURES:
            page.screenshot(path=f"{PICTURES}/{name}-{width}-{scheme}.png", full_page=True)
        page.add_script_tag(path=AXE)
        found += [
            f"{path}: {one}"
            for one in page.evaluate("() => axe.run().then(r => r.violations.map(v => v.id + ' ' + v.nodes[0].html))")
        ]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{path}: wider than {width}")
    page.goto(reveal)
    page.get_by_label("理由").select_option("verify")
    page.get_by_label("具体说明").fill("核对签字人身份")
    page.get_by_role("button", name="显示").click()
    expect(page.get_by_role("heading", name="已记入审计")).to_be_visible()
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/revealed-{width}-{scheme}.png", full_page=True)
    context.close()
    assert not found
