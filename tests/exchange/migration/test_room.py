"""A disk that is too small is said before anything is written."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.exchange.migration import moved
from tests.exchange.migration.small import MAPPING, built, run
from tests.provincial import build

from zhijian.exchange.migration import MigrationWrong, planning
from zhijian.exchange.migration.room import BESIDE, Size, rooms
from zhijian.spec import specification

GB = 1 << 30


def test_work_and_target_on_one_disk_are_added_up(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    size = Size(extract=2 * GB, text=10 * GB)
    (one,) = rooms(size, tmp_path / "work" / "not yet", tmp_path / "home", lambda folder: 40 * GB)
    assert one.wanted == 2 * GB + size.at_rest
    assert one.short
    assert not one.not_enough
    (alone,) = rooms(size, tmp_path, None, lambda folder: 40 * GB)
    assert not alone.short
    assert "2.0 GB" in alone.zh
    with pytest.raises(MigrationWrong, match="什么都没有写"):
        rooms(size, tmp_path, tmp_path / "home", lambda folder: 20 * GB)


def test_the_estimate_is_near_what_is_then_written(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'platform.db'}"
    build(url, seed=3, scale=1)
    source, work = sa.create_engine(url), tmp_path / "work"
    plan = planning.planned(work, moved.FILE.read_text("utf-8"), specification(), source, "33", moved.ON)
    one = planning.run_of(work, specification())
    for _ in one.extract(source):
        pass
    assert 0.5 < plan.size.extract / BESIDE / one.taken_bytes < 2


def test_a_plan_that_finds_no_room_leaves_nothing_behind(tmp_path: Path) -> None:
    source = built(tmp_path / "s.db")
    with pytest.raises(MigrationWrong, match="磁盘空间不够"):
        planning.planned(tmp_path / "work", MAPPING, specification(), source, "33", moved.ON, free=lambda folder: 1000)
    assert not (tmp_path / "work" / "plan.json").exists()


def test_a_later_run_of_few_rows_wants_little(tmp_path: Path) -> None:
    source = built(tmp_path / "s.db", 600)
    with source.begin() as db:
        db.execute(sa.text("ALTER TABLE 机构 ADD COLUMN 改动 TEXT DEFAULT '2026-01-01 08:00:00'"))
        db.execute(sa.text("UPDATE 机构 SET 改动 = '2026-07-01 08:00:00' WHERE id = 5"))
    sizes = [
        planning.planned(tmp_path / str(n), MAPPING, specification(), source, "33", moved.ON, since=since).size.text
        for n, since in enumerate(({}, {"机构": ("改动", "2026-06-30")}))
    ]
    assert sizes[1] < sizes[0] * 0.6
    assert not run(tmp_path / "none").taken_bytes


def test_the_command_ends_with_status_3_before_it_opens_a_file_as_long_as_the_disk(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    with (tmp_path / "files" / "机构.csv").open("wb") as file:
        file.truncate(1 << 42)  # a hole: takes no room itself
    (tmp_path / "m.yaml").write_text(MAPPING, "utf-8")
    argv = [sys.executable, "-m", "zhijian.cli", "migrate", "plan", "m.yaml", "--work", "w", "--province", "33", "--from", "files"]  # fmt: skip
    done = subprocess.run(argv, cwd=tmp_path, env={**os.environ, "ZHIJIAN_HOME": str(tmp_path / "home")}, check=False,
                          capture_output=True, text=True, timeout=60)  # fmt: skip
    assert done.returncode == 3, done.stderr
    assert "磁盘空间不够，什么都没有写" in done.stderr
    assert "nothing was written" in done.stderr
    assert not (tmp_path / "w").exists()
