"""A public door over the fake service in a thread, and Debian's Chromium before it."""

import os
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from socket import socket

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright
from tests.browser.public_door import ARGUMENTS, CHROMIUM, OTHER_NODE, ContextMaker, Site, watched
from tests.servers import office
from tests.web import fakes
from tests.web.concerns import FakeConcernService

from zhijian.web import DoorSettings, verify_app
from zhijian.web.settings import STATIC
from zhijian.wiring import Node

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reason = None
    if not CHROMIUM.exists():
        reason = f"no {CHROMIUM}"
    elif not (STATIC / "manifest.json").is_file():
        reason = "static files are not built: npm ci && npm run build in ui/"
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if reason:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="module")
def address(node: Node) -> Iterator[str]:
    """The office's door over the seeded node."""
    with office(node) as address:
        yield address


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    service = fakes.FakeVerifyService()
    settings = DoorSettings(
        public_host=f"127.0.0.1:{port}",
        other_hosts=(OTHER_NODE,),
        demo=True,
        rate=1e6,
        burst=10**6,
        guess_burst=10**6,
        inspect_burst=10**6,
        concern_burst=10**6,
        worked_burst=10**6,
        unworked_burst=10**6,
        unworked_all_burst=10**6,
    )
    concerns = FakeConcernService(bits=14, parts=16)
    app = verify_app(service, concerns=concerns, clock=lambda: datetime.now(UTC), settings=settings)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield Site(f"http://127.0.0.1:{port}", service, concerns)
    server.should_exit = True
    thread.join(timeout=10)


# For a file and no longer: while it runs, an event loop runs in this thread, and tests of other rooms may want one.
@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    running = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
    yield running
    running.close()


@pytest.fixture
def context_of(browser: Browser, site: Site) -> Iterator[ContextMaker]:
    """Makes contexts with options; every one is closed after the test."""
    made: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        context = browser.new_context(base_url=site.url, **options)  # type: ignore[arg-type]
        context.set_default_timeout(8_000)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture
def page(context_of: ContextMaker) -> Iterator[Page]:
    """Phone width. Fails the test when the page breaks its own CSP or throws."""
    watching = watched(context_of(viewport={"width": 390, "height": 844}).new_page())
    yield watching
    assert watching.complaints == []  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    given = os.environ.get("ZHIJIAN_PICTURES")
    folder = Path(given) if given else tmp_path_factory.mktemp("pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
