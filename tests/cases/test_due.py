"""What is due: each kind is found on its day and not before, pages part the list without loss, nobody sees another's."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from tests.cases.walking import LEAD, LI

from zhijian.cases import flow
from zhijian.cases.due import KINDS, Due, Item, Wanted, calendar, gathered
from zhijian.cases.due.gathering import _left
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import listing, sought_store

ON = date(2026, 6, 15)
AT = datetime(2026, 6, 15, 2, tzinfo=UTC)
ALL = Scope.everything()
CALIBRATED = (
    "INSERT INTO calibration (uscc, management_no, kind, calibrated_on, due_on, passed, province, since_on, source, recorded_at) "
    "VALUES (:u, :n, '校准', :c, :d, :p, '33', :c, 'test', now())"
)


@pytest.fixture
def uscc(db: Db) -> str:
    """An institution of 33 for which nothing is due: one certificate in term, instruments calibrated, scope current, report given."""
    db.execute(sa.text("SET LOCAL session_replication_role = replica"))  # history wants a day for each change
    found = str(db.execute(sa.text("SELECT min(uscc) FROM institution WHERE province = '33'")).scalar_one())
    for sql in (
        "UPDATE certificate SET issued_on = '2024-01-01', expires_on = '2030-01-01' WHERE uscc = :u",
        "DELETE FROM certificate_state WHERE uscc = :u",
        "UPDATE instrument SET needs_calibration = false WHERE uscc = :u",
        "UPDATE capability SET standard = 'GB 99999-2020', valid_from = '2024-01-01', valid_to = NULL WHERE uscc = :u",
        "DELETE FROM annual_report WHERE uscc = :u",
    ):
        db.execute(sa.text(sql), {"u": found})
    db.execute(sa.text("INSERT INTO annual_report (uscc, year, submitted_on, conditions_kept, province, since_on, source, recorded_at) "
                       "VALUES (:u, 2025, '2026-03-01', true, '33', '2026-03-01', 'test', now())"), {"u": found})  # fmt: skip
    return found


def of(db: Db, uscc: str, within: int = 30, on: date = ON, kind: str = "") -> Due:
    return gathered(db, Scope.of_institution(uscc), on, Wanted(within, kind), cases=True, draws=False)


def test_nothing_is_due_for_whom_all_is_in_order(db: Db, uscc: str) -> None:
    assert of(db, uscc, 90).items == ()


def test_a_certificate_is_due_within_its_last_days_and_when_it_is_over(db: Db, uscc: str) -> None:
    number = db.execute(sa.text("SELECT min(number) FROM certificate WHERE uscc = :u"), {"u": uscc}).scalar_one()
    db.execute(
        sa.text("UPDATE certificate SET expires_on = '2026-07-20', authority = 'x' WHERE number = :n"), {"n": number}
    )
    assert of(db, uscc, 30).items == ()
    (one,) = of(db, uscc, 90).items
    assert (one.kind, one.ref, one.due_on, one.left) == ("certificate", number, date(2026, 7, 20), 35)
    assert "2026-04-20" in one.zh, "renewal is asked for three months before"
    (over,) = of(db, uscc, 0, date(2026, 7, 21)).items
    assert over.left == -1


@pytest.mark.parametrize("state", ["撤销", "注销", "暂停"])
def test_a_certificate_that_was_revoked_is_nobodys_task(db: Db, uscc: str, state: str) -> None:
    number = db.execute(sa.text("SELECT min(number) FROM certificate WHERE uscc = :u"), {"u": uscc}).scalar_one()
    db.execute(
        sa.text("UPDATE certificate SET expires_on = '2026-06-01', authority = 'x' WHERE number = :n"), {"n": number}
    )
    db.execute(sa.text("INSERT INTO certificate_state (number, uscc, province, state, from_on, since_on, source, recorded_at) "
                       "VALUES (:n, :u, '33', :s, '2026-05-01', '2026-05-01', 'test', now())"), {"n": number, "u": uscc, "s": state})  # fmt: skip
    assert len(of(db, uscc).items) == (state == "暂停")


def test_instruments_are_counted_by_institution_whether_over_soon_or_never_calibrated(db: Db, uscc: str) -> None:
    names = db.execute(sa.text("SELECT management_no FROM instrument WHERE uscc = :u ORDER BY 1 LIMIT 5"), {"u": uscc}).scalars().all()  # fmt: skip
    db.execute(sa.text("UPDATE instrument SET needs_calibration = true, state = '在用', used_from = '2020-01-01', used_to = NULL "
                       "WHERE uscc = :u AND management_no = ANY(:n)"), {"u": uscc, "n": names})  # fmt: skip
    db.execute(sa.text("DELETE FROM calibration WHERE uscc = :u"), {"u": uscc})
    rows = [(names[0], "2026-01-01", "2026-06-14", True), (names[1], "2026-01-01", "2026-07-15", True),
            (names[2], "2026-01-01", "2026-07-16", True), (names[3], "2026-01-01", "2030-01-01", True),
            (names[3], "2026-05-02", "2027-05-01", False)]  # fmt: skip
    for name, done, due_on, passed in rows:
        db.execute(sa.text(CALIBRATED), {"u": uscc, "n": name, "c": done, "d": due_on, "p": passed})
    (one,) = of(db, uscc).items
    # over, due on the last day asked for, failed since 2 May, never calibrated; the one due a day later is not counted
    assert (one.kind, one.count, one.due_on) == ("calibration", 4, date(2020, 1, 1))
    db.execute(sa.text("UPDATE instrument SET state = '停用' WHERE uscc = :u AND management_no = ANY(:n)"), {"u": uscc, "n": names[1:]})  # fmt: skip
    assert of(db, uscc).items[0].count == 1, "out of use is not due"


def test_rows_of_a_scope_that_name_a_replaced_standard_are_stale_however_it_is_written(db: Db, uscc: str) -> None:
    keys = db.execute(
        sa.text("SELECT number, site_no, sequence FROM capability WHERE uscc = :u LIMIT 2"), {"u": uscc}
    ).all()
    for key, standard in zip(keys, ("GB 5009.12-2017", "gb5009.12—2017"), strict=True):
        db.execute(sa.text("UPDATE capability SET standard = :s WHERE number = :a AND site_no = :b AND sequence = :c"),
                   {"s": standard, "a": key[0], "b": key[1], "c": key[2]})  # fmt: skip
        sought_store.keep(db, ALL, "capability", [{"standard": standard, "parameter": "铅"}])  # as enrolment does
    (one,) = of(db, uscc).items
    assert (one.kind, one.count, one.due_on) == ("standard", 2, date(2024, 3, 6))


def test_the_report_on_the_year_before_is_missed_from_ninety_days_before_its_day(db: Db, uscc: str) -> None:
    db.execute(sa.text("DELETE FROM annual_report WHERE uscc = :u"), {"u": uscc})
    assert of(db, uscc, 30, date(2026, 2, 28)).items == ()
    (one,) = of(db, uscc, 30, date(2026, 3, 1)).items
    assert (one.kind, one.ref, one.left, one.unconfirmed) == ("annual-report", "2025", 30, True)


def test_a_deadline_in_working_days_is_counted_in_working_days(db: Db) -> None:
    made = flow.open_case(db, ALL, LI, {**LEAD, "province": "33"}, AT)
    found = gathered(db, Scope.of_province("33"), ON, Wanted(30, "case"), cases=True, draws=False, most=1000)
    (one,) = [item for item in found.items if item.ref == made.no]
    assert (one.left, one.working) == (15, True)
    hidden = gathered(db, Scope.of_province("33"), ON, Wanted(30, "case"), cases=False, draws=False, most=1000)
    assert hidden.items == ()
    assert "case" not in hidden.counts


def test_pages_hold_every_item_once_and_in_order(db: Db, uscc: str) -> None:
    for _ in range(5):
        flow.open_case(db, ALL, LI, {**LEAD, "province": "33"}, AT - timedelta(days=30))
    db.execute(sa.text("DELETE FROM annual_report"))
    scope = Scope.of_province("33")
    whole = gathered(db, scope, ON, Wanted(90), cases=True, draws=True, most=1000)
    assert len(whole.items) == whole.total() > 6
    for most in (1, 2, 3):
        pages = [gathered(db, scope, ON, Wanted(90), cases=True, draws=True, start=n, most=most).items for n in range(0, len(whole.items), most)]  # fmt: skip
        assert [one for page in pages for one in page] == list(whole.items)


def test_another_province_another_city_and_another_institution_see_nothing_of_it(db: Db, uscc: str) -> None:
    db.execute(sa.text("UPDATE certificate SET expires_on = '2026-06-01' WHERE uscc = :u"), {"u": uscc})
    division = db.execute(sa.text("SELECT division FROM institution WHERE uscc = :u"), {"u": uscc}).scalar_one()
    other = db.execute(sa.text("SELECT min(uscc) FROM institution WHERE uscc <> :u"), {"u": uscc}).scalar_one()

    def seen(scope: Scope, division: str = "") -> bool:
        found = gathered(db, scope, ON, Wanted(90, "", division), cases=True, draws=True, most=1000)
        return any(one.uscc == uscc for one in found.items)

    assert seen(ALL)
    assert seen(Scope.of_province("33"))
    assert seen(Scope.of_province("33", division[:4]))
    assert seen(ALL, division[:4])
    assert not seen(ALL, "3399")
    assert not seen(Scope.of_province("32"))
    assert not seen(Scope.of_province("33", "3399"))
    assert not seen(Scope.of_institution(other))
    assert not seen(Scope.of_province("32"), "33")


def test_the_nations_instruments_are_left_out_until_a_place_is_chosen(db: Db) -> None:
    wide = gathered(db, ALL, ON, Wanted(90), cases=False, draws=False)
    assert wide.left_out == {"calibration"}
    assert "calibration" not in wide.counts
    assert not gathered(db, ALL, ON, Wanted(90, "", "33"), cases=False, draws=False).left_out


ITEM = Item(
    "case", "33", None, "甲机构", "浙检查〔2026〕0001", 1, "办案", "decision", date(2026, 7, 1), 3, False, "", False
)


def unfolded(raw: bytes) -> list[str]:
    """As a calendar reads it (RFC 5545, 3.1)."""
    assert raw.endswith(b"\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    return raw.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]


@given(st.text(max_size=200))
def test_whatever_a_name_holds_a_calendar_reads_one_event(name: str) -> None:
    item = Item("case", "33", None, name, "n", 1, name, name, date(2026, 7, 1), 3, False, "", False)
    raw = calendar([item], AT, "office.example", lambda _: "https://office.example/office/cases/1")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert all(line.decode() for line in raw.split(b"\r\n") if line), "no character is cut in two"
    lines = unfolded(raw)
    assert [line.split(":")[0] for line in lines].count("BEGIN") == 2
    assert lines[-1] == "END:VCALENDAR"


def test_an_event_lasts_a_day_and_keeps_its_name_from_day_to_day() -> None:
    def read(item: Item, at: datetime) -> dict[str, str]:
        return dict(
            line.split(":", 1) for line in unfolded(calendar([item], at, "o.example", lambda _: "https://o.example/1"))
        )

    one, later = read(ITEM, AT), read(ITEM, AT + timedelta(days=1))
    assert (one["DTSTART;VALUE=DATE"], one["DTEND;VALUE=DATE"]) == ("20260701", "20260702")
    assert one["UID"] == later["UID"]
    assert one["UID"].endswith("@o.example")
    assert read(replace(ITEM, due_on=date(2026, 8, 1), left=9), AT)["UID"] == one["UID"]


def test_each_kind_says_on_what_it_rests_or_that_nothing_does() -> None:
    assert all(kind.basis or kind.id == "case" for kind in KINDS.values()), "a case's deadline has its own"


def test_what_ended_on_friday_is_over_on_saturday() -> None:
    friday, saturday = date(2026, 7, 10), date(2026, 7, 11)
    assert _left(friday, saturday, working=True) == (-1, False)
    assert _left(friday, friday, working=True) == (0, True)


def test_a_calendar_leaves_out_what_was_over_long_ago(db: Db, uscc: str) -> None:
    db.execute(sa.text("UPDATE certificate SET expires_on = '2020-01-01' WHERE uscc = :u"), {"u": uscc})
    scope = Scope.of_institution(uscc)
    found = {
        days: gathered(db, scope, ON, Wanted(30, "certificate", behind=days), cases=True, draws=False).items
        for days in (None, 90)
    }
    assert found[None] != ()
    assert found[90] == ()


@pytest.mark.parametrize("state", ["撤销", "暂停", "注销"])
def test_of_a_certificate_that_is_not_in_force_no_standard_is_stale_and_nobody_is_drawn(
    db: Db, uscc: str, state: str
) -> None:
    db.execute(sa.text("UPDATE capability SET standard = 'GB 5009.12-2017' WHERE uscc = :u"), {"u": uscc})
    sought_store.keep(db, ALL, "capability", [{"standard": "GB 5009.12-2017", "parameter": "铅"}])
    assert [one.kind for one in of(db, uscc).items] == ["standard"]
    assert uscc in {row["uscc"] for row in listing.drawable(db, ALL, "33", "", ON)}
    db.execute(sa.text("INSERT INTO certificate_state (number, uscc, state, from_on, province, since_on, source, recorded_at) "
                       "SELECT number, uscc, :s, '2026-01-01', '33', '2026-01-01', 'test', now() FROM certificate WHERE uscc = :u"),
               {"s": state, "u": uscc})  # fmt: skip
    assert of(db, uscc).items == ()
    assert uscc not in {row["uscc"] for row in listing.drawable(db, ALL, "33", "", ON)}
