"""A platform moved: rows a second of extraction, mapping with judging, and loading, beside a bare COPY of the same rows, in one run.

python -m bench.migrate SCALE   (scale 1 is 5,000 rows; SQLite to embedded PostgreSQL)
"""

import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from tests.exchange.migration import moved
from tests.provincial import build

from zhijian.exchange.migration.collected import elements_of, quoted
from zhijian.exchange.migration.store import begun, loaded
from zhijian.kit import migrate, postgres
from zhijian.kit.db import engine


def bare(target: sa.Engine, entity: str, columns: list[str], file: Path) -> float:
    """Seconds of COPY into a table without keys, committed."""
    listed = ", ".join(map(quoted, ("_source_row", "_n", "_digest", *columns)))
    with target.begin() as db:
        db.execute(sa.text(f"CREATE TABLE bare AS SELECT {listed} FROM collected.{entity} WITH NO DATA"))
    began = time.perf_counter()
    with target.begin() as db:
        raw: Any = db.connection.driver_connection
        with raw.cursor() as cursor, cursor.copy("COPY bare FROM STDIN (FORMAT csv)") as copy:
            copy.write(file.read_bytes())
    took = time.perf_counter() - began
    with target.begin() as db:
        db.execute(sa.text("DROP TABLE bare"))
    return took


def main(scale: int) -> None:
    home = Path(tempfile.mkdtemp(prefix="zhijian-bench-"))
    home.chmod(0o755)
    try:
        url = f"sqlite:///{home / 'platform.db'}"
        rows = sum(build(url, seed=1, scale=scale).rows.values())
        with postgres.running(home) as address:
            target, run = engine(address), moved.run_of(home / "work")
            migrate.upgrade(target)
            spent = dict.fromkeys(("extract", "carry", "load", "bare COPY"), 0.0)
            began = time.perf_counter()
            for _ in run.extract(sa.create_engine(url)):
                pass
            spent["extract"] = time.perf_counter() - began
            with target.begin() as db:
                begun(db, moved.SCOPE, run.migration, run.spec, url, moved.AT)
            records = 0
            for step in run.steps():
                began = time.perf_counter()
                ready = run.carry(step)
                carried = time.perf_counter()
                with target.begin() as db:
                    records += loaded(
                        db, moved.SCOPE, run.migration, run.spec, step.part, step.chunk, ready, moved.AT
                    ).loaded
                spent["carry"] += carried - began
                spent["load"] += time.perf_counter() - carried
                spent["bare COPY"] += bare(
                    target, ready.entity, [e.id for e in elements_of(run.spec, ready.entity)], ready.file
                )
            target.dispose()
        print(f"{rows:,} rows in the source, {records:,} records loaded")
        for name, seconds in spent.items():
            print(f"{name:10} {seconds:7.2f} s {(rows if name == 'extract' else records) / seconds:12,.0f} /s")
        print(f"loading takes {spent['load'] / spent['bare COPY']:.1f} times the bare COPY")
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
