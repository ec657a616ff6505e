"""Laboratories' systems at work while processes die: what was acknowledged to them is written down, and nothing else."""

import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from tests.crash.town import Town
from tests.lims import Lims

from zhijian.kit.signing import PrivateKey, Suite

STATES = ("withdrawn", "corrected", "replaced")


@dataclass
class Ledger:
    """What the node has acknowledged, and what it was asked without a usable answer."""

    state: dict[str, str] = field(default_factory=dict)
    """Code → state."""
    own_number: dict[str, str] = field(default_factory=dict)
    """Code → own number."""
    changes: dict[str, int] = field(default_factory=dict)
    """Code → how many changes of state were acknowledged."""
    doubtful: list[Callable[[], None]] = field(default_factory=list)
    """Each sends the same request again, under the same idempotency key."""
    surprises: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Laboratory:
    """One institution: submits single reports and batches, and changes the state of some."""

    def __init__(
        self, town: Town, ledger: Ledger, kid: str, suite: str, key_file: Path, report: dict[str, Any]
    ) -> None:
        self.ledger, self._report = ledger, report
        self._url = town.url("office")
        self._lims = Lims(
            self,
            kid,
            PrivateKey(Suite(suite), bytes.fromhex(json.loads(key_file.read_text())["secret"])),
            self._url.removeprefix("http://"),
        )
        self.issued: list[str] = []
        """Codes that are valid, as far as was acknowledged; the first is the next to be changed."""
        self._number = 0
        self.name = f"K-{kid}"

    def request(self, method: str, url: str, content: bytes, headers: dict[str, str]) -> requests.Response:
        return requests.request(method, self._url + url, data=content, headers=headers, timeout=10)

    def _fresh(self) -> dict[str, Any]:
        self._number += 1
        return {**self._report, "own_number": f"{self.name}-{self._number}"}

    def step(self, chance: random.Random) -> None:
        """One request, of a random kind."""
        kind = chance.random()
        if kind < 0.55 or len(self.issued) < 4:
            self.submit_one()
        elif kind < 0.75:
            self._submit([self._fresh() for _ in range(chance.randrange(2, 40))], batch=True)
        else:
            state = chance.choice(STATES)
            code = self.issued.pop(0)
            self._change(code, state, None if state == "withdrawn" else self.issued[-1])

    def submit_one(self) -> None:
        self._submit([self._fresh()], batch=False)

    def _submit(self, reports: list[dict[str, Any]], *, batch: bool) -> None:
        key = f"key-{reports[0]['own_number']}"

        def send() -> None:
            answer = (self._lims.submit_batch(reports, idempotency_key=key) if batch
                      else self._lims.submit(reports[0], idempotency_key=key))  # fmt: skip
            body = self._accepted(answer, 207 if batch else 201)
            issued = [r["report"] for r in body["results"]] if batch else [body]
            with self.ledger.lock:
                for report, one in zip(reports, issued, strict=True):
                    self.ledger.state.setdefault(one["code"], "valid")
                    self.ledger.own_number[one["code"]] = report["own_number"]
            self.issued += [one["code"] for one in issued]

        self._attempt(send)

    def _change(self, code: str, state: str, successor: str | None) -> None:
        body = {"state": state, "reason": "样品标识有误", **({"successor": successor} if successor else {})}

        def send() -> None:
            answer = self._lims.post(f"/api/v1/reports/{code}/state", body, idempotency_key=f"change-{code}")
            self._accepted(answer, 200)
            with self.ledger.lock:
                self.ledger.state[code] = state
                self.ledger.changes[code] = 1

        self._attempt(send)

    def _accepted(self, answer: requests.Response, status: int) -> dict[str, Any]:
        """The body of an acknowledgement. A server's fault is no answer; a refusal was not to be expected."""
        if answer.status_code >= 500:
            raise requests.ConnectionError(answer.text[:200])
        if answer.status_code != status or any("report" not in r for r in answer.json().get("results", [])):
            with self.ledger.lock:
                self.ledger.surprises.append(
                    f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text[:300]}"
                )
            raise requests.ConnectionError("refused")
        return dict(answer.json())

    def _attempt(self, send: Callable[[], None]) -> None:
        try:
            send()
        except requests.RequestException:
            with self.ledger.lock:
                self.ledger.doubtful.append(send)
            time.sleep(0.05)


class Load:
    """Several laboratories in threads, until the block ends."""

    def __init__(self, laboratories: list[Laboratory], seed: int) -> None:
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(one, seed + n)) for n, one in enumerate(laboratories)]

    def _run(self, one: Laboratory, seed: int) -> None:
        chance = random.Random(seed)
        while not self._stop.is_set():
            one.step(chance)

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(60)


def laboratories(town: Town, ledger: Ledger, count: int) -> list[Laboratory]:
    """Institutions with the newest admissible report of theirs as a pattern."""
    newest = {report["uscc"]: report for report in town.world.reports()}
    keys = {row.uscc: (row.kid, row.suite) for row in town.rows("SELECT uscc, kid, suite FROM institution_key")}
    found = []
    for uscc, report in sorted(newest.items(), key=lambda pair: pair[1]["issued_on"], reverse=True)[:count]:
        pattern = {k: v for k, v in report.items() if k != "uscc"}
        found.append(Laboratory(town, ledger, *keys[uscc], town.home / "keys" / f"demo-{uscc}.json", pattern))
    return found


def ask_again(ledger: Ledger) -> int:
    """Send what got no answer once more, in order; how many there were."""
    waiting, ledger.doubtful = ledger.doubtful, []
    for send in waiting:
        send()
    return len(waiting)
