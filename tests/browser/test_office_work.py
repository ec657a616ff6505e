"""Pages of work that is due, of draws and of twins in Chromium: a draw walked without JavaScript; clean for axe, over nothing, at both widths."""

import os
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy.dialects.postgresql import insert
from tests.browser.public_door import AXE, watched
from tests.servers import public_door

from zhijian.identity import accounts
from zhijian.kit.principal import Role
from zhijian.registry import tables
from zhijian.registry.likeness import Twin
from zhijian.registry.matching import Queued
from zhijian.web.office.twins import address as twin_address
from zhijian.wiring import Node

PASSWORD = "correct horse battery"
PICTURES = os.environ.get("ZHIJIAN_PICTURES", "")
"""A folder for pictures to be looked at; none are made without it."""
STAFF = "工号,姓名,辖区,领域,最多家数,所属系统\n" + "".join(f"J{n:02},王小明,330102,*,9,\n" for n in range(4))


@pytest.fixture(scope="module")
def pair(node: Node) -> Queued:
    with node.transaction() as db:
        rows = db.execute(
            sa.text("SELECT uscc, min(staff_no) AS no, province FROM staff GROUP BY 1, 3 ORDER BY 1 LIMIT 2")
        ).all()
        a, b = rows
        twin = Twin(
            "person", a.uscc, a.no, b.uscc, b.no, a.province, b.province, ("name", "title-and-education", "rare"), 0.75
        )
        db.execute(insert(tables.twin).values(**asdict(twin), found_at=datetime.now(UTC)).on_conflict_do_nothing())
    return Queued(twin, "open", None, None, None)


@pytest.fixture(scope="module")
def login(node: Node) -> str:
    with node.transaction() as db:
        accounts.add(db, None, "work-national", "周某人", Role.NATIONAL, PASSWORD, datetime.now(UTC))
    return "work-national"


def entered(browser: Browser, address: str, login: str, **how: object) -> tuple[BrowserContext, Page]:
    context = browser.new_context(base_url=address, **how)  # type: ignore[arg-type]
    context.set_default_timeout(15_000)
    page = watched(context.new_page())
    page.goto("/office/sign-in")
    page.get_by_label("账号").fill(login)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="登录").click()
    return context, page


@pytest.fixture(scope="module")
def draw(browser: Browser, address: str, login: str, node: Node, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Walked from the plan to the estimate by hand and without a script; where it stands in the end."""
    with node.transaction() as db:
        province = str(db.execute(sa.text(
            "SELECT i.province FROM institution i JOIN certificate c USING (uscc) WHERE c.issued_on <= current_date AND "
            "c.expires_on >= current_date GROUP BY 1 ORDER BY count(DISTINCT i.uscc) DESC, 1 LIMIT 1")).scalar_one())  # fmt: skip
    staff = tmp_path_factory.mktemp("draw") / "inspectors.csv"
    staff.write_text(STAFF, "utf-8")
    context, page = entered(browser, address, login, java_script_enabled=False, viewport={"width": 1440, "height": 900})
    page.get_by_role("link", name="双随机抽查").first.click()
    page.get_by_role("link", name="制定方案").click()
    page.get_by_label("名称", exact=True).fill("2026 年检验检测机构双随机抽查")
    page.get_by_label("省份").select_option(province)
    page.get_by_label("家数或比例 1").fill("2")
    page.get_by_label("写明用哪个公开数").fill("双色球第 2026140 期，红球由小到大，再写蓝球")
    page.get_by_label("检查人员名录 CSV").set_input_files(staff)
    page.get_by_role("button", name="核对并存为草案").click()
    page.get_by_role("button", name="承诺").click()
    expect(page.get_by_text("请在公开数公布之前公布这两个值")).to_be_visible()
    page.get_by_label("公开数，照方案写的样子").fill("03 07 11 19 22 31 09")
    page.get_by_role("button", name="抽取").click()
    expect(page.get_by_role("heading", name="抽中 2 家")).to_be_visible()
    page.get_by_role("button", name="登记线索").click()
    page.get_by_label("还公开在哪里").fill("https://scjgj.example/ssj")
    page.get_by_role("button", name="公开", exact=True).click()
    picture(page, "draw-published")
    for box, value in zip(page.locator("select[name^=of_]").all(), ("violation", "none"), strict=True):
        box.select_option(value)
    page.get_by_role("button", name="记下结果并估计").click()
    expect(page.get_by_role("heading", name="全部机构的违法率，估计")).to_be_visible()
    where = page.url.removeprefix(address)
    complaints = page.complaints  # type: ignore[attr-defined]
    context.close()
    assert complaints == []
    return where


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("width", [390, 1440])
def test_what_is_public_of_draws_is_clean_too(browser: Browser, node: Node, draw: str, width: int) -> None:
    with public_door(node) as address:
        context = browser.new_context(base_url=address, viewport={"width": width, "height": 900}, bypass_csp=True)
        page = context.new_page()
        for name, path in {"public-draws": "/draws", "public-draw": draw.removeprefix("/office")}.items():
            assert page.goto(path).status == 200, path  # type: ignore[union-attr]
            picture(page, f"{name}-{width}")
            page.add_script_tag(path=AXE)
            assert page.evaluate("() => axe.run().then(r => r.violations.map(v => v.id + ' ' + v.nodes[0].html))") == []
            assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
        context.close()


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_clean_for_axe_and_run_over_nothing(
    browser: Browser, address: str, login: str, draw: str, pair: Queued, width: int, scheme: str
) -> None:
    pages = {
        "due": "/office/due?within=90&division=33",
        "due-empty": "/office/due?kind=draw&division=6599",
        "draws": "/office/draws",
        "draw-new": "/office/draws/new",
        "draw": draw,
        "twins": "/office/twins",
        "twin": twin_address(pair),
        "me": "/office/me",
        "scope": f"/office/institutions/{pair.twin.a_uscc}/scope",
    }
    context, page = entered(
        browser, address, login, viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
    )
    found = []
    for name, path in pages.items():
        assert page.goto(path).status == 200, path  # type: ignore[union-attr]
        picture(page, f"{name}-{width}-{scheme}")
        page.add_script_tag(path=AXE)
        for one in page.evaluate("() => axe.run().then(r => r.violations.map(v => v.id + ' ' + v.nodes[0].html))"):
            found.append(f"{path}: {one}")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{path}: wider than {width}")
    context.close()
    assert not found
