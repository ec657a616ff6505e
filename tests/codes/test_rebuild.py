"""Rebuilding finds every way in which rows can be altered behind the log's back, and says nothing against honest ones."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from tests.codes.log.test_log_reader import flip
from tests.codes.log.witness_samples import witness
from tests.codes.submitting import Counter

from zhijian.codes import rebuild as rebuilding
from zhijian.codes.log.tile import TileName
from zhijian.codes.model import State
from zhijian.codes.rebuild_leaf import Found
from zhijian.codes.trust import TrustList
from zhijian.kit.db import Db

Sql = Callable[..., list[Any]]
Rebuild = Callable[..., list[Found]]


@pytest.fixture(scope="module", autouse=True)
def logged(lab: Counter) -> None:
    with lab.node.sequencer(datetime.now(UTC)) as sequencer:
        while sequencer.run_once(datetime.now(UTC)):
            pass


@pytest.fixture
def db(lab: Counter) -> Iterator[Db]:
    with lab.node.one_moment() as open_:
        yield open_
        open_.rollback()


@pytest.fixture
def sql(db: Db) -> Sql:
    def run(text: str, **values: object) -> list[Any]:
        found = db.execute(sa.text(text), values)
        return list(found) if found.returns_rows else []

    return run


@pytest.fixture
def known(lab: Counter) -> TrustList:
    with lab.node.transaction() as db:
        return lab.node.trust(db)


@pytest.fixture
def found(lab: Counter, db: Db, known: TrustList) -> Rebuild:
    """What rebuilding finds now; other tests of the run may have left something that was found before."""
    with lab.node.one_moment() as other:
        before = list(rebuilding.rebuild(other, lab.node.settings.home, known, lambda *_: None))
    assert not [one for one in before if one.what in ("not-compared", "log-damaged", "log-missing", "log-refused")]

    def run(home: Path = lab.node.settings.home, known: TrustList = known) -> list[Found]:
        now = list(rebuilding.rebuild(db, home, known, lambda *_: None))
        return [one for one in now if one not in before]

    return run


def what(found: list[Found]) -> list[str]:
    return sorted({one.what for one in found})


CHANGED = "SELECT s.code, s.id, s.log_entry_id FROM state_change s JOIN log_entry e ON e.id = s.log_entry_id "


def test_a_node_that_nobody_altered_agrees_with_its_log(found: Rebuild) -> None:
    assert found() == []


def test_progress_reaches_the_end_of_each_log(lab: Counter, db: Db, known: TrustList) -> None:
    seen: dict[str, tuple[int, int]] = {}
    list(rebuilding.rebuild(db, lab.node.settings.home, known, lambda o, n, size: seen.update({o: (n, size)})))
    assert all(n == size > 0 for n, size in seen.values())
    assert len(seen) >= 1


def test_what_waits_for_its_place_counts_as_said(lab: Counter, db: Db, found: Rebuild) -> None:
    old, new = lab.issue(db, "RB-1").code, lab.issue(db, "RB-2").code
    lab.change(db, old, State.CORRECTED, successor=new)
    assert found() == []


@pytest.mark.parametrize("how", ["nothing", "sm3 = sha256", "length = 1", "code = 'x'", "at = '2020-01-01Z'", "gone"])
def test_a_file_that_was_handed_out_is_held_against_its_record(
    lab: Counter, db: Db, sql: Sql, found: Rebuild, how: str
) -> None:
    code = lab.issue(db, f"RB-F-{how}").code
    assert lab.hand_out(db, code, b"%PDF-1.7 " + how.encode())
    if how == "gone":
        sql("DELETE FROM report_file WHERE code = :c", c=code)
    elif how != "nothing":
        sql(f"UPDATE report_file SET {how} WHERE code = :c", c=code)
    assert what(found()) == ([] if how == "nothing" else ["change-differs"])


def test_a_change_deleted_together_with_its_log_entry_is_found(sql: Sql, found: Rebuild) -> None:
    """No answer about this report can notice it: rows, record and leaf agree with each other."""
    (row,) = sql(CHANGED + "WHERE s.state = 'withdrawn' ORDER BY s.id LIMIT 1")
    sql("DELETE FROM state_change WHERE id = :i", i=row.id)
    sql("DELETE FROM log_entry WHERE id = :i", i=row.log_entry_id)
    sql("UPDATE report SET state = 'valid', successor = NULL WHERE code = :c", c=row.code)
    assert what(now := found()) == ["leaf-without-record"]
    assert len(now) == 1
    assert now[0].where.split(" ")[1].isdigit()


def test_a_report_deleted_with_everything_about_it_is_found(sql: Sql, found: Rebuild) -> None:
    (row,) = sql("SELECT r.code FROM report r WHERE r.state = 'valid' ORDER BY r.code LIMIT 1")
    for table in ("report_item", "state_change", "log_entry", "report"):
        sql(f"DELETE FROM {table} WHERE code = :c", c=row.code)
    assert what(found()) == ["leaf-without-record"]


@pytest.mark.parametrize(
    ("alter", "expected"),
    [
        ("UPDATE log_entry SET record = overlay(record PLACING '\\x00'::bytea FROM 40) WHERE id = :i", ["record-not-of-leaf"]),
        ("UPDATE log_entry SET record = ''::bytea WHERE id = :i", ["record-not-of-leaf"]),
        ("UPDATE log_entry SET entry = overlay(entry PLACING '\\x00'::bytea FROM 40) WHERE id = :i", ["record-not-of-leaf"]),
        ("UPDATE log_entry SET record = o.record, entry = o.entry FROM log_entry o WHERE o.id = :j AND log_entry.id = :i",
         ["record-not-of-leaf"]),
        ("UPDATE log_entry SET kind = 3 - kind WHERE id = :i", ["record-not-of-leaf"]),
        ("UPDATE log_entry SET code = o.code FROM log_entry o WHERE o.id = :j AND log_entry.id = :i", ["record-not-of-leaf"]),
        ("UPDATE log_entry SET logged_at = logged_at - interval '1 day' WHERE id = :i", ["logged-at-outside"]),
        ("UPDATE log_entry SET logged_at = logged_at + interval '1 day' WHERE id = :i", ["logged-at-outside"]),
        ("UPDATE log_entry SET logged_at = NULL WHERE id = :i", ["logged-at-outside"]),
        ('UPDATE log_entry SET origin = NULL, "index" = NULL WHERE id = :i', ["leaf-without-record"]),
        ("DELETE FROM state_change WHERE log_entry_id = :i", ["change-differs"]),
        ("UPDATE state_change SET state = 'doubted' WHERE log_entry_id = :i", ["change-differs"]),
        ("UPDATE state_change SET actor = '别人' WHERE log_entry_id = :i", ["change-differs"]),
        ("UPDATE state_change SET at = at - interval '1 second' WHERE log_entry_id = :i", ["change-differs"]),
        ("UPDATE state_change SET successor = code WHERE log_entry_id = :i", ["change-differs"]),
    ],
)  # fmt: skip
def test_each_alteration_of_a_leafs_rows_is_found(sql: Sql, found: Rebuild, alter: str, expected: list[str]) -> None:
    (row,) = sql(CHANGED + "WHERE s.state = 'withdrawn' AND s.by = 'institution' ORDER BY s.id DESC LIMIT 1")
    (other,) = sql('SELECT max(id) AS id FROM log_entry WHERE kind = 1 AND "index" IS NOT NULL')
    values = {"i": row.log_entry_id} | ({"j": other.id} if ":j" in alter else {})
    sql(alter, **values)
    assert [one for one in expected if one in what(found())] == expected


@pytest.mark.parametrize(
    ("alter", "says"),
    [
        ("UPDATE report SET state = 'valid' WHERE code = :c", "the row says valid"),
        ("UPDATE report SET state = 'false' WHERE code = :c", "the row says false"),
        ("UPDATE report SET successor = code WHERE code = :c", "→"),
    ],
)
def test_a_row_with_another_state_or_successor_than_the_leaves_is_found(
    sql: Sql, found: Rebuild, alter: str, says: str
) -> None:
    (row,) = sql(CHANGED + "WHERE s.state = 'withdrawn' ORDER BY s.id LIMIT 1")
    sql(alter, c=row.code)
    (one,) = found()
    assert (one.what, one.where) == ("state-differs", row.code)
    assert says in one.detail


def test_a_regulators_finding_leaves_the_successor_that_was_named(
    lab: Counter, db: Db, sql: Sql, found: Rebuild
) -> None:
    (row,) = sql("SELECT code, successor FROM report WHERE state = 'corrected' LIMIT 1")
    lab.change(db, row.code, State.DOUBTED, "regulator")
    assert found() == []


def test_a_report_written_into_the_database_is_found(sql: Sql, found: Rebuild) -> None:
    columns = [row.column_name for row in sql(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'report' "
        "ORDER BY ordinal_position")]  # fmt: skip
    fresh = {
        "code": "'000000000000000000'",
        "own_number_key": "'NEVER'",
        "own_number": "'NEVER'",
        "status_index": "999999",
    }
    chosen = ", ".join(fresh.get(c, f'"{c}"') for c in columns)
    names = ", ".join(f'"{c}"' for c in columns)
    sql(f"INSERT INTO report ({names}) SELECT {chosen} FROM report LIMIT 1")
    assert [(one.what, one.where) for one in found()] == [("report-without-leaf", "0" * 18)]


def test_a_report_without_its_row_is_found(sql: Sql, found: Rebuild) -> None:
    (row,) = sql("SELECT code FROM report WHERE state = 'valid' ORDER BY code DESC LIMIT 1")
    sql("DELETE FROM report_item WHERE code = :c", c=row.code)
    sql("DELETE FROM report WHERE code = :c", c=row.code)
    assert [(one.what, one.where) for one in found()] == [("leaf-without-report", row.code)]


def test_a_code_registered_twice_is_found(sql: Sql, found: Rebuild) -> None:
    (row,) = sql("SELECT id, code FROM log_entry WHERE kind = 1 ORDER BY id LIMIT 1")
    sql(
        "INSERT INTO log_entry (code, kind, record, entry) SELECT code, kind, record, entry FROM log_entry WHERE id = :i",
        i=row.id,
    )
    assert [(one.what, one.where) for one in found()] == [("registered-twice", row.code)]


@pytest.fixture
def copy(lab: Counter, tmp_path: Path) -> Path:
    shutil.copytree(lab.node.settings.home / "log", tmp_path / "log")
    return tmp_path


def newest(home: Path) -> Path:
    """The folder of the log of now."""
    return max(path.parent for path in home.glob("log/*/*/checkpoint"))


@pytest.mark.parametrize("level", [None, 0, "history"])
def test_a_file_of_the_log_that_was_altered_is_found(copy: Path, found: Rebuild, level: int | str | None) -> None:
    log = newest(copy)
    size = int((log / "checkpoint").read_text().split("\n")[1])
    if isinstance(level, str):
        (log / level).write_bytes(b"1 2 3\n")
    else:
        flip(log / str(TileName(level, (size - 1) // 256, (size - 1) % 256 + 1)), 8 * 20)
    assert {"log-damaged", "not-compared"} <= set(what(found(copy)))


def test_a_log_whose_files_are_gone_is_found(copy: Path, found: Rebuild) -> None:
    shutil.rmtree(newest(copy))
    assert what(found(copy)) == ["log-missing", "not-compared"]


def test_a_checkpoint_that_is_not_the_logs_is_found(copy: Path, found: Rebuild) -> None:
    path = newest(copy) / "checkpoint"
    path.write_bytes(path.read_bytes().replace(b"\n", b"0\n", 2).replace(b"0\n", b"\n", 1))
    assert {"log-refused", "not-compared"} <= set(what(found(copy)))


def test_a_checkpoint_below_the_quorum_is_told_and_read_all_the_same(
    found: Rebuild, known: TrustList, tmp_path: Path
) -> None:
    vkey = witness(tmp_path).key.verifier.vkey()
    now = found(known=replace(known, witnesses=(vkey,), quorum=1))
    assert what(now) == ["log-refused"]
    assert all("quorum" in one.detail for one in now)
