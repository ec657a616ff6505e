"""Counts on their way into the database: added up, never lost by a fault, never with an address."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from tests.lookups.conftest import AT, Looks

from zhijian.lookups import Shown
from zhijian.lookups.model import KEPT_DAYS, PLACES_MOST
from zhijian.wiring import Node

Rows = Callable[[str], list[dict[str, Any]]]
CodeOf = Callable[..., str]
ADDRESSES = [f"203.0.{n}.77" for n in range(5)]


def test_flushes_add_up_and_a_place_seen_twice_is_one(looks: Looks, code_of: CodeOf, rows: Rows) -> None:
    code = code_of(1)
    looks.answered(code, *ADDRESSES[:3], verified=True)
    looks.flush()
    looks.answered(code, *ADDRESSES[2:], as_=Shown.ENDED)
    looks.counter.refused(code, ADDRESSES[0])
    looks.flush(AT + timedelta(seconds=5))
    (row,) = rows("look_day")
    assert (row["code"], row["on_day"].isoformat()) == (code, "2026-05-18")
    assert (row["looks"], row["verified_looks"], row["wrong_verifier"], row["after_end"]) == (6, 3, 1, 3)
    assert row["places"] == 5
    assert (row["first_at"], row["last_at"]) == (AT, AT + timedelta(seconds=5))


def test_several_processes_at_once_add_up(node: Node, tmp_path: Path, code_of: CodeOf, rows: Rows) -> None:
    codes = [code_of(n) for n in range(40)]
    doors = [Looks(node, tmp_path / "places") for _ in range(4)]

    def work(number: int) -> None:
        for turn in range(10):
            order = codes if number % 2 else codes[::-1]
            for code in order:
                doors[number].answered(code, ADDRESSES[turn % 5])
            doors[number].counter.unknown(code_of(900 + turn), ADDRESSES[number])
            doors[number].flush()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(door.writer.waiting == 0 for door in doors)
    found = rows("look_day")
    assert {row["code"] for row in found} == set(codes)
    assert {row["looks"] for row in found} == {40}
    assert {row["places"] for row in found} == {5}
    (unknown,) = rows("look_unknown")
    assert (unknown["looks"], unknown["codes"], unknown["places"]) == (40, 10, 4)


PROCESS = """
import sys
from datetime import datetime
from pathlib import Path
from zhijian.kit.db import engine
from zhijian.lookups import LookCounter, LookWriter, Shown
url, folder, code, at = sys.argv[1:]
counter, writer = LookCounter(), LookWriter(engine(url).begin, Path(folder))
for n in range(7):
    counter.answered(code, f"203.0.{n}.1", Shown.IN_USE)
writer.add(counter.take(), datetime.fromisoformat(at))
writer.write()
"""


def test_another_process_counts_the_same_networks_as_the_same_places(
    node: Node, looks: Looks, tmp_path: Path, code_of: CodeOf, rows: Rows
) -> None:
    looks.answered(code_of(1), *ADDRESSES)
    looks.flush()
    url = node.engine.url.render_as_string(hide_password=False)
    path = os.pathsep.join(filter(None, sys.path))
    subprocess.run([sys.executable, "-c", PROCESS, url, str(tmp_path / "places"), code_of(1), AT.isoformat()],
                   env={**os.environ, "PYTHONPATH": path}, check=True)  # fmt: skip
    (row,) = rows("look_day")
    assert (row["looks"], row["places"]) == (12, 7)


def test_places_are_counted_up_to_64_and_the_looks_beyond(looks: Looks, code_of: CodeOf, rows: Rows) -> None:
    for start in range(0, 300, 50):
        looks.answered(code_of(1), *(f"10.{n // 250}.{n % 250}.9" for n in range(start, start + 50)))
        looks.flush()
    (row,) = rows("look_day")
    assert (row["looks"], row["places"]) == (300, PLACES_MOST)
    assert len(rows("look_sketch")[0]["seen"]) == PLACES_MOST


def test_a_look_without_an_address_is_counted_and_its_place_is_not(looks: Looks, code_of: CodeOf, rows: Rows) -> None:
    looks.answered(code_of(1), "unknown", "unknown")
    looks.flush()
    (row,) = rows("look_day")
    assert (row["looks"], row["places"]) == (2, 0)


def test_a_failed_flush_keeps_the_counts_and_tries_again(node: Node, looks: Looks, code_of: CodeOf, rows: Rows) -> None:
    looks.answered(code_of(1), *ADDRESSES)
    looks.counter.unknown(code_of(2), ADDRESSES[0])
    with node.transaction() as db:
        db.execute(sa.text("ALTER TABLE look_unknown RENAME TO look_unknown_away"))
    try:
        for _ in range(2):
            with pytest.raises(sa.exc.SQLAlchemyError):
                looks.flush()
    finally:
        with node.transaction() as db:
            db.execute(sa.text("ALTER TABLE look_unknown_away RENAME TO look_unknown"))
    assert rows("look_day") == []
    assert looks.writer.waiting == 6
    looks.answered(code_of(1), "192.0.2.1")
    looks.flush()
    assert (rows("look_day")[0]["looks"], rows("look_day")[0]["places"], rows("look_unknown")[0]["looks"]) == (6, 6, 1)
    assert looks.writer.waiting == 0
    assert looks.flush() == 0


def test_what_waits_while_the_database_is_away_is_bounded(
    node: Node, tmp_path: Path, code_of: CodeOf, rows: Rows
) -> None:
    looks = Looks(node, tmp_path, most=3)
    for number in range(5):
        looks.answered(code_of(number), *ADDRESSES)
        looks.writer.add(looks.counter.take(), AT)
    assert (looks.writer.waiting, looks.writer.other) == (15, 10)
    looks.writer.write()
    assert len(rows("look_day")) == 3


def test_midnight_in_china_begins_a_new_row(looks: Looks, code_of: CodeOf, rows: Rows) -> None:
    for at in (datetime(2026, 5, 18, 15, 59, 58, tzinfo=UTC), datetime(2026, 5, 18, 16, 0, 3, tzinfo=UTC)):
        looks.answered(code_of(1), ADDRESSES[0])
        looks.flush(at)
    assert [row["on_day"].isoformat() for row in rows("look_day")] == ["2026-05-18", "2026-05-19"]


def test_codes_that_name_no_institution_are_not_kept(looks: Looks, rows: Rows) -> None:
    looks.counter.unknown("3326YYYY0049M302AR", ADDRESSES[0])
    looks.flush()
    assert (rows("look_unknown"), rows("look_sketch")) == ([], [])
    assert looks.writer.waiting == 0


def test_made_up_codes_do_not_fill_the_tables(looks: Looks, code_of: CodeOf, rows: Rows) -> None:
    for number in range(1000):
        looks.counter.unknown(code_of(number), ADDRESSES[number % 5])
    looks.flush()
    (row,) = rows("look_unknown")
    assert (row["looks"], row["places"]) == (1000, 5)
    assert PLACES_MOST - 4 <= row["codes"] <= PLACES_MOST, "two of 64 marks may be one"
    assert len(rows("look_sketch")) == 2


def test_what_is_of_the_day_goes_with_the_day_and_counts_after_400(
    looks: Looks, tmp_path: Path, code_of: CodeOf, rows: Rows
) -> None:
    looks.answered(code_of(1), *ADDRESSES)
    looks.counter.unknown(code_of(2), ADDRESSES[0])
    looks.flush()
    assert looks.writer.tidy(AT) == 0
    assert len(rows("look_sketch")) == 3
    looks.writer.tidy(AT + timedelta(days=1))
    assert rows("look_sketch") == []
    assert list((tmp_path / "places").iterdir()) == []
    assert rows("look_day")[0]["places"] == 5
    looks.writer.tidy(AT + timedelta(days=KEPT_DAYS))
    assert len(rows("look_day") + rows("look_unknown")) == 2
    looks.writer.tidy(AT + timedelta(days=KEPT_DAYS + 1))
    assert rows("look_day") + rows("look_unknown") == []


def test_old_rows_are_deleted_a_bounded_number_at_a_time(
    looks: Looks, code_of: CodeOf, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zhijian.lookups.writer.DELETED_AT_ONCE", 3)
    for number in range(7):
        looks.answered(code_of(number), "unknown")
    looks.flush()
    later = AT + timedelta(days=KEPT_DAYS + 1)
    assert [looks.writer.tidy(later) for _ in range(4)] == [3, 3, 1, 0]
