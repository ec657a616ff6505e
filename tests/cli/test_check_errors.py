"""What `zhijian check` is wrongly asked, or cannot do: said in both languages, with the status, and no trace of a password."""

import os
from pathlib import Path

import pytest
from tests.cli.test_check import run
from tests.exchange.quality.planted import SITES, put


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
        (["--entity", "sites.csv=sight"], "site"),
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
