"""docs/howto/mapping.md is run as written, with the real command."""

from pathlib import Path

import pytest
from tests.docs.howto import TOP, blocks, commands_env, run

from zhijian.cli import main


def test_every_block_of_the_howto_runs_in_its_order(tmp_path: Path) -> None:
    found = blocks("mapping.md", "console")
    assert len(found) == 5
    said = run("mapping.md", found, commands_env(tmp_path) | {"M": str(tmp_path / "m")}, TOP)
    for part in (
        "issued_on: {from: 签发时间",
        "退出码 exit 1",
        "report.verdict：合 格 ×1",
        "报告台账.csv,4,,report,issued_on,丢失,去年底",
        "B-0001,91330100MA0000001X,大米,Y1,某某食品有限公司,委托送检,合格,2026-01-03,2025-12-20,检验",
    ):
        assert part in said, (part, said)


@pytest.mark.parametrize(
    ("arguments", "status", "part"),
    [
        (["check", "没有的映射", "."], 2, "foodmate"),
        (["check", "foodmate"], 2, "--database"),
        (["check", "foodmate", "没有.csv"], 2, "没有.csv"),
        (["suggest", "--database", "mysql://u:secret@127.0.0.1:1/x"], 3, "请检查地址、端口"),
        (["apply", "foodmate", "{csv}", "--as", "doc"], 2, "parquet"),
        (["apply", "foodmate", "{csv}", "--out", "{full}"], 2, "--force"),
    ],
)
def test_wrong_use_says_what_to_do_and_never_a_password(
    tmp_path: Path,
    arguments: list[str],
    status: int,
    part: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """The command itself, in this process."""
    csv, full = tmp_path / "a.csv", tmp_path / "full"
    csv.write_text("a\n1\n", encoding="utf-8")
    full.mkdir()
    (full / "x").write_text("x")
    given = [a.format(csv=csv, full=full) for a in arguments]
    monkeypatch.setattr("sys.argv", ["zhijian", "map", *given])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capfd.readouterr().err
    assert ended.value.code == status, said
    assert part in said
    assert "secret" not in said
    assert "Traceback" not in said
