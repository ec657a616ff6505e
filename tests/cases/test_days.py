"""Working days and deadlines: by the announced holidays, and never by a guess."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhijian.cases.days import (
    DEADLINES,
    NotKnownYet,
    after_working_days,
    calendar,
    due,
    is_working_day,
    known_years,
    working_days_between,
)

KNOWN = st.dates(date(2024, 1, 1), date(2026, 11, 30))
FESTIVALS = {"元旦", "春节", "清明节", "劳动节", "端午节", "国庆节"}


@pytest.mark.parametrize("year", sorted(known_years()))
def test_a_known_year_is_whole(year: int) -> None:
    """Mid-autumn can lie within National day's week (2025), where it has no days of its own."""

    lines = (Path(calendar.__file__).parent / "holidays.csv").read_text("utf-8").splitlines()
    rows = [line.split(",") for line in lines if line.startswith(str(year))]
    assert {row[2] for row in rows if row[1] == "holiday"} >= FESTIVALS
    off = sum(row[1] == "holiday" and date.fromisoformat(row[0]).weekday() < 5 for row in rows)
    worked = sum(row[1] == "workday" for row in rows)
    statutory = {2024: 11, 2025: 13, 2026: 13}[year]
    # 11 days of holiday by law until 2024, 13 since: what is off beyond the weekends, net of what is worked, comes to no more.
    assert statutory - 4 <= off - worked <= statutory
    for row in rows:
        assert (date.fromisoformat(row[0]).weekday() >= 5) or row[1] == "holiday", (
            f"{row}: only weekend days are worked instead"
        )


@pytest.mark.parametrize(
    ("day", "works"),
    [("2024-02-04", True), ("2024-02-17", False), ("2025-01-26", True), ("2025-02-04", False), ("2025-10-08", False),
     ("2026-01-04", True), ("2026-02-14", True), ("2026-02-23", False), ("2026-02-28", True), ("2026-09-20", True),
     ("2026-09-27", False), ("2026-10-10", True), ("2026-05-16", False), ("2026-05-18", True)],
)  # fmt: skip
def test_days_of_the_notices(day: str, works: bool) -> None:
    assert is_working_day(date.fromisoformat(day)) is works


@given(KNOWN, st.integers(1, 15))
def test_the_last_day_is_worked_and_has_so_many_working_days_before_it(since: date, days: int) -> None:
    last = after_working_days(since, days)
    assert is_working_day(last)
    assert working_days_between(since, last) == days
    assert working_days_between(last, since) == -days


@pytest.mark.parametrize("day", [date(2023, 12, 31), date(2027, 1, 1)])
def test_a_year_that_is_not_announced_is_unknown(day: date) -> None:
    with pytest.raises(NotKnownYet) as unknown:
        is_working_day(day)
    assert str(day.year) in unknown.value.zh
    assert str(day.year) in unknown.value.en
    with pytest.raises(NotKnownYet):
        after_working_days(date(2026, 12, 25), 10)


def test_the_clock_of_accreditation_and_of_a_case() -> None:
    began = date(2026, 9, 18)
    assert {name: due(name, began) for name in ("cma-acceptance", "cma-certificate", "cma-decision", "cma-review")} == {
        "cma-acceptance": date(2026, 9, 24), "cma-certificate": date(2026, 9, 29), "cma-decision": date(2026, 10, 9),
        "cma-review": date(2026, 11, 5),
    }  # fmt: skip
    assert due("rectification", date(2026, 5, 18)) == date(2026, 6, 17)
    assert due("decision", date(2026, 3, 31)) == date(2026, 6, 29)
    assert due("payment", date(2026, 12, 30)) == date(2027, 1, 14), "calendar days need no holidays"


def test_every_deadline_has_a_basis_or_is_marked_as_a_setting() -> None:
    for one in DEADLINES.values():
        assert one.basis or one.unconfirmed, one.id
        assert one.days > 0
        assert one.zh
        assert one.en
