"""`zhijian spec`: versions exported and compared, with exit statuses that a build can stop at."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from zhijian.cli import app
from zhijian.spec import specification

VERSION = specification().version


def run(*words: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(w) for w in words], catch_exceptions=False)
    return done.exit_code, done.output


def test_versions_of_the_specification_are_exported_and_compared(tmp_path: Path) -> None:
    now, old = tmp_path / "now.json", tmp_path / "old.json"
    assert run("spec", "export", "--out", now)[0] == 0
    assert run("spec", "diff", now, "--format", "json") == (0, json.dumps(
        {"old": VERSION, "new": VERSION, "least_version": VERSION, "changes": []}) + "\n")  # fmt: skip
    status, said = run("spec", "diff", "0.1.0")
    assert (status, "不兼容 Breaking 0" in said) == (0, True), said
    data = json.loads(now.read_text("utf-8"))
    data["entities"] = [e for e in data["entities"] if e["entity"] != "complaint"]
    old.write_text(json.dumps(data), "utf-8")
    status, said = run("spec", "diff", now, old)
    assert (status, "`complaint` 删除 removed" in said, "should be at least" in said) == (1, True, True), said


@pytest.mark.parametrize("text", ["", "[]", "{", "{}", "\xff", "[" * 100_000, '{"version": "0.1.0"}'])
def test_a_file_that_is_no_export_is_named_without_a_trace(text: str, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_bytes(text.encode("latin-1"))
    status, said = run("spec", "diff", "0.1.0", wrong)
    assert (status, "spec export" in said, "Traceback" in said) == (2, True, False), said
    assert run("spec", "diff", "0.1.0", tmp_path)[0] == 2
    assert run("spec", "export", "--format", "xml")[0] == 2
    assert "kind: DataContract" in run("spec", "export", "--format", "odcs")[1]
    assert run("spec", "export", "--out", tmp_path / "none" / "x.json")[0] == 3


def test_parquet_and_sql_are_exported_and_what_is_missing_is_told(tmp_path: Path) -> None:
    from pyarrow import parquet

    status, said = run("spec", "export", "--format", "parquet", "--out", tmp_path / "made" / "here")
    assert (status, "24" in said) == (0, True), said
    files = {f.stem: f for f in (tmp_path / "made" / "here").iterdir()}
    assert set(files) == set(specification().entities)
    assert parquet.read_schema(files["site"]).metadata[b"zhijian.version"].decode() == VERSION
    assert run("spec", "export", "--format", "sql", "--out", tmp_path / "all.sql")[0] == 0
    assert (tmp_path / "all.sql").read_text("utf-8").count("CREATE TABLE") == len(files)
    for words, part in ((["--format", "parquet"], "--out"), (["--format", "docx"], "parquet"),
                        (["--format", "parquet", "--out", tmp_path / "all.sql"], "all.sql")):  # fmt: skip
        status, said = run("spec", "export", *words)
        assert (status in (2, 3), part in said, "Traceback" in said) == (True, True, False), said
