"""Files in place of a database come to the same records, and nothing of them vanishes unsaid."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from tests.exchange.migration.small import MAPPING, built, run
from tests.exchange.migration.test_migration import carry, compared, content

from zhijian.exchange.mapping import MappingWrong, read_mapping
from zhijian.exchange.mapping.model import Source
from zhijian.exchange.migration import Files, MigrationRun, MigrationWrong, extracting, gone_store, planning
from zhijian.exchange.migration.files import brought
from zhijian.exchange.migration.running import folder_of
from zhijian.kit.scope import Scope
from zhijian.spec import specification

SCOPE = Scope.everything()


def tables(source: sa.Engine) -> dict[str, list[tuple[object, ...]]]:
    """Header, then rows."""
    found = {}
    with source.connect() as db:
        for name in ("机构", "场所", "仪器"):
            rows = db.execute(sa.text(f"SELECT * FROM {name}"))
            found[name] = [tuple(rows.keys()), *map(tuple, rows)]
    return found


def exported(source: sa.Engine, folder: Path) -> Files:
    """One CSV in GB18030, one workbook, one file without a row."""
    folder.mkdir(exist_ok=True)
    given = tables(source)
    with (folder / "机构.csv").open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows(given["机构"])
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "场所"
    for row in given["场所"]:
        sheet.append(row)
    book.save(folder / "场所.xlsx")
    (folder / "仪器.csv").write_text("id,名称\n", "utf-8")
    return Files((folder,))


def shown(target: sa.Engine) -> dict[str, list[str]]:
    """What is in the target without where it came from."""
    with target.connect() as db:
        return {name: sorted(str({k: v for k, v in row.items() if not k.startswith("_")})
                             for row in db.execute(sa.text(f"SELECT * FROM collected.{name}")).mappings())
                for name in ("institution", "site")}  # fmt: skip


def test_files_come_to_the_same_records_as_the_database(
    tmp_path: Path, target: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extracting, "ROWS", 8)
    one = run(tmp_path / "work")
    carry(one, target, exported(built(tmp_path / "s.db"), tmp_path / "files"))
    result = compared(one, target)
    assert result.agrees
    assert {line.label: (line.source_rows, line.quarantined) for line in result.lines} == {
        "机构 → institution": (30, 5), "场所 → site": (30, 8)}  # fmt: skip
    assert len(content(target)["institution"]) == 23
    assert not (tmp_path / "work" / "opened").exists()


def test_a_line_that_is_no_row_is_counted_in_the_books_and_kept(tmp_path: Path, target: sa.Engine) -> None:
    files = exported(built(tmp_path / "s.db"), tmp_path / "files")
    with (tmp_path / "files" / "机构.csv").open("a", encoding="gb18030") as file:
        file.write("99,只有两格\r\n")
    one = run(tmp_path / "work")
    carry(one, target, files)
    assert one.rows()["机构"] == 30
    assert one.rejected() == {"机构": {"broken-line": 1}}
    (kept,) = pq.read_table(one.extracts()["机构"].folder / "rejects.parquet").to_pylist()
    assert kept == {"file": "机构.csv", "_row": 32, "why": "broken-line", "text": "99,只有两格"}
    assert compared(one, target).agrees


def test_several_files_of_one_pattern_are_one_table(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    for n in (1, 2):
        (folder / f"机构-{n}.csv").write_text(f"id,代码\n{n},甲\n", "utf-8")
    for name in ("场所", "仪器"):
        (folder / f"{name}.csv").write_text("id,名称\n", "utf-8")
    text = MAPPING.replace("机构: {}", "机构: {files: '机构-*.csv'}")
    planned = planning.planned(tmp_path / "work", text, specification(), Files((folder,)), "33", one_day())
    assert planned.rows == {"机构": 2, "场所": 0, "仪器": 0}
    one = planning.run_of(tmp_path / "work", specification())
    for _ in one.extract(Files((folder,))):
        pass
    rows = [row["_row"] for chunk in one.extracts()["机构"].chunks for row in pq.read_table(chunk).to_pylist()]
    assert rows == [2, (1 << 40) + 2]


def one_day() -> object:
    from tests.exchange.migration.moved import ON

    return ON


def plan(tmp_path: Path, *paths: Path, **more: object) -> planning.Plan:
    return planning.planned(tmp_path / "work", MAPPING, specification(), Files(paths), "33", one_day(), **more)  # type: ignore[arg-type]


def test_a_plan_names_the_table_that_no_file_holds_and_those_that_are_there(tmp_path: Path) -> None:
    exported(built(tmp_path / "s.db"), tmp_path / "files")
    (tmp_path / "files" / "仪器.csv").rename(tmp_path / "files" / "仪器表.csv")
    with pytest.raises(MigrationWrong, match=r"没有表 仪器；有的是：.*仪器表.csv") as said:
        plan(tmp_path, tmp_path / "files")
    assert "场所.xlsx" in said.value.zh
    assert not (tmp_path / "work" / "plan.json").exists()


def test_a_file_that_cannot_be_opened_is_refused_and_not_passed_over(tmp_path: Path) -> None:
    """Of twelve files of a table one that is encrypted would otherwise be a month of reports nobody misses."""
    exported(built(tmp_path / "s.db"), tmp_path / "files")
    (tmp_path / "files" / "机构-2.xlsx").write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    with pytest.raises(MigrationWrong, match=r"机构-2\.xlsx"):
        plan(tmp_path, tmp_path / "files")


def test_files_have_no_since(tmp_path: Path) -> None:
    exported(built(tmp_path / "s.db"), tmp_path / "files")
    with pytest.raises(MigrationWrong, match="去掉 --since"):
        plan(tmp_path, tmp_path / "files", since={"机构": ("id", "3")})


def later(tmp_path: Path, target: sa.Engine, change: str) -> MigrationRun:
    """A full run, a change at the source, and a second run from files that were exported anew."""
    source = built(tmp_path / "s.db")
    carry(run(tmp_path / "work"), target, exported(source, tmp_path / "files"))
    with source.begin() as db:
        db.execute(sa.text(change))
    one = run(tmp_path / "work", 2)
    carry(one, target, exported(source, tmp_path / "files"))
    assert compared(one, target).agrees
    return one


def test_a_later_run_from_files_knows_records_by_their_key_though_every_line_has_moved(
    tmp_path: Path, target: sa.Engine
) -> None:
    one = later(tmp_path, target, "UPDATE 机构 SET 地址 = '新路' WHERE id = 2")
    before = shown(target)
    assert sum("新路" in row for row in before["institution"]) == 1
    with target.begin() as db:
        assert gone_store.gone_of(db, SCOPE, one) == []
    moved_on = later_again(tmp_path, target)
    assert {line.quarantined for line in compared(moved_on, target).lines} == {5, 9}
    assert len(shown(target)["institution"]) == 23  # what is gone is not deleted
    with target.begin() as db:
        found = [(g.entity, g.key[0][-2:]) for g in gone_store.gone_of(db, SCOPE, moved_on)]
    assert found == [("site", "01"), ("institution", "01")]  # its site has lost its key with it, and waits


def later_again(tmp_path: Path, target: sa.Engine) -> MigrationRun:
    source = sa.create_engine(f"sqlite:///{tmp_path / 's.db'}")
    with source.begin() as db:
        db.execute(sa.text("DELETE FROM 机构 WHERE id = 1"))
    one = run(tmp_path / "work", 3)
    carry(one, target, exported(source, tmp_path / "files"))
    assert compared(one, target).agrees
    return one


@pytest.mark.parametrize("name", ["/srv/victim", "../victim", "a / ..", "\\victim", "a\\..", "", " "])
def test_a_table_of_a_mapping_has_no_name_that_leads_elsewhere(name: str) -> None:
    with pytest.raises(MappingWrong, match="表的名称不能为空"):
        read_mapping(MAPPING.replace("仪器: {}", f"{json.dumps(name)}: {{}}"), specification())


def test_a_sheet_and_a_file_in_an_archive_keep_the_names_that_they_are_shown_by() -> None:
    """`map suggest` writes these."""
    text = MAPPING.replace("仪器: {}", '"名册.xlsx / 仪器": {}, "a.zip / 2026/b..c": {}')
    assert len(read_mapping(text, specification()).sources) == 4


def test_whatever_a_table_is_called_its_folder_is_below_the_run_and_only_that_is_emptied(tmp_path: Path) -> None:
    """The folder of a table is removed before it is filled."""
    folder, victim = tmp_path / "files", tmp_path / "victim"
    for one in (folder, victim):
        one.mkdir()
    (folder / "old.csv").write_text("id\n1\n", "utf-8")
    (victim / "kept.txt").write_text("kept", "utf-8")
    one = run(tmp_path / "work")
    for name in (str(victim), "../../../victim", "甲 乙*表", "长" * 300):
        source = Source(name, "old*.csv", {})
        assert folder_of(one.work, 1, source).parent == tmp_path / "work" / "extract" / "1"
        mapping = replace(one.mapping, sources=(source,))
        with Files((folder,)).tables(mapping, tmp_path / "work") as (con, found):
            assert list(brought(con, found, name, folder_of(one.work, 1, source)))[-1] == 1
    assert (victim / "kept.txt").read_text("utf-8") == "kept"


def test_a_plan_that_names_other_files_does_not_go_on_with_the_rows_of_the_former_ones(tmp_path: Path) -> None:
    folder, work = tmp_path / "files", tmp_path / "work"
    folder.mkdir()
    for name, rows in (("old", 2), ("new", 3)):
        (folder / f"{name}.csv").write_text("id\n" + "".join(f"{n}\n" for n in range(rows)), "utf-8")
    for name in ("场所", "仪器"):
        (folder / f"{name}.csv").write_text("id,名称\n", "utf-8")
    for name, rows in (("old", 2), ("new", 3)):
        text = MAPPING.replace("机构: {}", f"机构: {{files: '{name}*.csv'}}")
        made = planning.planned(work, text, specification(), Files((folder,)), "33", one_day())
        one = planning.run_of(work, specification())
        taken = {table: e.taken_at for table, e in one.extracts().items()}
        for _ in one.extract(Files((folder,))):
            pass
        assert one.rows()["机构"] == made.rows["机构"] == rows
        assert len(list((work / "extract" / "1").iterdir())) == 3  # those of the former plan are gone
    assert taken["机构"] is None
    assert taken["场所"] is not None  # of the same file: not read again
    assert taken["场所"] == one.extracts()["场所"].taken_at
