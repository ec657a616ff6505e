"""What the browser tests share: Chromium, the site under test, and a page that is watched."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext, Page
from tests.web import fakes
from tests.web.concerns import FakeConcernService

CHROMIUM = Path("/usr/bin/chromium")
AXE = Path(__file__).parents[2] / "ui/node_modules/axe-core/axe.min.js"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
OTHER_NODE = "verify.other-node.example"
ContextMaker = Callable[..., BrowserContext]


@dataclass(frozen=True)
class Site:
    url: str
    service: fakes.FakeVerifyService
    concerns: FakeConcernService

    @property
    def host(self) -> str:
        return self.url.removeprefix("http://")


def watched(page: Page) -> Page:
    """A page whose breach of the CSP or uncaught error is kept in `page.complaints` for the fixture to look at."""
    complaints: list[str] = []
    page.complaints = complaints  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: complaints.append(message.text) if "Content Security Policy" in message.text else None,
    )
    return page
