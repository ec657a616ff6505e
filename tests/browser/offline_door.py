"""A real node whose trust list names the door that the browser sees, and reports in each state that a list can tell."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect
from tests.conftest import Laboratory, Seeded
from tests.servers import public_door, sequence

from zhijian.kit.signing import sm3
from zhijian.wiring import Node

REPORT_FILE = b"%PDF-1.7 a report for the offline page"


@dataclass(frozen=True)
class Field:
    """What a person in the field has in hand."""

    url: str
    valid: dict[str, Any]
    withdrawn: dict[str, Any]
    proof: str

    @property
    def host(self) -> str:
        return self.url.removeprefix("http://")

    def qr(self, issued: dict[str, Any]) -> str:
        """The QR's text, on the host of this door."""
        rest = issued["qr"].split("/", 3)[3]
        return f"HTTP://{self.host}/{rest}"


@contextmanager
def named_door(node: Node) -> Iterator[str]:
    """The public door, with its own address as the one host of the trust list; afterwards the list is as it was."""
    try:
        with public_door(node) as address:
            publish(node)
            yield address
    finally:
        publish(node)


def publish(node: Node) -> None:
    with node.transaction() as db:
        node.keyring().publish(db, datetime.now(UTC))


def field_of(url: str, lab: Laboratory, seeded: Seeded, name: str) -> Field:
    digest = {"file_digest": sm3(REPORT_FILE).hex(), "file_digest_algorithm": "sm3"}
    valid = lab.lims.submit(lab.fresh(f"{name}-1", **digest)).json()
    withdrawn = lab.lims.submit(lab.fresh(f"{name}-2")).json()
    changed = {"state": "withdrawn", "reason": "样品标识有误"}
    assert lab.lims.post(f"/api/v1/reports/{withdrawn['code']}/state", changed).status_code == 200
    sequence(seeded.node)
    from zhijian.web.node_service import NodeService

    proof = NodeService(seeded.node).proof(valid["code"], valid["verifier"])
    assert proof
    return Field(url, valid, withdrawn, proof)


def prepared(page: Page) -> Page:
    """The offline page with its data and its own files on the device."""
    page.goto("/offline")
    expect(page.get_by_text("已更新，共")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("已存在本机，没有网络也能打开")).to_be_visible(timeout=20_000)
    return page


def cut_off(context: BrowserContext) -> None:
    context.set_offline(True)


def ask(page: Page, text: str) -> None:
    page.get_by_label("粘贴二维码文字，或输入编码").fill(text)
    page.get_by_role("button", name="核验", exact=True).click()


def proof_file(folder: Path, text: str) -> Path:
    path = folder / "report.tlog-proof"
    path.write_text(text)
    return path
