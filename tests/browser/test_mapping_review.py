"""The review of a mapping in Chromium: real rows before and after, by mouse and by keyboard, on a phone and on a desk."""

import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect
from tests.browser.public_door import AXE, watched
from tests.exchange.tables import written

from zhijian.exchange.mapping.reviewing import Review
from zhijian.exchange.mapping.suggesting import as_yaml, proposed
from zhijian.exchange.source import opened
from zhijian.spec import specification
from zhijian.web import DoorSettings, Renderer, review_app

ROWS = [
    {"报告编号": f"B2026-{n:04}", "样品名称": ("大米", "面粉", "酱油")[n % 3], "委托单位": "某某食品有限公司",
     "检验类别": ("委托", "监督抽检")[n % 2], "判定": ("合格", "不合格", "待定")[n % 3], "样品编号": f"Y{n}", "接样日期": "2026-01-01",
     "签发日期": ("2026-01-03", "2026年2月5日", "去年")[n % 3], "批号": "", "备注": ("", "加急")[n % 2]}
    for n in range(1, 25)
]  # fmt: skip


@pytest.fixture
def review(tmp_path: Path) -> Review:
    con, spec = duckdb.connect(), specification()
    tables = list(opened(con, [written(tmp_path, "检验报告", ROWS)], tmp_path))
    text = as_yaml(proposed(con, tables, spec), spec, "demo", tables[0])
    path = tmp_path / "demo.yaml"
    path.write_text(text, encoding="utf-8")
    return Review(con, tables, spec, text, path)


@pytest.fixture
def address(review: Review) -> Iterator[str]:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    door = DoorSettings(public_host=f"127.0.0.1:{port}")
    app = review_app(review, Renderer(door, lambda: datetime.now(UTC), "mapping"), door, "once", port)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=lambda: server.run(sockets=[listening]), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(base_url=address, viewport={"width": 1440, "height": 1000})
    context.set_default_timeout(10_000)
    page = watched(context.new_page())
    page.goto("/open/once")
    yield page
    context.close()
    assert page.complaints == []  # type: ignore[attr-defined]


def sound(page: Page) -> None:
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate(
        "axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target).join(' ')))"
    )
    assert found == []
    wide = "[...document.querySelectorAll('*')].filter(e => !e.closest('.scroll, .nav') && e.getBoundingClientRect().right > innerWidth + 1)"
    assert page.evaluate(f"{wide}.map(e => e.tagName + '.' + e.className)") == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_proposal_is_looked_through_confirmed_and_saved(page: Page, review: Review, pictures: Path) -> None:
    page.get_by_role("link", name="签发日期").click()
    preview = page.locator("table.preview")
    expect(preview).to_contain_text("2026年2月5日")
    expect(preview).to_contain_text("2026-02-05")
    expect(preview.locator("tr", has_text="去年")).to_contain_text("丢失")
    page.get_by_role("button", name="确认", exact=True).click()
    expect(page.get_by_text("有改动没有保存")).to_be_visible()
    page.screenshot(path=pictures / "map-review-1440.png", full_page=True)
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("已保存")).to_be_visible()
    assert review.path.with_name("demo.yaml.bak").is_file()
    field = review.field(0, "issued_on")
    assert field is not None
    assert field.confidence is None


def test_codes_are_translated_in_a_table_and_the_preview_follows(page: Page) -> None:
    page.get_by_role("link", name="检验检测类别").click()
    if not page.get_by_label("委托", exact=True).count():
        page.get_by_label("列", exact=True).select_option("检验类别")
        page.get_by_role("button", name="改用").click()
    expect(page.locator("table.preview tr", has_text="委托").first).to_be_visible()
    page.get_by_label("委托", exact=True).select_option("委托送检")
    page.get_by_label("监督抽检", exact=True).select_option("监督抽检")
    page.get_by_role("button", name="用这个对照").click()
    expect(page.locator("table.preview")).to_contain_text("委托送检")
    expect(page.locator("table.preview .bad-cell")).to_have_count(0)


def test_a_fixed_value_without_a_reason_is_refused_beside_the_field(page: Page, review: Review) -> None:
    page.get_by_role("link", name="报告标题").click()
    page.get_by_label("固定值").fill("检测报告")
    page.get_by_role("button", name="写上").click()
    expect(page.get_by_role("alert").first).to_contain_text("理由")
    assert review.field(0, "title") is None
    page.get_by_label("固定值").fill("检测报告")
    page.get_by_label("理由（必写）").fill("源表只有检测报告")
    page.get_by_role("button", name="写上").click()
    expect(page.locator("table.preview")).to_contain_text("检测报告")


def test_by_keyboard_alone_a_column_is_left_out_and_brought_back(page: Page) -> None:
    row = page.locator("#columns tr", has_text="备注").first
    row.locator("summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("规范没有备注")
    page.keyboard.press("Enter")
    expect(page.locator("#columns tr", has_text="规范没有备注")).to_contain_text("有意不用")
    page.get_by_role("button", name="撤销一步").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#columns tr", has_text="规范没有备注")).to_have_count(0)


@pytest.mark.parametrize(("width", "lang"), [(1440, "zh"), (390, "zh"), (1440, "en"), (390, "en")])
def test_the_page_is_accessible_at_every_width_and_in_both_languages(
    page: Page, pictures: Path, width: int, lang: str
) -> None:
    page.set_viewport_size({"width": width, "height": 1000})
    for place in ("/records/0", "/records/0?element=verdict", "/records/0?element=title"):
        page.goto(f"{place}{'&' if '?' in place else '?'}lang={lang}")
        sound(page)
    page.goto(f"/records/0?element=issued_on&lang={lang}")
    page.screenshot(path=pictures / f"map-review-{width}-{lang}.png", full_page=True)
