"""The office in Chromium: a case from lead to end by everybody whose hands it goes through; pages clean for axe; without JavaScript."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect
from tests.browser.public_door import AXE, watched

from zhijian.identity import accounts
from zhijian.kit.clock import SHANGHAI
from zhijian.kit.principal import OF_LABORATORY, Role
from zhijian.wiring import Node

PASSWORD = "correct horse battery"
Entered = Callable[[Role], Page]
PAGES = ("/office", "/office/institutions", "/office/institutions?q=没有这样的机构", "/office/institutions?division=x", "/office/cases",
         "/office/cases/new", "/office/audit", "/office/me", "/office/nothing")  # fmt: skip


@pytest.fixture(scope="module")
def uscc(node: Node) -> str:
    with node.transaction() as db:
        return str(db.execute(sa.text("SELECT min(uscc) FROM institution")).scalar_one())


@pytest.fixture(scope="module")
def logins(node: Node, uscc: str) -> dict[Role, str]:
    with node.transaction() as db:
        province, division = db.execute(sa.text("SELECT province, division FROM institution WHERE uscc = :u"), {"u": uscc}).one()  # fmt: skip
        made = {}
        for role in Role:
            area: dict[str, str] = {} if role in (Role.NATIONAL, Role.AUDITOR) else {"province": province}
            area |= {"city": division[:4]} if role is Role.CITY else {"uscc": uscc} if role in OF_LABORATORY else {}
            accounts.add(db, None, f"walk-{role.value}", "周某人", role, PASSWORD, datetime.now(UTC), **area)  # type: ignore[arg-type]
            made[role] = f"walk-{role.value}"
    return made


@pytest.fixture
def enter(browser: Browser, address: str, logins: dict[Role, str]) -> Iterator[Entered]:
    """Signed in by the page, in a browser of one's own; no page may complain."""
    opened: list[Page] = []

    def made(role: Role) -> Page:
        context = browser.new_context(
            base_url=address, viewport={"width": 1440, "height": 900}, java_script_enabled=False
        )
        context.set_default_timeout(15_000)
        page = watched(context.new_page())
        opened.append(page)
        page.goto("/office")
        page.get_by_label("账号").fill(logins[role])
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="登录").click()
        expect(page).to_have_url(re.compile("/office$"))
        return page

    yield made
    for page in opened:
        page.context.close()
        assert page.complaints == []  # type: ignore[attr-defined]


def done(page: Page, act: str, refused: bool = False, **fields: str) -> None:
    """The act's form on the case's page, filled in and sent; the page says so when it was not taken."""
    form = page.locator(f"#do-{act}")
    if form.get_attribute("open") is None:
        form.locator("summary").click()
    for name, value in fields.items():
        field = form.locator(f"[name={name}]")
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    form.locator("button").click()
    said = page.locator("[role=alert]").all_inner_texts()
    assert bool(said) == refused, said


def state(page: Page) -> str:
    return page.locator(".title .tag").first.inner_text().strip()


def test_a_case_goes_from_the_lead_to_its_end(
    enter: Entered, logins: dict[Role, str], uscc: str, tmp_path: Path
) -> None:
    today = datetime.now(UTC).astimezone(SHANGHAI).date()
    officer = enter(Role.PROVINCIAL)
    officer.get_by_role("link", name="案件处置").click()
    officer.get_by_role("link", name="登记线索").click()
    officer.locator("[name=source]").select_option("signal")
    officer.locator("[name=field]").select_option("01")
    officer.locator("[name=matter]").fill("授权签字人在授权范围外签发 12 份报告")
    officer.locator("[name=uscc]").fill(uscc)
    officer.get_by_role("button", name="登记线索").click()
    assert state(officer) == "线索"
    case = officer.url
    done(officer, "take-up", reason="12 份报告可核对")
    done(officer, "assign", division="检验检测监管处", officers=f"{logins[Role.PROVINCIAL]}\n{logins[Role.INSPECTOR]}")
    assert state(officer) == "已派任务"

    inspector = enter(Role.INSPECTOR)
    inspector.goto("/office/cases?state=mine")
    inspector.locator(f"a[href='{case[case.index('/office') :]}']").first.click()
    done(inspector, "begin", way="on-site", began_on=today.isoformat(), inspectors=f"{logins[Role.PROVINCIAL]}\n{logins[Role.INSPECTOR]}")  # fmt: skip
    done(inspector, "find", nature="报告管理", description="签字人的授权范围不含噪声")
    record = tmp_path / "笔录.txt"
    record.write_text("机构确认行为", "utf-8")
    inspector.locator("#do-add-evidence summary").click()
    inspector.locator("#do-add-evidence [name=file]").set_input_files(record)
    done(inspector, "add-evidence", name="现场检查笔录", proves="机构确认行为", obtained_at=f"{today}T08:00")
    done(inspector, "end", ended_on=today.isoformat(), summary="数据与原始记录一致", reports_examined="12")
    done(inspector, "order", demands="更正 12 份报告", due_on=(today + timedelta(days=20)).isoformat())
    assert state(inspector) == "整改"

    manager = enter(Role.MANAGER)
    manager.goto("/office/cases")
    manager.get_by_role("row").nth(1).get_by_role("link").click()
    expect(manager.get_by_text("更正 12 份报告")).to_be_visible()
    assert logins[Role.INSPECTOR] not in manager.content()  # no officer's name
    done(manager, "rectify", measures="已更正并通知客户")

    inspector.reload()
    done(inspector, "accept", opinion="12 份均已更正")
    officer.goto(case)
    done(officer, "decide", outcome="rectified", facts="签发 12 份", reason="已整改")
    done(officer, "publish", published_on=today.isoformat(), where="国家企业信用信息公示系统")
    done(officer, "note-credit", credit="不记入：已整改")
    done(officer, "close", summary="整改已验收")
    assert state(officer) == "结案"
    assert officer.locator(".timeline li").count() == 14
    trail = enter(Role.AUDITOR)
    trail.goto("/office/audit?act=case.close")
    expect(trail.get_by_role("cell", name=logins[Role.PROVINCIAL])).to_be_visible()


def test_what_is_missing_is_said_at_the_field_and_kept(enter: Entered) -> None:
    page = enter(Role.PROVINCIAL)
    page.goto("/office/cases/new")
    page.locator("form.filling").evaluate("form => form.noValidate = true")
    page.locator("[name=matter]").fill("只写了案情")
    page.get_by_role("button", name="登记线索").click()
    expect(page.get_by_role("alert")).to_contain_text("项要改")
    expect(page.locator("[name=matter]")).to_have_value("只写了案情")
    assert page.locator("[aria-invalid=true]").count() >= 1


def test_two_officers_at_once_the_second_is_told(enter: Entered) -> None:
    one, other = enter(Role.PROVINCIAL), enter(Role.CITY)
    one.goto("/office/cases/new")
    one.locator("[name=source]").select_option("other")
    one.locator("[name=field]").select_option("01")
    one.locator("[name=matter]").fill("两人同时")
    one.get_by_role("button", name="登记线索").click()
    other.goto(one.url)
    done(one, "take-up", reason="受理")
    done(other, "take-up", refused=True, reason="也受理")
    expect(other.get_by_role("alert")).to_contain_text("请重新打开再办")
    assert state(other) == "已受理待派"


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_clean_for_axe_and_run_over_nothing(
    browser: Browser, address: str, logins: dict[Role, str], uscc: str, width: int, scheme: str
) -> None:
    context = browser.new_context(
        base_url=address, viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
    )  # type: ignore[arg-type]
    page = context.new_page()
    found: list[str] = []
    page.goto("/office/sign-in")
    for path in ("/office/sign-in", *PAGES, *(f"/office/institutions/{uscc}?tab={tab}" for tab in ("overview", "scope", "credit", "history"))):  # fmt: skip
        if path == PAGES[0]:
            page.get_by_label("账号").fill(logins[Role.NATIONAL])
            page.get_by_label("密码").fill(PASSWORD)
            page.get_by_role("main").get_by_role("button").click()
        page.goto(path)
        page.add_script_tag(path=AXE)
        for one in page.evaluate("() => axe.run().then(r => r.violations.map(v => v.id + ' ' + v.nodes[0].html))"):
            found.append(f"{path}: {one}")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{path}: wider than {width}")
    context.close()
    assert not found
