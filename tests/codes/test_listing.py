"""The status list of a province and month says of every code what the database says."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from tests.codes.submitting import Counter

from zhijian.codes.model import State
from zhijian.codes.node import log_number, log_origin
from zhijian.codes.status import VALUE, StatusList, unseal, value_at
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope


def listed(lab: Counter, db: Db, wanted: str) -> StatusList:
    raw = lab.node.office(db).status_list(db, wanted, 900, lab.at)
    assert raw is not None
    return unseal(raw, lambda kid: lab.node.trust(db).key(kid).public, lab.at)


def test_every_report_of_every_list_stands_at_its_place_with_its_state(lab: Counter, db: Db) -> None:
    rows = db.execute(sa.text("SELECT province, yymm, status_index, state FROM report")).all()
    lists = {
        (r.province, r.yymm): listed(lab, db, f"{r.province}-20{r.yymm // 100:02d}-{r.yymm % 100:02d}") for r in rows
    }
    assert len(rows) >= 160
    assert {r.state for r in rows} > {"valid", "withdrawn", "corrected", "doubted"}
    for r in rows:
        assert lists[r.province, r.yymm].value(r.status_index) == VALUE[State(r.state)]


def test_a_change_is_in_the_next_list_and_touches_one_place(lab: Counter, db: Db) -> None:
    issued = [lab.issue(db, f"LIST-{n}") for n in range(3)]
    desk = lab.node.desk(db)
    places = [desk.answer(db, Scope.anyone(), i.code, i.verifier, lab.at).status for i in issued]
    lab.change(db, issued[1].code, State.WITHDRAWN)
    entries = listed(lab, db, places[0].list_id).entries
    assert [value_at(entries, 2, p.index) for p in places] == [0, 1, 0]


def test_a_list_is_good_for_its_time_and_no_longer(lab: Counter, db: Db) -> None:
    place = lab.node.desk(db).answer(db, Scope.anyone(), lab.issue(db, "TTL-1").code, None, lab.at).status
    held = listed(lab, db, place.list_id)
    assert held.ttl_s == 900
    assert held.expires_at - held.issued_at == timedelta(seconds=900)


@pytest.mark.parametrize(
    "name",
    ["", "33", "33-2026-13", "99-2026-11", "33-1926-11", "33-2026-11 ", "33-2026-11\n", "３３-2026-11", "33/2026/11"],
)
def test_what_names_no_list_has_none(lab: Counter, db: Db, name: str) -> None:
    assert lab.node.office(db).status_list(db, name, 900, lab.at) is None


@pytest.mark.parametrize(
    ("at", "origin"),
    [
        (datetime(2026, 6, 30, 15, 59, 59, tzinfo=UTC), "2026h1"),
        (datetime(2026, 6, 30, 16, 0, tzinfo=UTC), "2026h2"),
        (datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC), "2026h2"),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), "2027h1"),
    ],
)
def test_a_log_is_of_a_half_year_of_shanghai(at: datetime, origin: str) -> None:
    assert log_origin("log.example", at) == f"log.example/{origin}"


def test_logs_are_numbered_in_their_order() -> None:
    numbers = [log_number(f"log.example/{year}h{half}") for year in (2026, 2027, 2028) for half in (1, 2)]
    assert numbers == [0, 1, 2, 3, 4, 5]
