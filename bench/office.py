"""The office at national size over HTTP: every page and search by 50 users at once.

    python bench/office.py [--scale 1] [--users 50] [--think 1] [--seconds 10] [--home DIR] [--keep]

Users are national, provincial and laboratories' accounts, signed in; each asks, waits about `think` seconds, and asks again; 0: at once.
Server, PostgreSQL and users share the same cores. Targets: 300 ms a page at the median, 100 ms "who may test X by Y".
"""
# ruff: noqa: E501

import argparse
import asyncio
import contextlib
import os
import random
import shutil
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa
from national import Size, generate
from verify import cpu_s, server

from zhijian.identity import accounts, sessions
from zhijian.kit.principal import Role
from zhijian.kit.settings import Settings
from zhijian.wiring import Node, open_node

PAGE_MS, CAPABILITY_MS = 300, 100
FAST = {
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "fsync": "off",
    "full_page_writes": "off",
    "max_wal_size": "8GB",
}
"""For the loading alone."""


@dataclass(frozen=True, slots=True)
class User:
    role: Role
    cookie: str
    province: str
    uscc: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page took, ms: each request of all; and alone, a request: at the median, in statements as PostgreSQL tells it, CPU of PostgreSQL,
    CPU of the server's process."""

    times: list[float]
    alone: float
    statements: float
    database: float
    cpu: float
    wrong: int

    @property
    def median(self) -> float:
        return statistics.median(self.times)

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.times, n=20)[-1] if len(self.times) > 1 else self.times[0]


def pages(user: User) -> dict[str, tuple[str, int]]:
    """Name → (address, limit in ms)."""
    one = f"/office/institutions/{user.uscc}"
    found = {
        "institutions": "/office/institutions", "institutions, page 20": "/office/institutions?page=20",
        "institutions by name": f"/office/institutions?q={quote('环境监测')}", "institutions of a city": f"/office/institutions?division={user.province}01",
        "institutions that end": "/office/institutions?expires_by=2027-01-31", "institution": one, "its scope": one + "?tab=scope",
        "its people": one + "?tab=people", "its instruments": one + "?tab=instruments", "its supervision": one + "?tab=credit",
        "its history": one + "?tab=history", "as of a day": one + "?tab=scope&on=2026-03-01", "cases": "/office/cases",
        "open cases": "/office/cases?state=open", "me": "/office/me", "reports": "/office/reports",
        "reports by parameter": f"/office/reports?parameter={quote('铅')}", "its reports": f"/office/reports?uscc={user.uscc}", "overdue": "/office/overdue",
    }  # fmt: skip
    made = {name: (address, PAGE_MS) for name, address in found.items()}
    able = {"may test 铅 by GB 5009.12-2023": ("铅", "GB5009.12-2023"), "may test 铅": ("铅", ""), "by GB 5009.12, any year": ("", "GB 5009.12"),
            "may test: nobody, with hints": ("铅含量", "GB 5009.12-2010")}  # fmt: skip
    where = "" if user.role is Role.MANAGER else f"&division={user.province}"
    made |= {name: (f"/office/search/capability?parameter={quote(p)}&standard={quote(s)}{where}", CAPABILITY_MS) for name, (p, s) in able.items()}  # fmt: skip
    words = {"name": "环境监测", "pinyin": "hzyhq", "USCC": user.uscc, "certificate": "2133", "standard": "GB 5009", "person": "王伟", "staff number": "R0007",
             "instrument": "YQ-00001", "serial number": "SN77-3", "report number": "MN-77", "nothing": "没有这样的"}  # fmt: skip
    made |= {f"search: {name}": (f"/office/search?q={quote(word)}", PAGE_MS) for name, word in words.items()}
    if user.role is Role.NATIONAL:
        made["may test 铅 by …, nationwide"] = (
            f"/office/search/capability?parameter={quote('铅')}&standard=GB5009.12",
            CAPABILITY_MS,
        )
        made["page 20 of it"] = (
            f"/office/search/capability?parameter={quote('铅')}&standard=GB5009.12&page=20",
            CAPABILITY_MS,
        )
    if user.role in (Role.NATIONAL, Role.PROVINCIAL):
        made["audit"] = ("/office/audit", PAGE_MS)
        made["desk of a province"] = (f"/office/areas/{user.province}", PAGE_MS)
        made["desk of a city"] = (f"/office/areas/{user.province}01", PAGE_MS)
        made["due work"] = ("/office/due", PAGE_MS)
        made["areas compared"] = (f"/office/compare?area={user.province}&area={user.province}01", PAGE_MS)
    return made | {"desk": ("/office", PAGE_MS)}


def users(node: Node, count: int) -> list[User]:
    """A fifth national, half provincial, the others laboratories; signed in without passwords, which take their time on purpose."""
    at, made = datetime.now(UTC), []
    with node.transaction() as db:
        query = "SELECT DISTINCT ON (province) province, uscc FROM institution ORDER BY province, md5(uscc)"
        places = db.execute(sa.text(query)).all()
        for n in range(count):
            place = places[n % len(places)]
            role = Role.NATIONAL if n % 5 == 0 else Role.MANAGER if n % 10 in (1, 3, 7) else Role.PROVINCIAL
            area = {"province": place.province} if role is Role.PROVINCIAL else {"uscc": place.uscc, "province": place.province} if role is Role.MANAGER else {}  # fmt: skip
            account = accounts.add(
                db, None, f"size-{time.time_ns()}-{n}", "模拟", role, None, at, synthetic=True, **area
            )  # type: ignore[arg-type]
            made.append(User(role, sessions.begin(db, account, "bench", "", at), place.province, place.uscc))
    return made


class Client:
    """One connection that is kept, with one cookie."""

    def __init__(self, port: int, cookie: str) -> None:
        self.port, self.cookie = port, cookie
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str) -> tuple[int, float]:
        """(status, milliseconds)."""
        started = time.perf_counter()
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.streams
        writer.write(f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: office={self.cookie}\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        await reader.readexactly(int(head.split(b"content-length:")[1].split(b"\r\n")[0]))
        if b"connection: close" in head:
            writer.close()
            self.streams = None
        return int(head.split()[1]), (time.perf_counter() - started) * 1000


async def measured(
    node: Node, port: int, pid: int, some: list[tuple[User, str]], think: float, seconds: float
) -> Asked:
    """Alone first, which tells where the time goes; then all at once."""
    for user, path in some[:3]:
        status, ms = await Client(port, user.cookie).get(path)
        if status != 200 or ms > 20_000:
            return Asked([ms], ms, ms, 0, 0, 1)  # nothing that fifty should ask for at once
    before, cpu, base, alone, wrong = database_ms(node), cpu_s(pid), postgres_cpu_s(node), [], 0
    for user, path in some[: max(3, min(len(some), 15))]:
        status, ms = await Client(port, user.cookie).get(path)
        alone.append(ms)
        wrong += status != 200
    statements = (database_ms(node) - before) / len(alone)
    database, cpu = (
        (now - then) * 1000 / len(alone) for now, then in ((postgres_cpu_s(node), base), (cpu_s(pid), cpu))
    )
    times: list[float] = []
    end = time.perf_counter() + seconds

    async def work(user: User, path: str) -> None:
        nonlocal wrong
        client, rng = Client(port, user.cookie), random.Random(path + user.cookie)
        await asyncio.sleep(rng.random() * think)
        while time.perf_counter() < end:
            status, ms = await client.get(path)
            times.append(ms)
            wrong += status != 200
            await asyncio.sleep(min(rng.expovariate(1 / think), 4 * think) if think else 0)
        if client.streams:
            client.streams[1].close()

    await asyncio.gather(*(work(user, path) for user, path in some))
    return Asked(times, statistics.median(alone), statements, database, cpu, wrong)


def database_ms(node: Node) -> float:
    """Milliseconds that statements have taken in the server so far."""
    with node.transaction() as db:
        return float(
            db.execute(sa.text("SELECT sum(total_exec_time + total_plan_time) FROM pg_stat_statements")).scalar_one()
            or 0
        )


def postgres_cpu_s(node: Node) -> float:
    """Of the embedded server with all its processes, those that have ended too."""
    data = node.settings.home / "postgres" / "data" / "postmaster.pid"
    if not data.exists():
        return 0
    head, ticks = data.read_text().split()[0], os.sysconf("SC_CLK_TCK")
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rsplit(")", 1)[1].split()
            if stat.parent.name == head:
                total += sum(int(one) for one in fields[11:15])
            elif fields[1] == head:
                total += int(fields[11]) + int(fields[12])
    return total / ticks


def slowest(node: Node, most: int = 12) -> None:
    with node.transaction() as db:
        query = "SELECT calls, mean_exec_time + mean_plan_time AS ms, left(regexp_replace(query, '\\s+', ' ', 'g'), 200) AS q FROM pg_stat_statements WHERE calls > 5 ORDER BY total_exec_time DESC LIMIT :m"  # fmt: skip
        for row in db.execute(sa.text(query), {"m": most}):
            print(f"  {row.ms:>9.2f} ms × {row.calls:<6} {row.q}")


def measure(node: Node, home: Path, count: int, think: float, seconds: float, only: str) -> None:
    with node.transaction() as db:
        db.execute(sa.text("CREATE EXTENSION IF NOT EXISTS pg_stat_statements"))
        db.execute(sa.text("SELECT pg_stat_statements_reset()"))
    everybody = users(node, count)
    wanted: dict[str, tuple[int, list[tuple[User, str]]]] = {}
    for user in everybody:
        for name, (path, limit) in pages(user).items():
            wanted.setdefault(name, (limit, []))[1].append((user, path))
    print(f"{count} users, {think:g} s between two requests of one; ms\n"
          f"{'page':<36}{'median':>8}{'/ limit':>9}{'p95':>8}{'/s':>7}  alone: {'median':>7}{'statements':>11}  CPU: {'database':>8}{'server':>8}{'share':>7}")  # fmt: skip
    command, env = [sys.executable, "-m", "zhijian.cli", "serve", "office"], {**os.environ, "ZHIJIAN_HOME": str(home)}
    with server(command, env) as (port, pid):
        for name, (limit, some) in wanted.items():
            if only in name:
                at_once = [some[n % len(some)] for n in range(count)]
                one = asyncio.run(measured(node, port, pid, at_once, think, seconds))
                share = one.database / max(one.database + one.cpu, 0.01)
                print(f"{name:<36}{one.median:>8.0f}{one.median / limit:>9.2f}{one.p95:>8.0f}{len(one.times) / seconds:>7.0f}"
                      f"{one.alone:>15.0f}{one.statements:>11.1f}{one.database:>14.1f}{one.cpu:>8.1f}{share:>7.0%}{f'  {one.wrong} WRONG' if one.wrong else ''}", flush=True)  # fmt: skip
    slowest(node)


@contextlib.contextmanager
def filled(home: Path, scale: float) -> Iterator[tuple[Node, Path]]:
    """A node with the nation in it; what is there already is taken as it is."""
    settings = Settings(home)
    if not (home / "filled").exists():
        with open_node(settings) as node:
            node.prepare(datetime.now(UTC))
            _set(
                node,
                FAST | {"shared_preload_libraries": "pg_stat_statements", "pg_stat_statements.track_planning": "on"},
            )
        started = time.perf_counter()
        with open_node(settings) as node:
            generate(
                node, Size(scale), lambda one: print(f"{time.perf_counter() - started:>6.0f} s  {one}", flush=True)
            )
            _set(node, dict.fromkeys(FAST, ""))
            with node.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
                db.execute(sa.text("CHECKPOINT"))
        (home / "filled").write_text(str(scale))
    with open_node(settings) as node:
        with node.transaction() as db:
            size = db.execute(sa.text("SELECT pg_database_size(current_database())")).scalar_one()
        print(f"scale {(home / 'filled').read_text()}, {size / 1e9:.1f} GB, {os.cpu_count()} cores")
        yield node, home


def _set(node: Node, settings: dict[str, str]) -> None:
    with node.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        for name, value in settings.items():
            db.execute(sa.text(f"ALTER SYSTEM SET {name} = '{value}'" if value else f"ALTER SYSTEM RESET {name}"))


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--scale", type=float, default=0.01)
    words.add_argument("--users", type=int, default=50)
    words.add_argument("--think", type=float, default=1)
    words.add_argument("--seconds", type=float, default=10)
    words.add_argument("--only", default="", help="pages whose name has this in it")
    words.add_argument("--home", type=Path, default=Path("/var/tmp/zhijian-office"))
    words.add_argument("--keep", action="store_true", help="leave the data there for the next run")
    asked = words.parse_args()
    asked.home.mkdir(parents=True, exist_ok=True)
    asked.home.chmod(0o755)
    try:
        with filled(asked.home, asked.scale) as (node, home):
            measure(node, home, asked.users, asked.think, asked.seconds, asked.only)
    finally:
        if not asked.keep:
            shutil.rmtree(asked.home)


if __name__ == "__main__":
    main()
