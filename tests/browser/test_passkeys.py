"""Passkeys in Chromium with its virtual authenticator: registered, signed in with alone, and as the second factor."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.public_door import AXE, watched
from tests.servers import free_port, running

from zhijian.identity import accounts
from zhijian.kit.principal import Role
from zhijian.wiring import Node

PASSWORD, LOGIN = "correct horse battery", "has-a-passkey"


@pytest.fixture(scope="module")
def address(node: Node) -> Iterator[str]:
    """By name: browsers have no passkeys for an address in numbers."""
    from zhijian.api import api_app
    from zhijian.web import office_door

    port, before = free_port(), node.settings
    node.settings = replace(before, office_url=f"http://localhost:{port}")
    with node.transaction() as db:
        accounts.add(db, None, LOGIN, "周某人", Role.AUDITOR, PASSWORD, datetime.now(UTC))
    with running(office_door(node, api_app(node), lambda: datetime.now(UTC)), port):
        yield f"http://localhost:{port}"
    node.settings = before


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(base_url=address, viewport={"width": 1440, "height": 900}, bypass_csp=False)
    context.set_default_timeout(15_000)
    page = watched(context.new_page())
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True,
               "automaticPresenceSimulation": True}  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield page
    complaints = [one for one in page.complaints if "403" not in one]  # type: ignore[attr-defined]
    context.close()
    assert complaints == []


def by_password(page: Page) -> None:
    page.goto("/office/sign-in")
    page.get_by_label("账号").fill(LOGIN)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="登录", exact=True).click()


def signed_out(page: Page) -> None:
    page.get_by_role("button", name="退出").click()
    expect(page).to_have_url(re.compile("/office/sign-in"))


def test_a_passkey_is_registered_and_then_opens_alone_and_after_the_password(page: Page) -> None:
    by_password(page)
    page.goto("/office/me")
    form = page.locator("[data-passkey=register]")
    form.get_by_label("名称").fill("办公室电脑")
    form.get_by_label("密码").fill("wrong wrong wrong")
    form.get_by_role("button").click()
    expect(form.get_by_role("alert")).to_have_text("密码不对，通行密钥没有变")
    form.get_by_label("密码").fill(PASSWORD)
    form.get_by_role("button").click()
    expect(page.get_by_role("rowheader", name="办公室电脑")).to_be_visible()
    page.evaluate(Path(AXE).read_text())  # a script element is against the policy
    assert page.evaluate("() => axe.run().then(r => r.violations.map(v => v.id + ' ' + v.nodes[0].html))") == []
    signed_out(page)

    page.goto("/office/audit")
    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page).to_have_url(re.compile("/office/audit$"))
    signed_out(page)

    by_password(page)
    page.get_by_role("button", name="用通行密钥确认").click()
    expect(page).to_have_url(re.compile("/office$"))
    page.goto("/office/me")
    page.get_by_text("删除", exact=True).nth(1).click()
    page.get_by_role("row", name="办公室电脑").get_by_label("密码").fill(PASSWORD)
    page.get_by_role("row", name="办公室电脑").get_by_role("button", name="删除").click()
    expect(page.get_by_role("rowheader", name="办公室电脑")).to_have_count(0)
    signed_out(page)
    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page.get_by_role("alert")).to_contain_text("没有登记这个通行密钥")


def test_without_a_script_the_page_works_by_password(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/office/sign-in")
    expect(page.get_by_role("button", name="用通行密钥登录")).to_have_count(0)
    by_password(page)
    expect(page).to_have_url(re.compile("/office$"))
    context.close()
