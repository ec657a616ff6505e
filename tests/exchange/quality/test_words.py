"""Large tables: rules over one column are held against its words, and nothing comes of it but speed."""

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from zhijian.exchange.checks import catalog
from zhijian.exchange.quality import Outcome, SelfCheck, rejected, words

MEMORY_MB = 160
ON = date(2026, 11, 1)
Found = set[tuple[str, tuple[str, ...], str, int, int, frozenset[tuple[int | None, str | None]]]]


def parquet(path: Path, select: str) -> Path:
    duckdb.sql(f"COPY ({select}) TO '{path}' (FORMAT parquet)")
    return path


SITES = (
    "SELECT CASE WHEN i % 100 = 1 THEN '9133' WHEN i % 97 = 2 THEN ' 91330100MA27WXYZ1K ' ELSE '91330100MA27WXYZ1K' END AS uscc, "
    "'S' || i AS site_no, CASE WHEN i % 50 = 3 THEN '/' WHEN i % 60 = 4 THEN NULL WHEN i % 70 = 5 THEN '分部<br>' ELSE '分部' || (i % 9) END AS name, "
    "CASE WHEN i % 80 = 6 THEN '99' ELSE '330100' END AS division, '某路' || i AS address, "
    "CASE WHEN i % 90 = 7 THEN DATE '2031-01-01' ELSE DATE '2020-01-01' END AS used_from, '备注' AS remark, i % 3 AS __n2 "
    "FROM range({rows}) t(i)"
)


def found(folder: Path, files: Iterable[Path], named: dict[str, str] | None = None) -> tuple[Found, list[Outcome]]:
    with SelfCheck(folder) as check:
        check.open(files)
        check.judge(ON, named, profile=False)
        places: dict[int, set[tuple[int | None, str | None]]] = {}
        for rule, row, value in check.con.execute("SELECT rule, row, value FROM finding").fetchall():
            places.setdefault(rule, set()).add((row, value))
        return {
            (o.check.id, o.rule.on, o.state.value, o.applicable, o.failing, frozenset(places.get(o.number, ())))
            for o in check.outcomes
        }, check.outcomes


def test_words_find_what_rows_find(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = parquet(tmp_path / "site.parquet", SITES.format(rows=21_000))
    by_words, outcomes = found(tmp_path, [file])
    monkeypatch.setattr(words, "LEAST", 10**9)
    by_rows, _ = found(tmp_path, [file])
    assert by_words == by_rows
    assert {o.check.id for o in outcomes if o.failing} >= {
        "uscc-form", "blanks-around", "placeholder", "required-blank", "markup", "division-form", "future-date"
    }  # fmt: skip


def test_a_prefix_that_misleads_costs_time_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first rows have one word, the others each its own."""
    select = (
        "SELECT '91330100MA27WXYZ1K' uscc, 'S' || i site_no, CASE WHEN i < 100 THEN '一' ELSE '分部' || i || ' ' END AS name, "
        "'330100' AS division, '某路' AS address, DATE '2020-01-01' AS used_from FROM range(2000) t(i)"
    )
    file = parquet(tmp_path / "site.parquet", select)
    monkeypatch.setattr(words, "LEAST", 10)
    monkeypatch.setattr(words, "LOOKED_AT", 100)
    by_words, _ = found(tmp_path, [file])
    monkeypatch.setattr(words, "LEAST", 10**9)
    assert by_words == found(tmp_path, [file])[0]


def test_columns_that_are_called_like_ours_and_columns_without_a_rule_do_not_stop_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "LEAST", 10)
    select = 'SELECT i % 5 AS "_n", i % 3 AS "_of", i % 7 AS "word", i AS "_bad", \'x\' AS "_hash", i % 2 AS number FROM range(200) t(i)'
    _, outcomes = found(tmp_path, [parquet(tmp_path / "odd.parquet", select)])
    assert outcomes
    assert not [o for o in outcomes if o.state.value == "not-evaluated"]


def test_a_type_that_does_not_fit_its_element_is_a_finding_and_stops_nothing(tmp_path: Path) -> None:
    select = (
        "SELECT '91330100MA27WXYZ1K' uscc, 'B' || i own_number, DATE '2026-01-01' file_pages, ['1'] sample_count, 7 issued_on, "
        "TIMESTAMP '2026-01-01 00:00:00' AS verdict, '检验' AS form, TRUE AS cma_marked FROM range(30) t(i)"
    )
    _, outcomes = found(tmp_path, [parquet(tmp_path / "report.parquet", select)], {"report.parquet": "report"})
    failing = {(o.check.id, o.rule.on[0]) for o in outcomes if o.failing}
    assert {("code-unknown", "verdict")} <= failing
    assert not [o for o in outcomes if o.state.value == "not-evaluated"]


def test_a_day_is_in_china(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three in the morning in China is the day before in London."""
    monkeypatch.setenv("TZ", "UTC")
    select = "SELECT '91330100MA27WXYZ1K' uscc, 'S1' site_no, '一' AS name, '330100' division, '某路' address, TIMESTAMPTZ '2020-01-02 03:00:00+08' used_from"
    file = parquet(tmp_path / "site.parquet", select)
    with SelfCheck(tmp_path) as check:
        check.open([file])
        result = check.judge(ON)
    assert {c.least for c in result.tables[0].columns if c.element == "used_from"} == {"2020-01-02"}


def test_words_that_a_cast_takes_for_days_are_none(tmp_path: Path) -> None:
    (tmp_path / "site.csv").write_text(
        "uscc,site_no,name,division,address,used_from\n"
        + "".join(f"91330100MA27WXYZ1K,S{n},一,330100,某路,{d}\n" for n, d in enumerate(("infinity", "epoch", "-0001-01-01", "2020-01-01"))),
        encoding="utf-8",
    )  # fmt: skip
    with SelfCheck(tmp_path) as check:
        check.open([tmp_path / "site.csv"])
        check.judge(ON)
        forms = [o for o in check.outcomes if o.check.id == "date-form" and o.rule.on == ("used_from",)]
        assert [2, 3, 4] in [[e.row for e in o.examples] for o in forms]


def test_equal_records_in_tables_of_other_order_and_types_are_exact_duplicates(tmp_path: Path) -> None:
    one = (
        "SELECT '91330100MA27WXYZ1K' uscc, 'S' || i AS site_no, '一' AS name, '330100' AS division, '某路' AS address, "
        "DATE '2020-01-01' AS used_from FROM range(30) t(i)"
    )
    other = f"SELECT used_from::VARCHAR AS used_from, address, division, name, site_no, uscc FROM ({one})"
    files = [parquet(tmp_path / "a.parquet", one), parquet(tmp_path / "b.parquet", other)]
    _, outcomes = found(tmp_path, files)
    counts = {
        o.check.id: o.failing for o in outcomes if o.check.id in ("exact-duplicate", "key-duplicate") and o.table == 0
    }
    assert counts == {"exact-duplicate": 30, "key-duplicate": 0}


def test_every_rejected_row_is_written_however_many(tmp_path: Path) -> None:
    file = parquet(tmp_path / "site.parquet", SITES.format(rows=12_000).replace("'330100' END", "'99' END"))
    (tmp_path / "out").mkdir()
    with SelfCheck(tmp_path) as check:
        check.open([file])
        result = check.judge(ON, profile=False)
        (path,) = rejected(check, tmp_path / "out")
    assert result.tables[0].rejected == 12_000
    assert path.read_text("utf-8-sig").count("\n") == 12_001


def test_rows_with_errors_need_no_more_memory_than_the_check(tmp_path: Path) -> None:
    """Wide rows, more of them than the memory holds."""
    wide = ", ".join(f"sha256('{n}' || i) || sha256('b{n}' || i) AS wide_{n}" for n in range(24))
    select = SITES.format(rows=60_000).replace("'330100' END", "'99' END").replace("i % 3 AS __n2", wide)
    file = tmp_path / "site.parquet"
    duckdb.sql(f"COPY ({select}) TO '{file}' (FORMAT parquet, ROW_GROUP_SIZE 2048)")
    (tmp_path / "out").mkdir()
    with SelfCheck(tmp_path, memory_mb=MEMORY_MB, threads=2) as check:
        check.open([file])
        check.judge(ON, checks=[c for c in catalog() if c.id == "division-form"], profile=False)
        (path,) = rejected(check, tmp_path / "out")
    with path.open(encoding="utf-8-sig", newline="") as text:
        numbers = [int(row["原行号"]) for row in csv.DictReader(text)]
    assert numbers == list(range(1, 60_001))
