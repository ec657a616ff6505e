"""Ten gigabytes of CSV on a laptop: judged and written below a bound of memory, every row with an error among the rejected."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bench.check import made

ROWS = 28_500_000
LIMIT_MB = 1_300
"""DuckDB's 700 MB, and what Python and the workbook take."""


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_ten_gigabytes_are_checked_and_no_rejected_row_is_lost(tmp_path: Path) -> None:
    if shutil.disk_usage(tmp_path).free < 30 << 30:
        pytest.skip("wants 30 GB of free disk")
    made(tmp_path, ROWS)
    (tmp_path / "reports.parquet").unlink()
    assert (tmp_path / "reports.csv").stat().st_size > 10 << 30
    command = [sys.executable, "-m", "zhijian.cli", "check", str(tmp_path / "reports.csv"), "--out", str(tmp_path / "out")]  # fmt: skip
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert child.stderr is not None
    said = child.stderr.read().decode()
    _, status, usage = os.wait4(child.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 1, said[-2000:]  # found something, and said so
    (table,) = json.loads((tmp_path / "out" / "check.json").read_bytes())["tables"]
    (rejected,) = (tmp_path / "out" / "rejected").iterdir()
    with rejected.open("rb") as file:
        lines = sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))
    assert table["rows"] == ROWS
    assert lines - 1 == table["rejected"] > 4_000_000
    assert usage.ru_maxrss / 1024 < LIMIT_MB
