"""Issue in batches of 1,000 against a bare COPY of the same rows, in one run.

    python bench/issue.py [BATCHES]

Figures: reports a second through the whole path (JSON, schema, registry rules, code, SM2 credential, rows, log leaf,
commit; request signature and HTTP included), COPY of the same rows, their ratio; time until the last leaf is under a
checkpoint. Targets (design.md): >= 5,000 reports/s, ratio >= 0.1, inclusion p99 <= 2 s.
"""

import json
import logging
import shutil
import sys
import tempfile
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog
from starlette.testclient import TestClient

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.conftest import Seeded, laboratory
from tests.lims import Lims, leaf, merkle

from zhijian import worker
from zhijian.api import api_app
from zhijian.cli.seed import seed
from zhijian.kit.settings import Settings
from zhijian.synthetic import World
from zhijian.wiring import Node, open_node

BATCH = 1000
ROWS = ("report", "report_item", "log_entry")


def main(batches: int) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    home = Path(tempfile.mkdtemp(prefix="zhijian-bench-"))
    home.chmod(0o755)
    try:
        with open_node(replace(Settings(home), reports_per_key_per_day=10**8)) as node:
            at = datetime.now(UTC)
            node.prepare(at)
            world = World(seed=5, institutions=12, reports=400, on=at.date())
            seeded = Seeded(node, seed(node, world, at, lambda *_: None), world, at)
            with TestClient(api_app(node)) as client:
                issued = issue(node, seeded, client, batches)
            copied = compare_copy(node)
            print(f"ratio issue / bare COPY: {issued / copied:.3f} (target 0.1)")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def issue(node: Node, seeded: Seeded, client: TestClient, batches: int) -> float:
    lab = laboratory(seeded, client)
    bodies = [[lab.fresh(f"B-{b}-{n}") for n in range(BATCH)] for b in range(batches)]
    size = len(json.dumps(bodies[0][0], ensure_ascii=False).encode())
    print(
        f"{batches} batches of {BATCH} reports, {len(bodies[0][0]['items'])} items and {size} bytes each, suite {lab.lims.key.suite}"
    )
    lab.lims.submit_batch([lab.fresh(f"W-{n}") for n in range(100)])
    # Signed before the clock starts: the laboratory's work is not the node's.
    requests = [prepared(lab.lims, body) for body in bodies]
    stop = threading.Event()
    sequencing = threading.Thread(target=worker.run, args=(node, stop))
    sequencing.start()
    started = time.perf_counter()
    for body, headers in requests:
        answer = client.post("/api/v1/reports:batch", content=body, headers=headers)
        assert answer.json()["issued"] == BATCH, answer.text[:500]
    took = time.perf_counter() - started
    waited = until_logged(node)
    stop.set()
    sequencing.join()
    print(f"issue: {batches * BATCH / took:,.0f} reports/s (one server thread and the sequencer in one process)")
    print(f"inclusion: {lag(node)}; last leaf {waited:.2f} s after the last answer")
    return batches * BATCH / took


def prepared(lims: Lims, reports: list[dict[str, Any]]) -> tuple[bytes, dict[str, str]]:
    items = [json.dumps(r, ensure_ascii=False).encode() for r in reports]
    body = b'{"reports": [' + b", ".join(items) + b"]}"
    root = merkle([leaf(i) for i in items]).hex()
    return body, lims.headers("POST", "/api/v1/reports:batch", body, root=root)


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
                per = len(lines) // reports
                with cursor.copy(f"COPY copy_{table} FROM STDIN") as sink:
                    sink.write(b"".join(lines[n * per : (n + BATCH) * per]))
    took = time.perf_counter() - started
    print(f"bare COPY: {reports / took:,.0f} reports/s (their items and leaves with them, a commit a batch)")
    return reports / took


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
