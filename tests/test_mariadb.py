"""The tests' own MariaDB comes, is closed to strangers, and goes."""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pymysql
import pytest
import sqlalchemy as sa

from tests.mariadb import Address, MariadbNotStarted, needs_mariadb, running_mariadb


def lives(pid: int) -> bool:
    try:
        return "mariadbd" in Path(f"/proc/{pid}/cmdline").read_text()
    except FileNotFoundError:
        return False


def test_it_speaks_utf8_and_runs_as_nobody_of_importance(mariadb: Address) -> None:
    engine = sa.create_engine(mariadb.url)
    with engine.connect() as link:
        assert link.execute(sa.text("SELECT CONCAT('检验', '😀')")).scalar() == "检验😀"
        assert link.execute(sa.text("SELECT @@bind_address")).scalar() == "127.0.0.1"
    engine.dispose()
    assert Path(f"/proc/{mariadb.pid}").stat().st_uid != 0


def test_nobody_comes_in_by_network_without_the_password(mariadb: Address) -> None:
    for account in ("root", "qianyi", "mysql", ""):
        with pytest.raises(pymysql.err.OperationalError, match=r"Access denied|Host"):
            pymysql.connect(host="127.0.0.1", port=mariadb.port, user=account, password="")


def test_it_leaves_neither_process_nor_folder(tmp_path: Path) -> None:
    with running_mariadb(tmp_path) as address:
        spot = address.socket.parent
        assert lives(address.pid)
    assert not lives(address.pid)
    assert not spot.exists()


def test_it_goes_when_whoever_started_it_is_killed(tmp_path: Path) -> None:
    needs_mariadb()
    program = (
        "import sys, time; from pathlib import Path; from tests.mariadb import running_mariadb\n"
        "with running_mariadb(Path(sys.argv[1])) as it: print(it.pid, it.socket.parent, flush=True); time.sleep(60)"
    )
    root = Path(__file__).parents[1]
    owner = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=root
    )
    assert owner.stdout is not None
    pid, spot = owner.stdout.readline().split()
    assert lives(int(pid))
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    owner.stdout.close()
    deadline = time.monotonic() + 60
    while lives(int(pid)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not lives(int(pid))
    shutil.rmtree(spot)


def test_a_wrong_option_is_said_with_the_log_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(MariadbNotStarted, match="no-such-option"), running_mariadb(tmp_path, "--no-such-option=1"):
        pass
