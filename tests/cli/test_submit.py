"""`zhijian codes submit`: workbooks registered by a real API, once, with receipts, and with errors at their cells."""

import io
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook
from tests.conftest import Laboratory, Seeded
from tests.servers import free_port, running
from typer.testing import CliRunner

from zhijian.api import api_app
from zhijian.cli import app, submit_run, submit_work
from zhijian.client import Client
from zhijian.codes import offline
from zhijian.spec.workbook import template


@dataclass(frozen=True)
class Desk:
    """A laboratory at a real API, with a folder for its workbooks."""

    seeded: Seeded
    lab: Laboratory
    folder: Path
    address: str

    def fill(self, count: int, **changes: Any) -> list[dict[str, Any]]:
        mark = uuid.uuid4().hex[:8]
        made = [self.lab.fresh(f"X-{mark}-{n:04}", **changes) for n in range(count)]
        return [{k: v for k, v in r.items() if k not in ("code", "credential")} for r in made]

    def save(self, reports: list[dict[str, Any]], name: str = "reports.xlsx") -> Path:
        path = self.folder / name
        path.write_bytes(template(["report"], {"report": reports}))
        return path

    def submit(self, path: Path, *more: str) -> tuple[int, dict[str, Any]]:
        words = [
            "codes",
            "submit",
            str(path),
            "--server",
            self.address,
            "--key",
            str(self.key),
            "--format",
            "json",
            *more,
        ]
        done = CliRunner().invoke(app, words, catch_exceptions=False)
        return done.exit_code, json.loads(done.stdout) if done.stdout else {"said": done.stderr}

    @property
    def key(self) -> Path:
        path = self.folder / "key.json"
        path.write_text(
            json.dumps(
                {
                    "kid": self.lab.lims.kid,
                    "suite": self.lab.lims.key.suite.value,
                    "secret": self.lab.lims.key.secret.hex(),
                }
            )
        )
        return path

    def registered(self, reports: list[dict[str, Any]]) -> int:
        numbers = [r["own_number"] for r in reports]
        with self.seeded.node.transaction() as db:
            return int(
                db.execute(
                    sa.text("SELECT count(*) FROM report WHERE own_number = ANY(:n)"), {"n": numbers}
                ).scalar_one()
            )


@pytest.fixture
def desk(seeded: Seeded, lab: Laboratory, tmp_path: Path) -> Iterator[Desk]:
    port = free_port()
    before = seeded.node.settings
    seeded.node.settings = replace(before, office_url=f"http://127.0.0.1:{port}")
    with running(api_app(seeded.node), port) as address:
        yield Desk(seeded, lab, tmp_path, address)
    seeded.node.settings = before


def test_a_filled_workbook_is_registered_and_its_receipts_say_what_to_print(desk: Desk) -> None:
    reports = desk.fill(3)
    receipts = desk.folder / "receipts.xlsx"
    status, said = desk.submit(desk.save(reports), "--receipts", str(receipts))
    assert (status, said["registered"], said["refused"], said["errors"]) == (0, 3, 0, 0)
    assert desk.registered(reports) == 3
    heading, *rows = load_workbook(receipts)["回执"].iter_rows(values_only=True)
    assert [row[0] for row in rows] == [r["own_number"] for r in reports]
    for row, told in zip(rows, said["receipts"], strict=True):
        scanned = offline.scan(str(row[4]))
        assert (scanned.verifier, scanned.code) == (row[3], str(row[2]).replace("-", ""))
        assert (row[2], row[3]) == (told["code"], told["verifier"])
        assert scanned.credential is not None
        assert "已登记" in str(row[1])


def test_run_twice_it_registers_nothing_twice_even_when_the_file_was_saved_anew(desk: Desk) -> None:
    reports = desk.fill(2)
    path = desk.save(reports)
    _, first = desk.submit(path)
    assert desk.submit(path) == (0, first)
    book = load_workbook(path)
    book["说明"]["A1"] = "改过"
    book.save(path)
    assert desk.submit(path) == (0, first)
    # In other company they are another request: found by their own numbers, and told so.
    status, again = desk.submit(desk.save([*desk.fill(1), *reports], "more.xlsx"))
    assert (status, again["registered"]) == (0, 3)
    assert [(r["code"], r["verifier"], r["qr"]) for r in again["receipts"][1:]] == [
        (r["code"], r["verifier"], r["qr"]) for r in first["receipts"]
    ]
    assert "此前已登记" in again["receipts"][1]["state"]
    assert desk.registered(reports) == 2


def test_a_registered_report_with_other_content_is_refused_and_not_taken_for_the_same(desk: Desk) -> None:
    reports = desk.fill(1)
    assert desk.submit(desk.save(reports))[0] == 0
    status, said = desk.submit(desk.save([reports[0] | {"title": "另一个标题"}], "b.xlsx"))
    assert (status, said["registered"], said["findings"][0]["why"]) == (1, 0, "own-number-duplicate")


def test_what_the_api_refuses_is_marked_at_its_cell_and_the_others_are_registered(desk: Desk) -> None:
    reports = desk.fill(3)
    reports[1]["signatory"] = "NOBODY"
    reports[2]["items"][0]["instruments"] = ["YQ-NONE"]
    out = desk.folder / "marked.xlsx"
    status, said = desk.submit(desk.save(reports), "--out", str(out))
    assert (status, said["registered"], said["refused"]) == (1, 1, 2)
    found = {f["why"]: (f["sheet"], f["field"]) for f in said["findings"]}
    assert found["signatory-unknown"] == ("报告", "signatory")
    assert found["instrument-unknown"] == ("检测项目", "instruments")
    book = load_workbook(io.BytesIO(out.read_bytes()))
    cell = next(f["cell"] for f in said["findings"] if f["why"] == "signatory-unknown")
    assert book["报告"][cell].value == "NOBODY"
    assert book["报告"][cell].fill.fgColor.rgb == "FFFFD666"
    # Mended in the marked workbook itself and handed in again: the one that was registered is found, the others follow.
    book["报告"][cell].value = reports[0]["signatory"]
    book["检测项目"][next(f["cell"] for f in said["findings"] if f["why"] == "instrument-unknown")].value = None
    book.save(out)
    assert desk.submit(out)[0] == 0
    assert desk.registered(reports) == 3


def test_with_one_error_in_the_sheet_nothing_is_sent(desk: Desk) -> None:
    reports = desk.fill(2)
    path = desk.save(reports)
    book = load_workbook(path)
    book["检测项目"]["A3"] = "B-OTHER"
    book.save(path)
    status, said = desk.submit(path, "--out", str(desk.folder / "marked.xlsx"))
    assert (status, desk.registered(reports)) == (2, 0)
    assert [(f["sheet"], f["cell"]) for f in said["findings"] if f["why"] == "orphan"] == [("检测项目", "A3")]
    assert "问题清单" in load_workbook(desk.folder / "marked.xlsx").sheetnames


def test_check_sends_nothing(desk: Desk) -> None:
    reports = desk.fill(1)
    done = CliRunner().invoke(app, ["codes", "submit", str(desk.save(reports)), "--check"])
    assert (done.exit_code, desk.registered(reports)) == (0, 0)
    assert "报告 reports 1" in done.stdout


def test_a_wrong_key_a_wrong_file_and_no_server_each_have_their_status(desk: Desk) -> None:
    reports = desk.fill(1)
    path = desk.save(reports)
    assert desk.submit(path, "--kid", "00000000")[0] == 2
    assert desk.submit(desk.key)[0] == 2
    assert desk.submit(desk.folder / "nothing.xlsx")[0] == 2
    assert CliRunner().invoke(app, ["codes", "submit", str(path)]).exit_code == 2
    assert desk.submit(path, "--receipts", str(path))[0] == 2
    assert desk.registered(reports) == 0


def test_a_connection_that_breaks_half_way_leaves_receipts_and_a_second_run_goes_on(
    seeded: Seeded, lab: Laboratory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submit_work, "BATCH", 2)
    monkeypatch.setattr(submit_run, "Client", partial(Client, tries=1))
    port, left = free_port(), [1]
    whole = api_app(seeded.node)

    async def breaking(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and left_over(left) < 0:
            await send({"type": "http.response.start", "status": 503, "headers": []})
            await send({"type": "http.response.body", "body": b"{}"})
        else:
            await whole(scope, receive, send)

    before = seeded.node.settings
    seeded.node.settings = replace(before, office_url=f"http://127.0.0.1:{port}")
    with running(breaking, port) as address:
        desk = Desk(seeded, lab, tmp_path, address)
        reports = desk.fill(5)
        path, first, second = desk.save(reports), tmp_path / "first.xlsx", tmp_path / "second.xlsx"
        assert desk.submit(path, "--receipts", str(first))[0] == 3
        assert desk.registered(reports) == 2
        left[0] = 100
        status, said = desk.submit(path, "--receipts", str(second))
        assert (status, said["registered"], desk.registered(reports)) == (0, 5, 5)
    seeded.node.settings = before
    rows = [list(load_workbook(file)["回执"].iter_rows(min_row=2, values_only=True)) for file in (first, second)]
    assert rows[0] == rows[1][:2]


def left_over(left: list[int]) -> int:
    left[0] -= 1
    return left[0]


def test_a_thousand_reports_at_once(desk: Desk) -> None:
    reports = desk.fill(1000)
    status, said = desk.submit(desk.save(reports))
    assert (status, said["registered"]) == (0, 1000), said["findings"][:3]
    assert desk.registered(reports) == 1000
    assert len({r["code"] for r in said["receipts"]}) == 1000
