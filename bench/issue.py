"""Issue in batches of 1,000 against a bare COPY of the same rows, in one run.

    python bench/issue.py [BATCHES]

The processes are the real ones: two of the API, one for each core, and the worker that writes the log, with PostgreSQL
and the laboratories' clients on the same cores. Figures: reports a second through the whole path (HTTP, request
signature, JSON, schema, registry rules, code, SM2 credential, rows, leaf, commit); COPY of the same rows; their ratio;
time until each leaf stands under a checkpoint. Targets (design.md): >= 5,000 reports/s, ratio >= 0.1, inclusion p99
<= 2 s.
"""

import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
import sqlalchemy as sa
import structlog

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.conftest import Laboratory, Seeded, laboratory
from tests.crash.town import free_port
from tests.lims import Lims, leaf, merkle

from zhijian.cli.seed import seed
from zhijian.kit.settings import Settings
from zhijian.kit.signing import Suite
from zhijian.synthetic import World
from zhijian.wiring import Node, open_node

BATCH = 1000
ROWS = ("report", "report_item", "log_entry")


def main(batches: int) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    home = Path(tempfile.mkdtemp(prefix="zhijian-bench-"))
    home.chmod(0o755)
    ports = [free_port(), free_port()]
    try:
        with open_node(replace(Settings(home), office_port=ports[0])) as node:
            at = datetime.now(UTC)
            node.prepare(at)
            world = World(seed=5, institutions=12, reports=400, on=at.date())
            seeded = Seeded(node, seed(node, world, at, lambda *_: None), world, at)
            with processes(home, ports) as running:
                issued = issue(node, seeded, ports, batches, running)
            copied = compare_copy(node)
            print(f"ratio issue / bare COPY: {issued / copied:.3f} (target 0.1)")
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def processes(home: Path, ports: list[int]) -> Iterator[dict[str, list[int]]]:
    """An API on each port and a worker; their process ids."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("ZHIJIAN_")}
    common = kept | {
        "ZHIJIAN_HOME": str(home), "ZHIJIAN_OFFICE_URL": f"http://127.0.0.1:{ports[0]}",
        "ZHIJIAN_REPORTS_PER_KEY_PER_DAY": "100000000",
    }  # fmt: skip
    words = [(port, ("serve", "office")) for port in ports] + [(ports[0], ("worker",))]
    running = [
        subprocess.Popen([sys.executable, "-m", "zhijian.cli", *what], env=common | {"ZHIJIAN_OFFICE_PORT": str(port)},
                         stderr=subprocess.DEVNULL)
        for port, what in words
    ]  # fmt: skip
    try:
        for port in ports:
            await_ready(port)
        ids = [process.pid for process in running]
        yield {"API": ids[:-1], "worker": ids[-1:]}
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(20)


def await_ready(port: int) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            if requests.get(f"http://127.0.0.1:{port}/healthz", timeout=2).ok:
                return
        except requests.ConnectionError:
            pass
        if time.monotonic() > deadline:
            raise SystemExit(f"the API on port {port} did not start")
        time.sleep(0.1)


def issue(node: Node, seeded: Seeded, ports: list[int], batches: int, running: dict[str, list[int]]) -> float:
    labs = [laboratory(seeded, None, suite) for suite in Suite]
    for lab in labs:
        lab.lims.authority = f"127.0.0.1:{ports[0]}"
    # Made and signed before the clock starts: the laboratory's work is not the node's.
    requested = [[prepared(lab, f"{n}-{b}", BATCH) for b in range(batches)] for n, lab in enumerate(labs)]
    size, items = len(requested[0][0][0]) // BATCH, len(labs[0].report["items"])
    print(f"2 laboratories, each {batches} batches of {BATCH} reports, about {items} items and {size} bytes each")
    for lab, port in zip(labs, ports, strict=True):
        send(port, *prepared(lab, "W", 100))
    before = cpu_s(node, running)
    started = time.perf_counter()
    with ThreadPoolExecutor(len(labs)) as at_once:
        list(at_once.map(lambda port, all_of: [send(port, *one) for one in all_of], ports, requested))
    took = time.perf_counter() - started
    waited = until_logged(node)
    used = {name: after - before[name] for name, after in cpu_s(node, running).items()}
    print(f"issue: {2 * batches * BATCH / took:,.0f} reports/s (two API processes and the worker)")
    each = ", ".join(f"{name} {seconds / (2 * batches * BATCH) * 1e6:.0f}" for name, seconds in used.items())
    print(f"CPU a report, µs: {each}; of both cores while issuing {sum(used.values()) / took / 2:.0%}")
    print(f"inclusion: {lag(node)}; last leaf {waited:.2f} s after the last answer")
    return 2 * batches * BATCH / took


def cpu_s(node: Node, running: dict[str, list[int]]) -> dict[str, float]:
    """Seconds of CPU that each part has used so far: the doors, PostgreSQL with all its processes, the clients here."""
    with node.transaction() as db:
        backend = db.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
    server = _parent(backend)
    parts = {**running, "PostgreSQL": [server, *children(server)]}
    return {name: sum(map(_cpu_s, pids)) for name, pids in parts.items()} | {"clients": time.process_time()}


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


def children(pid: int) -> list[int]:
    return [one for one in map(int, filter(str.isdigit, os.listdir("/proc"))) if _alive_parent(one) == pid]


def _alive_parent(pid: int) -> int | None:
    try:
        return _parent(pid)
    except (FileNotFoundError, ProcessLookupError):
        return None


def _cpu_s(pid: int) -> float:
    """Of a process and of those of its children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def prepared(lab: Laboratory, mark: str, size: int) -> tuple[bytes, dict[str, str]]:
    lims: Lims = lab.lims
    items = [json.dumps(lab.fresh(f"B-{mark}-{n}"), ensure_ascii=False).encode() for n in range(size)]
    body = b'{"reports": [' + b", ".join(items) + b"]}"
    return body, lims.headers("POST", "/api/v1/reports:batch", body, root=merkle([leaf(i) for i in items]).hex())


def send(port: int, body: bytes, headers: dict[str, str]) -> None:
    url = f"http://127.0.0.1:{port}/api/v1/reports:batch"
    answer: Any = requests.post(url, data=body, headers=headers, timeout=60).json()
    assert answer["declined"] == 0, str(answer)[:500]


def until_logged(node: Node) -> float:
    started = time.perf_counter()
    while True:
        with node.transaction() as db:
            if not db.execute(sa.text("SELECT EXISTS (SELECT 1 FROM log_entry WHERE index IS NULL)")).scalar_one():
                return time.perf_counter() - started
        time.sleep(0.05)


def lag(node: Node) -> str:
    query = """SELECT percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY extract(epoch FROM l.logged_at - r.registered_at))
               FROM report r JOIN log_entry l ON l.code = r.code AND l.kind = 1 WHERE r.own_number LIKE 'B-%'"""
    with node.transaction() as db:
        p50, p99 = db.execute(sa.text(query)).scalar_one()
    return f"p50 {p50:.2f} s, p99 {p99:.2f} s from receipt to its place in the log"


def compare_copy(node: Node) -> float:
    """The same rows of the same three tables, copied into tables of the same shape with the same keys and indexes."""
    with node.transaction() as db:
        driver = db.connection.driver_connection
        with driver.cursor() as cursor:
            data = {}
            for table in ROWS:
                key = "r.code" if table == "report" else "t.code"
                join = "" if table == "report" else f"JOIN report r ON r.code = {key}"
                alias = "r" if table == "report" else "t"
                with cursor.copy(
                    f"COPY (SELECT {alias}.* FROM {table} {alias} {join} WHERE r.own_number LIKE 'B-%') TO STDOUT"
                ) as out:
                    data[table] = b"".join(bytes(chunk) for chunk in out)
                cursor.execute(f"CREATE TABLE copy_{table} (LIKE {table} INCLUDING ALL)")
    reports = data["report"].count(b"\n")
    started = time.perf_counter()
    for n in range(0, reports, BATCH):
        with node.transaction() as db, db.connection.driver_connection.cursor() as cursor:
            for table, raw in data.items():
                lines = raw.splitlines(keepends=True)
                first, last = (len(lines) * at // reports for at in (n, n + BATCH))
                with cursor.copy(f"COPY copy_{table} FROM STDIN") as sink:
                    sink.write(b"".join(lines[first:last]))
    took = time.perf_counter() - started
    print(f"bare COPY: {reports / took:,.0f} reports/s (their items and leaves with them, a commit a batch)")
    return reports / took


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
