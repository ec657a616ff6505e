"""Verify over HTTP, with a million codes loaded, against a raw ASGI app that sends as many bytes.

    python bench/verify.py [CODES]

Server, PostgreSQL and load (wrk, from Debian's packages) share the same cores. Figures: requests a second and CPU a
request of cached pages, of pages that are not cached, and of the raw app; their ratio. Targets (design.md): >= 3,000/s,
<= 150 µs CPU a cached hit, >= 0.5 of the raw app.
"""

import contextlib
import multiprocessing
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from zhijian.cli.laboratory import issue_keys, submit
from zhijian.cli.seed import seed
from zhijian.kit.settings import Settings
from zhijian.synthetic import World
from zhijian.wiring import open_node

SECONDS = 8
HOT = 2000
"""Codes that the cached run asks for again and again."""


def main(codes: int) -> None:
    if not shutil.which("wrk"):
        sys.exit("this bench needs wrk (apt-get install wrk)")
    home = Path(tempfile.mkdtemp(prefix="zhijian-bench-"))
    home.chmod(0o755)
    settings = replace(Settings(home), verify_rate_per_s=0, reports_per_key_per_day=10**9)
    try:
        with open_node(settings) as node:
            at = datetime.now(UTC)
            node.prepare(at)
            world = World(seed=5, institutions=12, reports=200, on=at.date())
            seed(node, world, at, lambda *_: None)
            load(settings, world, at, codes)
            with node.sequencer(at) as sequencer:
                while sequencer.run_once(at):
                    pass
            with node.transaction() as db:
                db.execute(sa.text("ANALYZE report"))
                query = "SELECT code FROM report TABLESAMPLE SYSTEM (:share) LIMIT 200000"
                sample = list(db.execute(sa.text(query), {"share": min(100, 3e7 / max(codes, 1))}).scalars())
                total = db.execute(sa.text("SELECT count(*) FROM report")).scalar_one()
            random.Random(1).shuffle(sample)
            print(f"{total:,} codes loaded")
            measure(home, sample)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def load(settings: Settings, world: World, at: datetime, codes: int) -> None:
    """Register reports by the ordinary way, in two processes, one institution each."""
    started = time.perf_counter()
    halves = [(settings, world, at, n, codes // 2) for n in (0, 1)]
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        pool.starmap(register_many, halves)
    print(f"loaded {codes:,} in {time.perf_counter() - started:.0f} s")


def register_many(settings: Settings, world: World, at: datetime, which: int, count: int) -> None:
    by_institution: dict[str, dict[str, object]] = {}
    for report in world.reports():
        by_institution[report["uscc"]] = report
    uscc, report = sorted(by_institution.items())[which]
    fresh = {k: v for k, v in report.items() if k != "uscc"}
    with open_node(settings) as node:
        keys = issue_keys(node, [uscc], at, at)
        for start in range(0, count, 1000):
            batch = [{**fresh, "own_number": f"L-{which}-{n}"} for n in range(start, min(start + 1000, count))]
            with node.transaction() as db:
                submit(db, node, uscc, keys, batch, at)


def measure(home: Path, sample: list[str]) -> None:
    env = {**os.environ, "ZHIJIAN_HOME": str(home), "ZHIJIAN_VERIFY_RATE_PER_S": "0"}
    with server([sys.executable, "-m", "zhijian.cli", "serve", "verify"], env) as (port, pid):
        size = len(urllib.request.urlopen(f"http://127.0.0.1:{port}/v/{sample[0]}").read())
        cold = run(port, pid, [f"/v/{c}" for c in sample[HOT:]], "not cached")
        hot = [f"/v/{c}" for c in sample[:HOT]]
        for path in hot:
            urllib.request.urlopen(f"http://127.0.0.1:{port}{path}").read()
        cached = run(port, pid, hot, "cached")
    raw_command = [
        sys.executable,
        "-m",
        "uvicorn",
        "--app-dir",
        str(Path(__file__).parent),
        "raw_asgi:app",
        "--log-level",
        "error",
    ]
    with server(raw_command, {**env, "SIZE": str(size)}) as (port, pid):
        raw = run(port, pid, [f"/v/{c}" for c in sample[:HOT]], "raw ASGI")
    print(
        f"page {size:,} bytes; cached / raw {cached.rate / raw.rate:.2f} (target 0.5), "
        f"not cached / raw {cold.rate / raw.rate:.3f}"
    )
    print(f"CPU a cached hit {cached.cpu_us:.0f} µs (target 150), raw {raw.cpu_us:.0f} µs")


@contextlib.contextmanager
def server(command: list[str], env: dict[str, str]) -> Iterator[tuple[int, int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    more = ["--port", str(port)] if "uvicorn" in command else []
    child = subprocess.Popen(
        [*command, *more], env={**env, "ZHIJIAN_VERIFY_PORT": str(port), "ZHIJIAN_OFFICE_PORT": str(port)}
    )
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1):
                break
            time.sleep(0.1)
        yield port, child.pid
    finally:
        child.terminate()
        child.wait(10)


@dataclass(frozen=True, slots=True)
class Ran:
    """What one load has shown. `cpu_us`: of the server, a request."""

    rate: float
    cpu_us: float
    p50_ms: float
    p99_ms: float


def run(port: int, pid: int, paths: list[str], name: str, connections: int = 16) -> Ran:
    """Ask for these paths, one after the other and again from the first."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        listed = ",".join(f'"{p}"' for p in paths)
        script.write(
            f"local p = {{{listed}}}\nlocal i = 0\nfunction request()\n i = i % #p + 1\n return wrk.format('GET', p[i])\nend\n"
        )
        script.flush()
        before = cpu_s(pid)
        wrk = [
            "wrk",
            "-t1",
            f"-c{connections}",
            f"-d{SECONDS}s",
            "--latency",
            "-s",
            script.name,
            f"http://127.0.0.1:{port}",
        ]
        text = subprocess.run(wrk, capture_output=True, text=True, check=True).stdout
        used = cpu_s(pid) - before
    requests, rate = int(said(text, r"(\d+) requests in")), float(said(text, r"Requests/sec:\s+([\d.]+)"))
    p50, p99 = (milliseconds(said(text, rf"(?m)^ +{part}% +(\S+)")) for part in (50, 99))
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    ran = Ran(rate, used / max(1, requests) * 1e6, p50, p99)
    print(f"{name:<11}{rate:>9,.0f}/s  p50 {p50:.1f} ms, p99 {p99:.1f} ms  CPU {ran.cpu_us:.0f} µs a request  "
          f"errors {wrong[1] if wrong else 0}")  # fmt: skip
    return ran


def said(text: str, pattern: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        sys.exit(f"wrk did not say {pattern}:\n{text}")
    return found[1]


def milliseconds(text: str) -> float:
    """As wrk writes times: 850.00us, 12.5ms, 1.2s."""
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()  # type: ignore[union-attr]
    return float(number) * {"us": 1e-3, "ms": 1, "s": 1e3, "m": 6e4}[unit]


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
