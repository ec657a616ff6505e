"""Folders, archives, Parquet, JSON lines; one bad file among many."""

import gzip
import io
import os
import random
import sqlite3
import zipfile
from pathlib import Path

import pytest
from tests.exchange.source.reading import Desk, names, said, texts

import zhijian
from zhijian.exchange.bound import bind
from zhijian.exchange.source import SourceUnreadable, unpack
from zhijian.exchange.source.wording import WORDS
from zhijian.spec import specification

CSV = "编号,名称\nA1,大米\n"
DOCS = Path(zhijian.__file__).parents[2] / "docs" / "reference" / "sources.md"


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return out.getvalue()


def test_a_folder_gives_its_tables_in_order_of_name_and_names_what_it_skips(desk: Desk) -> None:
    for name in ("in/b.csv", "in/a.csv", "in/deep/c.tsv"):
        desk.put(CSV if name.endswith("csv") else CSV.replace(",", "\t"), name)
    for name in ("in/说明.docx", "in/~$a.xlsx", "in/.hidden"):
        desk.put(b"x", name)
    found = desk.open(desk.folder / "in")
    assert [t.name for t in found] == ["a.csv", "b.csv", "deep/c.tsv"]
    assert [Path(r.value or "").name for r in said(found, "skipped")] == ["~$a.xlsx", "说明.docx"]


def test_one_bad_file_does_not_stop_the_others(desk: Desk) -> None:
    found = desk.open(
        desk.put(b"", "bad.csv"), desk.put(CSV, "good.csv"), desk.folder / "gone.csv", desk.put(b"PAR1xx", "b.parquet")
    )
    assert [t.name for t in found] == ["good.csv"]
    assert {r.why: r.said.zh for r in found.remarks}.keys() == {"empty", "missing", "damaged"}
    assert "bad.csv：文件是空的" in texts(found.remarks)


def test_when_nothing_can_be_opened_the_first_reason_is_raised(desk: Desk) -> None:
    with pytest.raises(SourceUnreadable) as refused:
        desk.open(desk.folder / "gone.csv", desk.put(b"", "bad.csv"))
    assert refused.value.why == "missing"


def test_gzip_is_unpacked(desk: Desk) -> None:
    table = desk.one(gzip.compress(CSV.encode("gb18030")), "a.csv.gz")
    assert desk.rows(table) == [(2, "A1", "大米")]


def test_a_zip_gives_its_tables_with_their_chinese_names(desk: Desk) -> None:
    raw = zipped(a__csv=CSV.encode(), b__txt=CSV.encode(), c__pdf=b"x")
    old = io.BytesIO()
    with zipfile.ZipFile(old, "w") as archive:
        info = zipfile.ZipInfo("报告.csv".encode("gb18030").decode("cp437"))
        archive.writestr(info, CSV)
    raw_old = old.getvalue().replace("报告.csv".encode("gb18030").decode("cp437").encode(), b"")
    assert raw_old
    found = desk.open(desk.put(raw, "省.zip"))
    assert [t.name for t in found] == ["省.zip / a.csv", "省.zip / b.txt"]
    assert said(found, "skipped")[0].value == "省.zip / c.pdf"


def test_names_of_old_archives_are_gb18030() -> None:
    info = zipfile.ZipInfo("报告.csv".encode("gb18030").decode("cp437"))
    assert unpack._name(info) == "报告.csv"


@pytest.mark.parametrize("name", ["bomb.zip", "bomb.csv.gz"])
def test_a_bomb_is_refused_before_it_fills_the_disk(desk: Desk, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "SMALL", 1 << 20)
    zeros = b"0" * (16 << 20)
    path = desk.put(gzip.compress(zeros) if name.endswith("gz") else zipped(a__csv=zeros), name)
    with pytest.raises(SourceUnreadable) as refused:
        desk.open(path)
    assert refused.value.why == "zip-bomb"
    assert "压缩炸弹" in refused.value.said.zh
    assert sum(p.stat().st_size for p in (desk.folder / "work").glob("*")) < 4 << 20


def test_a_zip_within_a_zip_and_a_cut_one_are_told(desk: Desk) -> None:
    found = desk.open(
        desk.put(zipped(a__csv=CSV.encode(), b__zip=b"PK"), "a.zip"), desk.put(b"PK\x03\x04cut", "cut.zip")
    )
    assert [t.name for t in found] == ["a.zip / a.csv"]
    assert [r.why for r in found.remarks] == ["skipped", "damaged"]


def test_parquet_keeps_its_types_and_counts_records_from_one(desk: Desk) -> None:
    path = desk.folder / "a.parquet"
    desk.con.execute(
        f"COPY (SELECT i AS n, DATE '2025-01-01' + i::INTEGER AS day, 'x' || i AS t FROM range(3) r(i)) TO '{path}'"
    )
    (table,) = desk.open(path)
    assert [(c.name, c.type) for c in table.columns] == [("n", "BIGINT"), ("day", "DATE"), ("t", "VARCHAR")]
    assert [(r[0], r[3]) for r in desk.rows(table)] == [(1, "x0"), (2, "x1"), (3, "x2")]
    assert table.first == 1


def test_records_within_records_become_a_table_that_binds_to_its_entity(desk: Desk) -> None:
    path = desk.folder / "r.parquet"
    items = "[{'item': '铅', 'result': '0.1'}, {'item': '镉', 'result': i::VARCHAR}]"
    desk.con.execute(
        f"COPY (SELECT 'U' AS uscc, 'N' || i AS own_number, {items} AS items, {{'a': 1}} AS odd FROM range(2) r(i)) TO '{path}'"
    )
    parent, part = desk.open(path)
    assert names(parent) == ["uscc", "own_number", "odd"]
    assert said(parent, "nested-column")
    assert desk.rows(part) == [
        (1, "U", "N0", "铅", "0.1"),
        (2, "U", "N0", "镉", "0"),
        (3, "U", "N1", "铅", "0.1"),
        (4, "U", "N1", "镉", "1"),
    ]
    (bound,) = bind(specification(), [part], {part.name: "report_item"})
    assert bound.parent_key == ("uscc", "own_number")
    assert bound.column("own_number") is not None


def test_parts_without_a_key_are_told(desk: Desk) -> None:
    path = desk.folder / "r.parquet"
    desk.con.execute(f"COPY (SELECT 1 AS a, [{{'b': 2}}] AS items) TO '{path}'")
    parent, part = desk.open(path)
    assert said(parent, "no-parent-key")
    assert desk.rows(part) == [(1, 2)]


def test_json_lines_are_records_as_text(desk: Desk) -> None:
    lines = ['{"uscc":"U","own_number":"N1","v":1.30,"many":["a","b"],"items":[{"item":"铅"},{"item":"镉","r":0.10}]}',
             "", "bad {", '{"own_number":"N2","more":true}']  # fmt: skip
    table, part = desk.open(desk.put("\ufeff" + "\n".join(lines), "a.jsonl"))
    assert names(table) == ["uscc", "own_number", "v", "many", "more"]
    assert desk.rows(table) == [(1, "U", "N1", "1.30", "a;b", None), (4, None, "N2", None, None, "true")]
    assert desk.rejected(table) == [(3, "broken-line", "bad {")]
    assert desk.rows(part) == [(1, "U", "N1", "铅", None), (2, "U", "N1", "镉", "0.10")]


def test_everything_that_can_be_said_is_in_the_reference_and_in_both_languages() -> None:
    page = DOCS.read_text("utf-8")
    for why, (_, said_, remedy) in WORDS.items():
        assert f"`{why}`" in page, why
        assert all((*said_, *remedy)), why


def test_a_file_that_tells_when_it_was_changed_tells_it_in_chinas_days(desk: Desk) -> None:
    import os

    path = desk.put(CSV)
    os.utime(path, (1_764_000_000, 1_764_000_000))  # 2025-11-24 16:00 UTC
    (table,) = desk.open(path)
    assert table.modified_on == "2025-11-25"


@pytest.mark.parametrize(
    "start", [b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"\x7fELF" + b"\0" * 300], ids=["jpeg", "png", "elf"]
)
def test_a_picture_or_a_program_under_the_name_of_a_table_is_none(desk: Desk, start: bytes) -> None:
    with pytest.raises(SourceUnreadable) as refused:
        desk.one(start + random.Random(1).randbytes(20_000), "a.csv")
    assert refused.value.why == "not-a-table"


def test_a_database_in_a_file_says_how_it_is_given(desk: Desk) -> None:
    path = desk.folder / "省平台.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE t (a)")
    db.close()
    with pytest.raises(SourceUnreadable) as refused:
        desk.open(path)
    assert f"--database 'sqlite:///{path}'" in refused.value.remedy.zh


@pytest.mark.parametrize("where", ["pipe", "device"])
def test_a_pipe_and_a_device_are_refused_and_not_waited_for(desk: Desk, where: str) -> None:
    path = Path("/dev/zero") if where == "device" else desk.folder / "a.csv"
    if where == "pipe":
        os.mkfifo(path)
    with pytest.raises(SourceUnreadable) as refused:
        desk.open(path)
    assert refused.value.why == "not-a-file"


def test_a_json_line_nested_a_hundred_thousand_times_is_a_broken_line(desk: Desk) -> None:
    table = desk.one('{"a":' + "[" * 100_000 + "]" * 100_000 + '}\n{"a":1}\n', "a.jsonl")
    assert desk.rows(table) == [(2, "1")]
    assert [row for row, *_ in desk.rejected(table)] == [1]


def test_names_in_an_archive_lead_nowhere(desk: Desk) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("../../../slipped.csv", CSV)
    table = desk.one(out.getvalue(), "a.zip")
    assert (len(desk.rows(table)), list(desk.folder.parent.rglob("slipped.csv"))) == (1, [])
