"""The report of a self-check, opened from the disk: nothing is asked of anybody, it fits, prints, filters without a script."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.public_door import AXE, watched
from tests.cli.test_check import run
from tests.exchange.quality.planted import SITES, STAFF, put

WIDTHS = (390, 1440)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of two known tables with faults and one that nobody knows, the second time they are checked."""
    folder = tmp_path_factory.mktemp("check")
    odd = "天气,心情\n" + "晴,<script>alert(1)</script>\n"
    for sites in (SITES, SITES + "".join(f"91330100MA27XXXX01,T{n},,330100,某路,2020-01-01,\n" for n in range(40))):
        run(*put(folder, sites=sites, staff=STAFF, odd=odd), "--out", folder / "out")
    return folder / "out" / "report.html"


@pytest.fixture
def opened(browser: Browser, report: Path) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    context.set_default_timeout(8_000)
    page = watched(context.new_page())
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report.as_uri())
    yield page
    context.close()
    assert page.complaints == []  # type: ignore[attr-defined]
    assert not [url for url in asked if not url.startswith("file://")], "nothing from elsewhere"


def test_the_grade_comes_first_then_what_to_mend_with_row_and_remedy(opened: Page) -> None:
    expect(opened.locator("#grade")).to_contain_text("级")
    first = opened.locator(".finding", has_text="第 3 行").first
    expect(first).to_contain_text("第 3 行")
    expect(first).to_contain_text("怎样改")
    expect(opened.get_by_role("heading", name="与上一次相比")).to_be_visible()
    expect(opened.locator(".problems")).to_contain_text("天气、心情")
    assert opened.locator("script").count() == 0, "what stands in the data is text"


def test_the_filter_works_without_a_script(browser: Browser, report: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report.as_uri())
    every = page.locator(".found .drawer")
    shown = page.locator(".found .drawer:visible")
    assert shown.count() == every.count() > 1
    page.locator('label[for="f-conformity"]').click()
    assert 0 < shown.count() < every.count()
    shown.first.locator("summary").click()
    expect(shown.first.locator("table")).to_be_visible()
    context.close()


def test_the_other_language_is_one_link_away(opened: Page) -> None:
    opened.get_by_role("link", name="English").click()
    expect(opened.get_by_role("heading", level=1)).to_have_text("Data quality report")
    assert opened.locator("html").get_attribute("lang") == "en"


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_and_nothing_runs_over(opened: Page, width: int, dark: bool) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm ci in ui/")
    opened.set_viewport_size({"width": width, "height": 900})
    opened.emulate_media(color_scheme="dark" if dark else "light")
    opened.evaluate("for (const drawer of document.querySelectorAll('details')) drawer.open = true")
    assert not opened.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    opened.evaluate(AXE.read_text("utf-8"))
    ran = opened.evaluate("axe.run({ resultTypes: ['violations'] }).then((r) => JSON.stringify(r.violations))")
    assert [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in json.loads(ran)] == []


def test_it_prints_on_a4_with_the_findings_and_without_the_filters(opened: Page, tmp_path: Path) -> None:
    from pypdf import PdfReader

    opened.emulate_media(media="print")
    expect(opened.locator(".filters")).to_be_hidden()
    opened.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True, print_background=True)
    pages = PdfReader(tmp_path / "report.pdf").pages
    assert 2 <= len(pages) <= 8
    assert round(float(pages[0].mediabox.width)) in (595, 596)
    assert opened.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.skipif("ZHIJIAN_PICTURES" not in os.environ, reason="ZHIJIAN_PICTURES names no folder")
@pytest.mark.parametrize("width", WIDTHS)
def test_the_report_has_its_pictures(opened: Page, pictures: Path, width: int) -> None:
    opened.set_viewport_size({"width": width, "height": 900})
    opened.screenshot(path=pictures / f"check-{width}.png", full_page=True)
