"""The provinces' data quality in Chromium: sorted, filtered, opened down to the rows, compared; with the keyboard, without JavaScript."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect
from tests.browser.public_door import AXE, watched
from tests.exchange.scorecard.results import TABLES, changed, invented
from tests.servers import office

from zhijian.cli.seed_scorecard import results
from zhijian.exchange import scorecard
from zhijian.kit.scope import Scope
from zhijian.synthetic import LABEL
from zhijian.wiring import Node

LAST = date(2026, 11, 1)
DAYS = [LAST - timedelta(days=30 * n) for n in reversed(range(3))]
TREND = re.compile(r"3 次，从 \d+\.\d 到 \d+\.\d")
MISSING, APART = "65", "64"
"""A province that handed nothing in, and one that checked by another version of the specification."""
PAGES = {
    "index": "/quality", "sorted": "/quality?sort=timeliness&order=asc", "dataset": "/quality?dataset=report&region=3",
    "none": "/quality?level=1&region=6&day=2026-01-01", "province": "/quality/33", "figure": "/quality/33?dataset=report&dimension=accuracy",
    "nothing": f"/quality/{MISSING}", "apart": f"/quality/{APART}", "wrong": "/quality?level=9", "missing": "/quality/99",
}  # fmt: skip


@pytest.fixture(scope="module")
def address(node: Node) -> Iterator[str]:
    at = datetime.now(UTC)
    empty = sa.text(f"TRUNCATE {TABLES}")
    with node.transaction() as db:
        db.execute(empty)
        for code, raw in results(5, DAYS):
            if code not in (MISSING, APART):
                scorecard.taken(db, Scope.everything(), raw, code, at, max(at.date(), LAST), LABEL)
        older = changed(invented(APART), specification="0.1.0")
        scorecard.taken(db, Scope.everything(), older, APART, at, max(at.date(), LAST), LABEL)
    with office(node) as address:
        yield address
    with node.transaction() as db:
        db.execute(empty)


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


def names(page: Page) -> list[str]:
    return page.locator(".matrix tbody th a").all_inner_texts()


def test_all_provinces_stand_beside_each_other_in_words_and_figures(page: Page) -> None:
    page.goto("/quality")
    assert len(names(page)) == 31
    expect(page.get_by_text("虚构数据", exact=True)).to_be_visible()
    first = page.locator(".matrix tbody tr").first
    expect(first.locator(".rank")).to_have_text("1")
    expect(first.locator(".level")).to_have_count(7)
    assert all(word in "一级二级三级四级五级" for word in page.locator(".matrix .level").all_inner_texts())
    assert float(first.locator("td.whole .score").inner_text()) <= 100
    expect(first.get_by_role("img")).to_have_accessible_name(TREND)
    apart = page.locator(".matrix tr", has_text="宁夏")
    expect(apart).to_contain_text("规范版本不同")
    expect(apart.locator(".rank")).to_have_text("–")
    expect(page.locator(".matrix tr", has_text="新疆")).to_contain_text("没有交来自查结果")


def test_a_column_sorts_and_a_second_press_turns_it_round(page: Page) -> None:
    page.goto("/quality")
    page.get_by_role("columnheader", name="时效性").get_by_role("link").click()
    expect(page.get_by_role("columnheader", name="时效性")).to_have_attribute("aria-sort", "descending")
    assert page.url.endswith("sort=timeliness")
    scores = figures(page, 7)
    assert scores == sorted(scores, reverse=True)
    page.get_by_role("columnheader", name="时效性").get_by_role("link").click()
    expect(page.get_by_role("columnheader", name="时效性")).to_have_attribute("aria-sort", "ascending")
    assert figures(page, 7) == sorted(scores)
    assert names(page)[-1].startswith("新疆"), "who has no figure stands last either way"


def figures(page: Page, column: int) -> list[float]:
    return [float(text) for text in page.locator(f".matrix tr > :nth-child({column + 1}) .score").all_inner_texts()]


def test_filters_stand_in_the_address_and_an_empty_list_says_how_to_go_on(page: Page) -> None:
    page.goto("/quality")
    page.get_by_label("地区", exact=True).select_option(label="华东")
    page.get_by_label("数据集", exact=True).select_option(label="检验检测报告")
    page.get_by_role("button", name="筛选").click()
    assert "region=3" in page.url
    assert "dataset=report" in page.url
    assert len(names(page)) == 7
    expect(page.get_by_role("status")).to_have_text("7 省")
    page.goto("/quality?region=6&level=none&day=2026-10-31")
    assert [n[:2] for n in names(page)] == ["宁夏", "新疆"], "one of them came later"
    page.goto("/quality?region=2&level=none")
    expect(page.get_by_role("heading", name="没有符合条件的省份")).to_be_visible()
    page.get_by_role("link", name="去掉级别和地区").click()
    assert len(names(page)) == 31


def test_a_figure_opens_what_takes_from_it_down_to_the_rows(page: Page) -> None:
    page.goto("/quality?sort=province")
    page.locator(".matrix tr", has_text="浙江").locator("td").nth(6).get_by_role("link").click()
    assert page.url.endswith("dimension=timeliness#failing")
    failing = page.get_by_role("region", name="没通过的检查")
    expect(failing.get_by_label("维度")).to_have_value("timeliness")
    costs = [float(c.lstrip("<")) for c in failing.locator("tbody tr td:first-child").all_inner_texts()]
    assert costs == sorted(costs, reverse=True) != []
    shown = float(failing.locator("header .note").inner_text().split("；")[0].split()[-1])
    assert abs(sum(costs) + shown - 100) < 0.05 + 0.005 * len(costs)
    row = failing.locator("tbody tr").first
    expect(row).to_contain_text("改法：")
    row.get_by_text("在哪几行").click()
    expect(row.get_by_role("listitem").first).to_contain_text(".csv 第")
    failing.get_by_role("link", name="去掉筛选").click()
    assert "dimension" not in page.url


def test_two_results_are_compared(page: Page) -> None:
    page.goto("/quality/33")
    expect(page.get_by_role("img", name="总分，3 次")).to_be_visible()
    assert page.get_by_role("region", name="历次得分").locator("tbody tr").count() == 3
    page.get_by_label("与另一次比较").select_option(index=1)
    page.get_by_role("button", name="比较", exact=True).click()
    compared = page.get_by_role("region", name="与 2026-09-02 比较")
    expect(compared.get_by_role("row", name="总分")).to_contain_text("级")
    expect(compared.locator(".tag").first).to_be_visible()
    page.get_by_role("link", name="不比较").click()
    expect(compared).to_have_count(0)


def test_an_earlier_result_says_that_it_is_not_the_newest(page: Page) -> None:
    page.goto("/quality/33")
    page.get_by_role("region", name="历次得分").get_by_role("link", name="2026-10-02").click()
    expect(page.get_by_text("这不是最新的一次。")).to_be_visible()
    page.get_by_role("link", name="看最新的").click()
    assert page.url.endswith("/quality/33")


def test_everything_is_reached_with_the_keyboard(page: Page) -> None:
    page.goto("/quality")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    target = page.locator(".matrix tbody th a").first
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('href')") == target.get_attribute("href"):
            break
    expect(target).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/quality/\d\d$"))
    expect(page.get_by_role("heading", level=1)).to_have_text(page.title().split(" · ")[0])


@pytest.mark.parametrize(("path", "status", "heading"), [
    ("/quality?level=9", 422, "没有这个条件"), ("/quality?day=2999-01-01", 422, "没有这个条件"),
    ("/quality?dataset=<script>", 422, "没有这个条件"), ("/quality/33?dimension=beauty", 422, "没有这个条件"),
    ("/quality/99", 404, "没有这一页"), ("/quality/33?run=00000000", 404, "没有这一页"), ("/quality/33/x", 404, "没有这一页"),
])  # fmt: skip
def test_what_is_not_there_is_told_with_a_way_on(
    browser: Browser, address: str, path: str, status: int, heading: str
) -> None:
    page = browser.new_page(base_url=address)
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == status
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    page.locator(".actions a").first.click()
    expect(page.locator("table").first).to_be_visible()
    page.close()


@pytest.mark.parametrize(("width", "lang"), [(390, "zh"), (1440, "zh"), (390, "en"), (1440, "en")])
def test_every_page_is_accessible_and_fits(
    browser: Browser, address: str, width: int, lang: str, pictures: Path
) -> None:
    context = browser.new_context(base_url=address, viewport={"width": width, "height": 900})
    page = watched(context.new_page())
    page.goto(f"/quality?lang={lang}")
    compared = str(page.goto("/quality/33") and page.locator("#with option").last.get_attribute("value"))
    pages = PAGES if lang == "zh" else {name: PAGES[name] for name in ("index", "figure")}
    for name, path in {**pages, "compared": f"/quality/33?with={compared}"}.items():
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        page.evaluate(AXE.read_text())
        found = page.evaluate(
            "axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target).join(' | ')))"
        )
        assert found == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        page.screenshot(path=pictures / f"quality-{name}-{lang}-{width}.png", full_page=True)
    page.emulate_media(media="print")
    page.screenshot(path=pictures / f"quality-print-{lang}-{width}.png", full_page=True)
    expect(page.get_by_role("navigation", name="主导航" if lang == "zh" else "Main navigation")).to_be_hidden()
    assert [c for c in page.complaints if "422" not in c and "404" not in c] == []  # type: ignore[attr-defined]
    context.close()


def test_without_the_table_and_while_closed_the_page_says_what_to_do(
    browser: Browser, address: str, node: Node
) -> None:
    page = browser.new_page(base_url=address)
    with node.transaction() as db:
        db.execute(sa.text("ALTER TABLE quality_result RENAME TO quality_result_aside"))
    try:
        answer = page.goto("/quality")
        assert answer is not None
        assert answer.status == 500
        expect(page.get_by_role("heading", name="暂时读不到数据")).to_be_visible()
        expect(page.get_by_role("link", name="再试一次")).to_have_attribute("href", "/quality")
    finally:
        with node.transaction() as db:
            db.execute(sa.text("ALTER TABLE quality_result_aside RENAME TO quality_result"))
    page.close()
    with office(node) as other:
        before = node.settings
        node.settings = replace(before, demo=False)
        page = browser.new_page(base_url=other)
        answer = page.goto("/quality/33")
        node.settings = before
        assert answer is not None
        assert answer.status == 403
        expect(page.get_by_text("ZHIJIAN_SCORECARD_OPEN=1")).to_be_visible()
        page.close()


def test_before_any_result_the_page_says_how_the_first_one_comes(browser: Browser, address: str, node: Node) -> None:
    names = TABLES.split(", ")
    page = browser.new_page(base_url=address)
    with node.transaction() as db:
        for name in names:
            db.execute(sa.text(f"CREATE TABLE {name}_aside AS TABLE {name}"))
        db.execute(sa.text(f"TRUNCATE {TABLES}"))
    try:
        page.goto("/quality")
        expect(page.get_by_role("heading", name="还没有省份交来自查结果")).to_be_visible()
        expect(page.get_by_text("zhijian admin scorecard add")).to_be_visible()
        page.goto("/quality/33")
        expect(page.get_by_role("heading", name="没有交来自查结果")).to_be_visible()
    finally:
        with node.transaction() as db:
            for name in reversed(names):
                db.execute(sa.text(f"INSERT INTO {name} TABLE {name}_aside"))
                db.execute(sa.text(f"DROP TABLE {name}_aside"))
    page.close()
