"""What `zhijian check` is wrongly asked, or cannot do: said in both languages, with the status, and no trace of a password."""

import os
from pathlib import Path

import pytest
from tests.cli.test_check import run
from tests.exchange.quality.planted import SITES, put

from zhijian.cli.check_folder import prepared
from zhijian.exchange.quality import SelfCheck


@pytest.fixture
def sites(tmp_path: Path) -> Path:
    (path,) = put(tmp_path, sites=SITES)
    return path


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    status, _, why = run(tmp_path / "none.csv", "--out", tmp_path / "out")
    assert (status, "none.csv：没有这个文件" in why, "no such file" in why) == (2, True, True), why
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--fail-under", "6"], "应为 1 至 5"),
        (["--entity", "sites.csv"], "应为 表名=数据集"),
        (["--entity", "sites.csv=sight"], "是不是 site"),
        (["--entity", "sites.csv=sight"], "code_state_change"),
        (["--entity", "site.csv=site"], "sites.csv"),
        (["--format", "xml"], "text 或 or json"),
        (["--compare", "none.json"], "读不了"),
        (["--on", "yesterday"], "yesterday"),
        (["--memory", "1"], "100"),
        (["--database", "mysql://u:secret@h/d"], "二者取一"),
    ],
)
def test_wrong_use_ends_with_2_and_says_what_is_right(words: list[str], says: str, sites: Path, tmp_path: Path) -> None:
    status, _, why = run(sites, "--out", tmp_path / "out", *words)
    assert (status, says in why) == (2, True), why
    assert "secret" not in why
    assert not (tmp_path / "out").exists()


def test_without_anything_to_check_it_says_what_to_name(tmp_path: Path) -> None:
    status, _, why = run("--out", tmp_path / "out")
    assert (status, "二者取一" in why) == (2, True), why


def test_a_folder_with_other_files_and_a_file_are_no_folder_for_results(sites: Path, tmp_path: Path) -> None:
    for out in (tmp_path, sites):
        status, _, why = run(sites, "--out", out)
        assert (status, str(out) in why) == (2, True), why
    assert sites.read_text("utf-8") == SITES


def test_results_are_not_written_over_what_is_checked(sites: Path, tmp_path: Path) -> None:
    run(sites, "--out", tmp_path / "out")
    bad = next((tmp_path / "out" / "rejected").iterdir())
    status, _, why = run(bad, "--out", tmp_path / "out")
    assert (status, "就在里面" in why) == (2, True), why
    assert bad.exists()


def test_a_folder_that_cannot_be_written_ends_with_3(sites: Path, tmp_path: Path) -> None:
    status, _, why = run(sites, "--out", "/proc/nothing/out")
    assert (status, "写不进去" in why, "cannot be written" in why) == (3, True, True), why


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
def test_a_full_disk_is_said(sites: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from zhijian.cli import check_folder

    # The page is written to a file that takes nothing, as on a full disk.
    monkeypatch.setattr(check_folder, "PAGES", {"zh": "../../../full", "en": "x.html"})
    (tmp_path / "full").symlink_to("/dev/full")
    status, _, why = run(sites, "--out", tmp_path / "out")
    assert (status, "磁盘满了" in why) == (3, True), why
    assert not (tmp_path / "out").exists()


def test_nothing_at_all_says_what_to_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without --out the command looks for a folder of its own."""
    monkeypatch.chdir(tmp_path)
    status, _, why = run()
    assert (status, "二者取一" in why) == (2, True), why


OWN = """- id: demo-prefix
  dimension: conformity
  severity: warning
  title: {zh: 场所编号前缀, en: Prefix of sites}
  entity: site
  on: site_no
  must: MUST
  why: {zh: 场所编号应以 Z 开头, en: begins with Z}
  remedy: {zh: 改写, en: rewrite it}
"""


def test_checks_of_a_provinces_own_are_run_beside_ours(sites: Path, tmp_path: Path) -> None:
    rules = tmp_path / "省.yaml"
    rules.write_text(OWN.replace("MUST", "starts_with(text(site_no), 'Z')"), encoding="utf-8")
    status, said, why = run(sites, "--rules", rules, "--out", tmp_path / "out")
    assert status == 1, why
    assert "场所编号应以 Z 开头：4/4" in said, said
    assert "demo-prefix" in (tmp_path / "out" / "check.json").read_text("utf-8")


def test_an_own_check_that_reaches_for_a_file_is_refused_by_line(sites: Path, tmp_path: Path) -> None:
    rules = tmp_path / "省.yaml"
    rules.write_text(OWN.replace("MUST", "read_text('/etc/passwd') = ''"), encoding="utf-8")
    status, _, why = run(sites, "--rules", rules, "--out", tmp_path / "out")
    assert status == 2, why
    assert "read_text" in why
    assert not (tmp_path / "out").exists()


def test_a_database_is_checked_without_naming_a_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import sqlite3

    monkeypatch.chdir(tmp_path)
    with sqlite3.connect(tmp_path / "d.db") as db:
        db.execute("CREATE TABLE 场所 (统一社会信用代码, 场所编号, 场所名称, 行政区划代码, 地址, 启用日期)")
        db.execute("INSERT INTO 场所 VALUES ('X', 'S1', NULL, '330100', '某路', '2020-01-01')")
    status, said, why = run("--database", f"sqlite:///{tmp_path / 'd.db'}", "--on", "2026-11-01")
    assert (status, "场所名称未填：1/1" in said) == (1, True), (said, why)
    assert (tmp_path / "check-2026-11-01" / "report.html").is_file()


def test_a_database_that_does_not_answer_is_said_without_its_password(tmp_path: Path) -> None:
    status, said, why = run("--database", "mysql+pymysql://u:geheim@127.0.0.1:1/x", "--out", tmp_path / "out")
    assert status in (2, 3), why
    assert "geheim" not in said + why
    assert "Traceback" not in why


def test_a_folder_that_another_check_is_using_is_left_to_it(sites: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with prepared(out, [sites]):
        status, _, why = run(sites, "--out", out)
        assert (status, "另一次检查正在用它" in why, list(out.iterdir())) == (2, True, []), why
    assert run(sites, "--out", out)[0] == 1


def test_what_a_killed_check_left_behind_does_not_bar_its_folder(sites: Path, tmp_path: Path) -> None:
    (tmp_path / "out" / f"{SelfCheck.WORK}x" / "spill").mkdir(parents=True)
    status, _, why = run(sites, "--out", tmp_path / "out")
    assert status == 1, why
    assert not list((tmp_path / "out").glob(".zhijian*"))
