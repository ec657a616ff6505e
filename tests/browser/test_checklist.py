"""The checklist on a phone that loses its network: filled in, reloaded, handed in when the network is back. In Chromium."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.browser.public_door import AXE

from zhijian.cases.flow import act, open_case
from zhijian.cases.flow.acts import RIGHTS
from zhijian.cases.flow.model import Actor, CaseNo
from zhijian.identity import accounts
from zhijian.kit.clock import SHANGHAI
from zhijian.kit.principal import Role
from zhijian.kit.scope import Scope
from zhijian.wiring import Node

PASSWORD, INSPECTOR, OTHER = "correct horse battery", "phone-inspector", "phone-other"
PLACE = {"latitude": 30.2741, "longitude": 120.1551, "accuracy": 12}


@pytest.fixture
def case(node: Node) -> CaseNo:
    """One that is being inspected by INSPECTOR."""
    at, actor = datetime.now(UTC), Actor(INSPECTOR, RIGHTS)
    with node.transaction() as db:
        uscc, province = db.execute(sa.text("SELECT uscc, province FROM institution ORDER BY uscc LIMIT 1")).one()
        if not db.execute(sa.text("SELECT 1 FROM account WHERE login = :l"), {"l": INSPECTOR}).first():
            for login in (INSPECTOR, OTHER):
                accounts.add(db, None, login, "周某人", Role.INSPECTOR, PASSWORD, at, province=province)
        scope = Scope.of_province(province)
        lead = {"source": "signal", "province": province, "field": "12", "matter": "检查表", "uscc": uscc}
        no = open_case(db, scope, actor, lead, at).no
        day = at.astimezone(SHANGHAI).date().isoformat()
        for seen, (name, fields) in enumerate((
            ("take-up", {"reason": "核对"}), ("assign", {"division": "处", "officers": [INSPECTOR, OTHER]}),
            ("begin", {"way": "on-site", "began_on": day, "inspectors": [INSPECTOR, OTHER]}),
        ), 1):  # fmt: skip
            act(db, scope, actor, no, seen, name, fields, at)
    return no


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[BrowserContext]:
    context = browser.new_context(
        base_url=address, viewport={"width": 390, "height": 844}, geolocation=PLACE, permissions=["geolocation"]
    )  # type: ignore[arg-type]
    context.set_default_timeout(15_000)
    yield context
    context.close()


def signed_in(phone: BrowserContext) -> Page:
    page = phone.new_page()
    page.goto("/office/sign-in")
    page.get_by_label("账号").fill(INSPECTOR)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button").click()
    expect(page).to_have_url(re.compile("/office$"))
    return page


def answer(page: Page, item: str, code: str, note: str = "") -> None:
    page.locator(f"[name=answer-{item}][value={code}]").check()
    if note:
        page.locator(f"[name=note-{item}]").fill(note)
        page.locator(f"[name=note-{item}]").blur()


def events(node: Node, no: str) -> list[tuple[str, dict[str, str]]]:
    with node.engine.connect() as db:
        rows = db.execute(
            sa.text("SELECT act, fields FROM case_event WHERE no = :n AND seq > 4 ORDER BY seq"), {"n": no}
        )
        return [(row.act, row.fields) for row in rows]


def test_what_was_filled_in_without_a_network_is_handed_in_when_it_is_back(
    node: Node, phone: BrowserContext, case: CaseNo, tmp_path: Path
) -> None:
    photo = tmp_path / "天平.jpg"
    photo.write_bytes(b"\xff\xd8\xff\xe0" + b"balance" * 1000)
    page = signed_in(phone)
    short = case.replace("〔", "").replace("〕", "-")
    page.goto(f"/office/cases/{short}")
    page.get_by_role("link", name="填检查表").click()
    page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
    page.reload()  # once through the worker, which keeps the page and its files
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    phone.set_offline(True)
    answer(page, "calibration", "no", "电子天平 B-12 过期 40 天")
    page.locator("[name=photo-calibration]").set_input_files(photo)
    expect(page.locator("#item-calibration [data-photos] li")).to_contain_text("天平.jpg")
    answer(page, "sampling-pair", "yes")
    expect(page.get_by_role("status")).to_contain_text("已存在本机")
    page.reload()
    expect(page.locator("[name=note-calibration]")).to_have_value("电子天平 B-12 过期 40 天")
    expect(page.locator("#item-calibration [data-photos] li")).to_contain_text("天平.jpg")
    page.get_by_role("button", name="交检查表").click()
    expect(page.get_by_role("status")).to_contain_text("没有网络")
    assert events(node, case) == []
    phone.set_offline(False)
    expect(page).to_have_url(re.compile(r"/office/cases/[^/]+$"))
    acts = events(node, case)
    assert [name for name, _ in acts] == ["add-evidence", "find", "add-evidence"]
    assert acts[0][1]["place"] == "30.27410,120.15510 ±12 m"
    with node.engine.connect() as db:
        kept = (
            db.execute(sa.text("SELECT content FROM case_evidence WHERE no = :n ORDER BY evidence_no"), {"n": case})
            .scalars()
            .all()
        )
    assert bytes(kept[0]) == photo.read_bytes(), "as it was taken"
    listed = json.loads(bytes(kept[1]))
    assert [(one["item"], one["answer"]) for one in listed["found"]] == [
        ("calibration", "no"),
        ("sampling-pair", "yes"),
    ]
    page.goto(f"/office/cases/{short}/checklist")
    expect(page.locator("[name=note-calibration]")).to_have_value("")  # nothing stays on the device


def test_whose_session_ended_signs_in_and_loses_nothing(node: Node, phone: BrowserContext, case: CaseNo) -> None:
    page = signed_in(phone)
    short = case.replace("〔", "").replace("〕", "-")
    page.goto(f"/office/cases/{short}/checklist")
    answer(page, "site", "no", "门牌不符")
    expect(page.get_by_role("status")).to_contain_text("已存在本机")
    phone.clear_cookies()
    page.get_by_role("button", name="交检查表").click()
    expect(page.get_by_role("status")).to_contain_text("先登录")
    assert events(node, case) == []
    page = signed_in(phone)
    page.goto(f"/office/cases/{short}/checklist")
    expect(page).to_have_url(re.compile(r"/office/cases/[^/]+$"))
    assert [name for name, _ in events(node, case)] == ["find", "add-evidence"]


def test_what_the_server_refuses_is_told_and_stays_on_the_device(
    node: Node, phone: BrowserContext, case: CaseNo
) -> None:
    page = signed_in(phone)
    page.goto(f"/office/cases/{case.replace('〔', '').replace('〕', '-')}/checklist")
    answer(page, "site", "no")
    page.get_by_role("button", name="交检查表").click()
    expect(page.get_by_role("status")).to_contain_text("不符合要写明")
    expect(page.locator("#item-site [data-problem]")).to_contain_text("不符合要写明")
    expect(page.locator("#item-site")).to_be_in_viewport()
    page.reload()
    expect(page.locator("[name=answer-site][value=no]")).to_be_checked()
    assert events(node, case) == []


def test_without_a_script_it_is_a_form(browser: Browser, address: str, node: Node, case: CaseNo) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = signed_in(context)
    page.goto(f"/office/cases/{case.replace('〔', '').replace('〕', '-')}/checklist")
    page.locator("[name=answer-site][value=no]").check()
    page.locator("#item-site summary").click()
    page.locator("[name=note-site]").fill("门牌不符")
    page.get_by_role("button", name="交检查表").click()
    expect(page).to_have_url(re.compile(r"/office/cases/[^/]+$"))
    context.close()
    assert [name for name, _ in events(node, case)] == ["find", "add-evidence"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_clean_for_axe_on_a_phone(
    browser: Browser, address: str, node: Node, case: CaseNo, scheme: str
) -> None:
    context = browser.new_context(
        base_url=address, viewport={"width": 390, "height": 844}, color_scheme=scheme, bypass_csp=True
    )  # type: ignore[arg-type]
    page = signed_in(context)
    page.goto(f"/office/cases/{case.replace('〔', '').replace('〕', '-')}/checklist")
    page.add_script_tag(path=AXE)
    found = page.evaluate("() => axe.run().then(r => r.violations.map(v => v.id + ' ' + v.nodes[0].html))")
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    context.close()
    assert (found, wide) == ([], False)
