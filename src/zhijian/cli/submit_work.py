"""The work behind `zhijian codes submit`: read aside, send in batches under keys that a second run repeats, judge answers."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from zhijian.cli.say import COULD_NOT, WRONG_USE, fail
from zhijian.client import Client
from zhijian.kit.aside import Aside, AsideFailed
from zhijian.spec import specification
from zhijian.spec.workbook import MAX_BYTES, Finding, Read, Receipt, WorkbookRefused, refused

T = TypeVar("T")
SECONDS, MEMORY_BYTES = 120.0, 2 << 30
BATCH = 100
"""Reports in one request: progress is seen, and a request ends well within its time."""
_FIELDS = [e.id for e in specification().entities["report"].elements if e.id != "uscc"]
_ITEM_FIELDS = [e.id for e in specification().entities["report_item"].elements]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one report."""

    receipt: Receipt
    is_registered: bool
    findings: Sequence[Finding] = ()

    @property
    def data(self) -> dict[str, Any]:
        r = self.receipt
        return {"own_number": r.own_number, "state": r.state, "code": r.code or None, "verifier": r.verifier, "qr": r.qr,
                "qr_small": r.qr_small, "registered": self.is_registered}  # fmt: skip


def read_file(path: Path) -> bytes:
    """Ends the command when it cannot be read, or is larger than any workbook may be."""
    try:
        if path.stat().st_size > MAX_BYTES:
            fail(
                WRONG_USE,
                f"{path}：超过 {MAX_BYTES >> 20} MB，请分成几个文件",
                f"{path}: more than {MAX_BYTES >> 20} MB, split it",
            )
        return path.read_bytes()
    except OSError as why:
        fail(WRONG_USE, f"{path}：读不了", f"{path}: cannot be read ({why.strerror})")


def aside(call: Callable[..., T], *arguments: Any) -> T:
    """The result of `call` on a workbook, in a process of its own. Ends the command when there is none."""
    run = Aside(["zhijian.spec.workbook"], at_once=1, seconds=SECONDS, memory_bytes=MEMORY_BYTES)
    try:
        return run(call, *arguments)
    except WorkbookRefused as why:
        fail(WRONG_USE, why.zh, why.en)
    except AsideFailed as why:
        fail(COULD_NOT, f"文件太复杂：超过 {SECONDS:.0f} 秒或 {MEMORY_BYTES >> 30} GB 内存；请从空白模板重新填写",
             f"it took more than {SECONDS:.0f} s or {MEMORY_BYTES >> 30} GB ({why}); fill in a new template")  # fmt: skip


def submitted(client: Client, read: Read) -> Iterator[list[Outcome]]:
    """Outcomes in order, a batch at a time.

    The key of a batch is made of what it says: the same workbook again, saved anew or not, asks for the same answer.
    Raises: Refused, Unreachable.
    """
    records = read.records
    for start in range(0, len(records), BATCH):
        batch = records[start : start + BATCH]
        said = json.dumps(batch, ensure_ascii=False, sort_keys=True).encode()
        answers = client.submit_batch(batch, idempotency_key=f"xlsx-{hashlib.sha256(said).hexdigest()}")
        yield [_outcome(client, read, start + n, answer) for n, answer in enumerate(answers)]


def _outcome(client: Client, read: Read, index: int, answer: Mapping[str, Any]) -> Outcome:
    own_number = read.records[index]["own_number"]
    if answer["status"] == 201:
        return Outcome(_receipt(own_number, "已登记 registered", answer["report"]), True)
    problem = answer["problem"]
    if code := problem.get("registered_as"):
        there = client.report("".join(ch for ch in code if ch.isalnum()))
        if facts(there) == facts(read.records[index]):
            state = specification().codelists["report_state"][there["state"]]
            return Outcome(_receipt(own_number, f"此前已登记，内容相同 registered before（{state.zh}）", there), True)
    found = refused(read, index, problem)
    return Outcome(Receipt(own_number, f"被拒 refused：{found[0].zh}"), False, found)


def _receipt(own_number: str, state: str, report: Mapping[str, Any]) -> Receipt:
    names = ("verifier", "qr", "qr_small", "verify_url", "registered_at")
    return Receipt(own_number, state, str(report["printed"]), **{name: str(report.get(name) or "") for name in names})


def facts(report: Mapping[str, Any]) -> Any:
    """What a report says, for comparison: what is absent, null or an empty list is left out, items are in their order."""

    def said(record: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
        return {name: record[name] for name in names if record.get(name) not in (None, [])}

    items = sorted(report["items"], key=lambda item: item["seq"])
    return said(report, _FIELDS), [said(item, _ITEM_FIELDS) for item in items]
