"""Does it get slower as it grows? Issue and verify at 10,000, 100,000 … codes, in one run.

    python bench/growth.py [CODES]          (100,000; a million takes minutes, ten million an hour and the disk it names)

At each size 4,000 reports are issued by the ordinary way (in this process: rules, credential, rows, leaf, commit), put into
the log, and asked for over HTTP, none twice in a run. The rest are copies of issued rows under other codes, put there by
one INSERT … SELECT: they have the size and the keys of reports, so that tables, indexes and the sequencer's queue have the
weight of so many. They are in no log file and their signatures are of another code: nobody asks for them, and what the
log's files and the sequencer weigh at a size is not measured here (bench/log.py).

Figures: reports a second, milliseconds of a look-up that is not cached (one connection: no queue), CPU of both, size of each
index, and the exponent e of cost ~ size^e over the sizes: 0 is flat, 1 is as slow as it is large.
"""

import logging
import math
import os
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog
from verify import run, server

from zhijian.cli.laboratory import Keys, issue_keys, submit
from zhijian.cli.seed import seed
from zhijian.kit.settings import Settings
from zhijian.synthetic import World
from zhijian.wiring import Node, open_node

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
ISSUED, BATCH = 4_000, 1000
TABLES = ("report", "report_item", "log_entry")
ROOM = 1.5
"""Times the bytes of the rows: indexes split, and the write-ahead log has its share."""


@dataclass(frozen=True, slots=True)
class Measured:
    codes: int
    issue_per_s: float
    issue_cpu_us: float
    verify_ms: float
    verify_cpu_us: float


def main(codes: int) -> None:
    if not shutil.which("wrk"):
        sys.exit("this bench needs wrk (apt-get install wrk)")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    home = Path(tempfile.mkdtemp(prefix="zhijian-bench-"))
    home.chmod(0o755)
    settings = replace(Settings(home), verify_rate_per_s=0, reports_per_key_per_day=10**9)
    try:
        with open_node(settings) as node:
            laboratory = Laboratory(node)
            laboratory.issue(BATCH)
            each = bytes_a_report(node)
            enough(home, each, codes)
            measured = []
            for size in [one for one in SIZES if one < codes] + [codes]:
                fill(node, size - ISSUED)
                measured.append(measure(node, laboratory))
            tell_indexes(node)
            tell(measured)
    finally:
        shutil.rmtree(home, ignore_errors=True)


class Laboratory:
    """One institution that issues the same report again and again, under other numbers."""

    def __init__(self, node: Node) -> None:
        at = datetime.now(UTC)
        node.prepare(at)
        world = World(seed=5, institutions=12, reports=200, on=at.date())
        seed(node, world, at, lambda *_: None)
        report: dict[str, Any] = next(r for r in world.reports() if r["cma_marked"])
        self._node, self._uscc, self._report = node, report.pop("uscc"), report
        self._keys: Keys = issue_keys(node, [self._uscc], at, at)
        self._number = 0

    def issue(self, count: int) -> tuple[float, float, list[str]]:
        """Seconds, seconds of this process's CPU, and the codes."""
        codes: list[str] = []
        started, used = time.perf_counter(), time.process_time()
        for _ in range(0, count, BATCH):
            batch = [{**self._report, "own_number": f"G-{self._number + n}"} for n in range(BATCH)]
            self._number += BATCH
            with self._node.transaction() as db:
                settled = submit(db, self._node, self._uscc, self._keys, batch, datetime.now(UTC))
            codes += [one.code for one in settled if one.code]
        return time.perf_counter() - started, time.process_time() - used, codes


def measure(node: Node, laboratory: Laboratory) -> Measured:
    took, used, codes = laboratory.issue(ISSUED)
    at = datetime.now(UTC)
    with node.sequencer(at) as sequencer:
        while sequencer.run_once(at):
            pass
    with node.transaction() as db:
        db.execute(sa.text("ANALYZE"))
        total = db.execute(sa.text("SELECT count(*) FROM report")).scalar_one()
    print(
        f"{total:,} codes: issue {len(codes) / took:,.0f}/s in one process, CPU {used / len(codes) * 1e6:.0f} µs a report"
    )
    env = {**os.environ, "ZHIJIAN_HOME": str(node.settings.home), "ZHIJIAN_VERIFY_RATE_PER_S": "0"}
    with server([sys.executable, "-m", "zhijian.cli", "serve", "verify"], env) as (port, pid):
        ran = run(port, pid, [f"/v/{code}" for code in codes], "not cached", connections=1)
    return Measured(total, len(codes) / took, used / len(codes) * 1e6, ran.p50_ms, ran.cpu_us)


def bytes_a_report(node: Node) -> int:
    """Of the rows of a report with their indexes."""
    with node.transaction() as db:
        total = sum(db.execute(sa.text(f"SELECT pg_total_relation_size('{table}')")).scalar_one() for table in TABLES)
        return int(total / db.execute(sa.text("SELECT count(*) FROM report")).scalar_one())


def enough(home: Path, each: int, codes: int) -> None:
    free = shutil.disk_usage(home).free
    print(f"about {each:,} bytes a report with its items, leaf and indexes: {each * codes / 1e9:.1f} GB for {codes:,}; "
          f"{free / 1e9:.0f} GB are free")  # fmt: skip
    if free < ROOM * each * codes:
        sys.exit(f"not enough room in {home}: this size takes up to {ROOM * each * codes / 1e9:.0f} GB")


def fill(node: Node, size: int) -> None:
    """Copies of issued rows until there are `size` reports."""
    with node.transaction() as db:
        there = db.execute(sa.text("SELECT count(*) FROM report")).scalar_one()
        known = {t: [c["name"] for c in sa.inspect(db).get_columns(t)] for t in TABLES}
    started = time.perf_counter()
    for first in range(there, size, 100_000):
        last = min(first + 100_000, size) - 1
        with node.transaction() as db:
            db.execute(sa.text("SET LOCAL statement_timeout = 0"))
            db.execute(sa.text(f"CREATE TEMP TABLE copied ON COMMIT DROP AS {_COPIED}"), {"first": first, "last": last})
            for table in TABLES:
                db.execute(sa.text(_insert(table, known[table])))
    if size > there:
        print(f"{size - there:,} copies put down in {time.perf_counter() - started:.0f} s")


# n times an odd number, modulo 2^40: every n another place, all over the range, as the permutation spreads real codes.
_COPIED = """SELECT n, r.code AS source,
    left(r.code, 8) || lpad(upper(to_hex((n * 618970019647) & ((1::bigint << 40) - 1))), 10, '0') AS code
    FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) n
    JOIN (SELECT code, row_number() OVER (ORDER BY code) - 1 AS k FROM report WHERE own_number LIKE 'G-%' LIMIT 1000) r
    ON r.k = n % 1000"""
_OTHER = {
    "code": "c.code", "own_number": "'F-' || c.n", "own_number_key": "'f-' || c.n", "file_digest": "md5(c.code) || md5(c.source)",
    "registered_at": "t.registered_at - c.n * interval '1 ms'", "status_index": "t.status_index + c.n",
    "origin": "'filled'", "index": "c.n", "logged_at": "now()",
}  # fmt: skip


def _insert(table: str, columns: list[str]) -> str:
    named = [c for c in columns if c != "id"]
    values = ", ".join(_OTHER.get(c, f't."{c}"') for c in named)
    only = "AND t.kind = 1" if table == "log_entry" else ""
    return (f'INSERT INTO {table} ({", ".join(chr(34) + c + chr(34) for c in named)}) SELECT {values} '
            f"FROM copied c JOIN {table} t ON t.code = c.source {only}")  # fmt: skip


def tell_indexes(node: Node) -> None:
    query = """SELECT i.indexrelid::regclass::text, pg_relation_size(i.indexrelid), pg_relation_size(i.indrelid)
               FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relname = ANY(:tables)
               ORDER BY c.relname, 2 DESC"""
    with node.transaction() as db:
        for name, size, table in db.execute(sa.text(query), {"tables": list(TABLES)}):
            print(f"  {name:40} {size / 1e6:10,.1f} MB   {size / max(1, table):5.2f} of its table")


def tell(measured: list[Measured]) -> None:
    print(f"{'codes':>12} {'issue/s':>9} {'CPU µs':>8} {'look-up ms':>11} {'CPU µs':>8}")
    for m in measured:
        print(
            f"{m.codes:>12,} {m.issue_per_s:>9,.0f} {m.issue_cpu_us:>8,.0f} {m.verify_ms:>11.2f} {m.verify_cpu_us:>8,.0f}"
        )
    if len(measured) > 1:
        issue = exponent([(m.codes, 1 / m.issue_per_s) for m in measured])
        verify = exponent([(m.codes, m.verify_ms) for m in measured])
        print(f"exponent of growth: issue {issue:+.3f}, look-up {verify:+.3f} (0 is flat)")


def exponent(points: list[tuple[int, float]]) -> float:
    """Slope of the least squares line through log size, log cost."""
    xs, ys = [math.log(x) for x, _ in points], [math.log(y) for _, y in points]
    mx, my = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((x - mx) * (y - my) for x, y in zip(xs, ys, strict=True)) / sum((x - mx) ** 2 for x in xs)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
