"""`zhijian check` over small tables with faults at known places: what it writes, says, and ends with."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest
from tests.exchange.quality.planted import SITES, STAFF, put
from typer.testing import CliRunner

from zhijian.cli import app

CLEAN = "\n".join(SITES.splitlines()[:2]) + "\n"


def run(*words: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["check", *(str(w) for w in words)], catch_exceptions=False)
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def test_faults_are_told_with_row_and_remedy_and_everything_is_written(tmp_path: Path, out: Path) -> None:
    status, said, _ = run(*put(tmp_path, sites=SITES, staff=STAFF), "--out", out)
    assert status == 1, said
    for part in ("场所名称未填：2/4", "行 rows 3、5", "补填", "学历不在代码表", "report.html"):
        assert part in said, said
    names = {p.name for p in out.iterdir()}
    assert names == {"check.json", "report.html", "report.en.html", "findings.xlsx", "rejected"}
    kept = json.loads((out / "check.json").read_bytes())
    assert kept["format"] == "zhijian-check/1"
    for name in ("report.html", "report.en.html"):
        page = (out / name).read_text("utf-8")
        assert "<script" not in page
        assert "http" not in page.replace("http-equiv", ""), "nothing from elsewhere"
    assert "场所名称未填" in (out / "report.html").read_text("utf-8")


def test_json_on_stdout_is_the_file(tmp_path: Path, out: Path) -> None:
    status, said, _ = run(*put(tmp_path, sites=SITES), "--out", out, "--format", "json")
    assert status == 1
    assert json.loads(said) == json.loads((out / "check.json").read_bytes())


def test_clean_data_ends_with_0_and_a_table_that_is_not_recognised_never_does(tmp_path: Path, out: Path) -> None:
    status, said, _ = run(*put(tmp_path, sites=CLEAN), "--out", out, "--on", "2026-11-01")
    kept = json.loads((out / "check.json").read_bytes())
    found = [r for r in kept["rules"] if r["failing"] and r["severity"] != "note"]
    assert status == bool(found), said
    status, said, _ = run(*put(tmp_path, odd="天气,心情\n晴,好\n"), "--out", tmp_path / "o2")
    assert status == 1
    assert "认不出" in said
    assert "天气、心情" in said


@pytest.mark.parametrize(("least", "status"), [("5", 0), ("五级", 0), ("1", 1)])
def test_fail_under_makes_the_level_count_and_not_the_findings(
    least: str, status: int, tmp_path: Path, out: Path
) -> None:
    assert run(*put(tmp_path, sites=SITES), "--out", out, "--fail-under", least)[0] == status


def test_the_next_run_in_the_folder_is_compared_and_the_last_one_kept(tmp_path: Path, out: Path) -> None:
    worse = SITES + "U,S5,,330100,x,2020-01-01,\n" * 200
    run(*put(tmp_path, sites=worse), "--out", out, "--on", "2026-11-01")
    before = (out / "check.json").read_bytes()
    _, said, _ = run(*put(tmp_path, sites=SITES + "U,S5,部,330100,x,2020-01-01,\n" * 200), "--out", out)
    assert "与 2026-11-01 比" in said
    assert "变好 better" in said
    assert (out / "history" / "2026-11-01-1.json").read_bytes() == before
    assert (out / "history" / "2026-11-01-1-rejected").is_dir(), "somebody may have been mending them"
    assert "与上一次相比" in (out / "report.html").read_text("utf-8")


def test_a_run_is_compared_with_the_one_that_is_named_and_not_with_one_of_other_tables(
    tmp_path: Path, out: Path
) -> None:
    (sites,) = put(tmp_path, sites=SITES)
    run(sites, "--out", out)
    other = tmp_path / "o2"
    assert "比 compared" in run(sites, "--out", other, "--compare", out / "check.json")[1]
    assert "比 compared" not in run(*put(tmp_path, odd="天气,心情\n晴,好\n"), "--out", out)[1]
    assert run(sites, "--out", tmp_path / "o3", "--compare", sites)[0] == 2


def test_without_a_profile_everything_else_is_there(tmp_path: Path, out: Path) -> None:
    assert run(*put(tmp_path, sites=SITES), "--out", out, "--no-profile")[0] == 1
    (table,) = json.loads((out / "check.json").read_bytes())["tables"]
    assert (table["columns"], table["headers"][1], table["rejected"]) == ([], "场所编号", 2)
    assert "常见值" not in (out / "report.html").read_text("utf-8")


def test_entity_says_what_a_table_holds(tmp_path: Path, out: Path) -> None:
    (path,) = put(tmp_path, odd="统一社会信用代码,天气\n91330100MA27XXXX01,晴\n")
    run(path, "--out", out, "--entity", "odd.csv=site")
    assert json.loads((out / "check.json").read_bytes())["tables"][0]["entity"] == "site"


def test_rejected_rows_are_mended_and_checked_again_by_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path,) = put(tmp_path, sites=SITES)
    monkeypatch.chdir(tmp_path)
    run(path, "--on", "2026-11-01")
    bad = tmp_path / "check-2026-11-01" / "rejected" / "sites.csv.rejected-1.csv"
    mended = bad.read_text("utf-8-sig").replace("S2,,", "S2,分部,")
    mended = mended.replace("S4,,,某路 4 号,,", "S4,四部,330100,某路 4 号,2020-01-01,")
    bad.write_text(mended, "utf-8-sig")
    run(bad, "--on", "2026-11-01")
    again = json.loads((tmp_path / "check-2026-11-01-2" / "check.json").read_bytes())
    assert bad.exists()
    assert [r["check"] for r in again["rules"] if r["check"] == "required-blank" and r["failing"]] == []


def test_checks_are_listed_and_explained(tmp_path: Path) -> None:
    status, said, _ = run("--list")
    assert (status, "required-blank" in said, "完整性" in said) == (0, True, True)
    assert "required-blank" in [c["id"] for c in json.loads(run("--list", "--format", "json")[1])]
    status, said, _ = run("--explain", "required-blank")
    assert (status, "GB/T 36344-2018" in said) == (0, True)
    status, _, why = run("--explain", "required-blnk")
    assert (status, "required-blank" in why) == (2, True)


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.soak)])
def test_a_stopped_check_leaves_nothing_behind_and_says_so(number: int, tmp_path: Path, out: Path) -> None:
    big = tmp_path / "big.parquet"
    duckdb.sql(
        f"COPY (SELECT i AS a, hash(i)::VARCHAR AS b, hash(i + 1)::VARCHAR AS c FROM range(1500000) t(i)) TO '{big}'"
    )
    asked = [sys.executable, "-m", "zhijian.cli", "check", str(big), "--out", str(out), "--threads", "1"]
    process = subprocess.Popen(asked, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not (out.exists() and any(out.glob(".zhijian-work-*/check.duckdb"))) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 128 + number, said
    assert "没有留下任何文件" in said
    assert "Traceback" not in said
    assert not out.exists()
    assert [p.name for p in tmp_path.iterdir()] == ["big.parquet"]


def test_what_is_the_same_in_tables_with_the_same_headers_is_said_once(tmp_path: Path, out: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for n in (1, 2, 3):
        (folder / f"{n}.csv").write_text("甲,乙\n1,2\n1,2\n", encoding="utf-8")
    status, said, _ = run(folder, "--out", out)
    assert status == 1
    assert said.count("表头 headers") == said.count("没有认出") == 1
    assert "1.csv 等 3 个表" in said
    assert "zhijian map suggest" in said
    page = (out / "report.html").read_text("utf-8")
    assert page.count("表头（2）") == 1
    assert "2.csv、3.csv" in page
    assert "zhijian map suggest" in page


def test_a_name_that_steers_the_terminal_is_written_out(tmp_path: Path, out: Path) -> None:
    path = tmp_path / "a\x1b[31m\u202e.csv"
    path.write_text("甲\x1b]0;x\x07,乙\n1,2\n", encoding="utf-8")
    _, said, _ = run(path, "--out", out)
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert r"a\x1b[31m\u202e.csv" in said
