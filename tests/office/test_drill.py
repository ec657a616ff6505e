"""From the nation to one item: a figure is the length of its list, every link leads somewhere, and nobody comes through to a foreign area."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from tests.conftest import Seeded
from tests.office.conftest import Desk, Place, SignIn

from zhijian.cases import flow
from zhijian.cases.flow import areas_store as cases
from zhijian.codes import registered
from zhijian.codes.registered import Wanted
from zhijian.kit.clock import day
from zhijian.kit.db import Db
from zhijian.kit.principal import Role
from zhijian.kit.scope import Scope
from zhijian.registry import areas, facts, listing
from zhijian.web.office.asked_fields import home_of, is_within
from zhijian.web.office.chart import course
from zhijian.web.office.export import Table, as_csv, as_sheets
from zhijian.wiring import Node

ALL = Scope.everything()
LINK = re.compile(r'href="(/office[^"]*|\?[^"]*)"')


def here(db: Db) -> list[str]:
    """The nation, and every province, city and district in which there is an institution."""
    found = db.execute(sa.text("SELECT DISTINCT division FROM institution")).scalars().all()
    return sorted({"", *(one[:n] for one in found for n in (2, 4, 6))})


def test_each_figure_of_an_area_is_the_length_of_the_list_behind_it(db: Db, seeded: Seeded) -> None:
    on, at = day(seeded.at), seeded.at
    db.execute(sa.text("DELETE FROM area_count"))  # of an hour ago
    for area in here(db):
        whole = areas.total(area, areas.by_place(db, ALL, area, 6, on, at)[0])
        assert len(areas.overdue(db, ALL, area, on, 0, 10_000)) == whole.overdue
        for days, figure in ((30, whole.ending_30), (90, whole.ending_90)):
            wanted = listing.Wanted(division=area, expires_by=on + timedelta(days=days))
            assert listing.institutions(db, ALL, wanted, on, 0, 1)[0] == figure
        assert listing.institutions(db, ALL, listing.Wanted(division=area), on, 0, 1)[0] == whole.institutions
        reports = sum(registered.by_place(db, ALL, area, 2, on.year, on).values())
        found = registered.listed(db, ALL, Wanted(division=area, since=date(on.year, 1, 1)), 0, 1)
        assert found.count == reports
        opened = cases.open_by_place(db, ALL, area, 2, on).values()
        for number, late_on in ((0, None), (1, on)):
            count, _ = cases.cases(
                db, ALL, area, state=None, officer=None, is_open=True, late_on=late_on, start=0, most=1
            )
            assert count == sum(one[number] for one in opened)
    assert whole.institutions  # the last was no empty place


def test_overdue_is_what_the_instruments_own_calibrations_say(db: Db, seeded: Seeded) -> None:
    on, wanted = day(seeded.at), set()
    failed = "UPDATE calibration SET passed = false WHERE due_on > :on AND ascii(right(management_no, 1)) % 3 = 0"
    assert db.execute(sa.text(failed), {"on": on}).rowcount
    rows = db.execute(
        sa.text("SELECT uscc, management_no FROM instrument WHERE state = '在用' AND needs_calibration")
    ).all()
    known = {uscc: facts(db, ALL, uscc) for uscc in {row.uscc for row in rows}}
    for uscc, no in rows:
        one = known[uscc].instruments[no]  # type: ignore[union-attr]
        if one.used.covers(on) and one.calibration_on(on) is None:
            wanted.add((uscc, no))
    assert {(one.uscc, one.management_no) for one in areas.overdue(db, ALL, "", on, 0, 10_000)} == wanted
    assert 0 < len(wanted) < len(rows)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ago=st.lists(st.integers(0, 400), min_size=1, max_size=4))
def test_counting_ahead_changes_no_figure_whenever_it_is_done(db: Db, seeded: Seeded, ago: list[int]) -> None:
    on = day(seeded.at)
    since = on - timedelta(days=40)

    def said() -> object:
        spots = ["", "37", "3326"[:2]]
        return [
            (registered.by_day(db, ALL, a, since, on), registered.by_place(db, ALL, a, 4, on.year, on)) for a in spots
        ]

    with db.begin_nested() as kept:
        before, counted = said(), 0
        for days in sorted(ago, reverse=True):
            counted += registered.roll(db, seeded.at - timedelta(days=days))
            assert registered.roll(db, seeded.at - timedelta(days=days)) == 0
            assert said() == before
        assert counted <= db.execute(sa.text("SELECT count(*) FROM report")).scalar_one()
        kept.rollback()


def test_counts_of_the_node_are_read_until_they_are_stale(db: Db, seeded: Seeded) -> None:
    on, at = day(seeded.at), seeded.at
    db.execute(sa.text("DELETE FROM area_count"))
    alive = areas.by_place(db, ALL, "", 4, on, at)[0]
    areas.count(db, on, at)
    db.execute(sa.text("UPDATE area_count SET overdue = overdue + 1000"))
    later = at + timedelta(minutes=59)
    read, counted_at = areas.by_place(db, ALL, "", 4, on, later)
    assert counted_at == at
    assert areas.total("", read).overdue >= 1000 + areas.total("", alive).overdue
    assert [one.institutions for one in read] == [one.institutions for one in alive]
    assert areas.by_place(db, ALL, "", 4, on, at + timedelta(hours=4))[0] == alive


def test_an_item_has_the_row_the_people_and_the_calibration_of_its_day(db: Db, seeded: Seeded) -> None:
    on, seen = day(seeded.at), 0
    codes = db.execute(sa.text("SELECT code FROM report WHERE cma_marked ORDER BY code LIMIT 12")).scalars().all()
    for code in codes:
        found = registered.whole(db, ALL, code, on)
        for row in found.items:
            _, one = registered.item(db, ALL, code, row["seq"], on)
            assert one.capabilities[0].parameter == row["parameter"]
            assert one.capabilities[0].valid.covers(row["tested_on"])
            assert one.may_sign
            for used in one.used:
                assert used.instrument is not None
                if used.instrument.needs_calibration:
                    assert used.calibration is not None
                    assert used.calibration.good.covers(row["tested_on"])
                    seen += 1
    assert seen > 5
    with db.begin_nested() as kept:  # what the day lacks is shown as lacking
        db.execute(
            sa.text("UPDATE report_item SET instruments = '{}', parameter = '没有这一项' WHERE code = :c"), {"c": code}
        )
        db.execute(sa.text("UPDATE report SET signatory = 'nobody' WHERE code = :c"), {"c": code})
        _, one = registered.item(db, ALL, code, row["seq"], on)
        assert (one.used, one.capabilities, one.may_sign, one.signatory.person) == ((), (), False, None)
        kept.rollback()


def test_items_are_found_by_what_stands_in_them(db: Db) -> None:
    named = "SELECT r.uscc, i.* FROM report r JOIN report_item i USING (code) WHERE i.instruments <> '{}' AND i.tester IS NOT NULL"
    row = db.execute(sa.text(f"{named} ORDER BY code, seq LIMIT 1")).mappings().one()
    for wanted in (Wanted(parameter=row["parameter"]), Wanted(standard=row["standard"]), Wanted(uscc=row["uscc"], staff_no=row["tester"]),
                   Wanted(uscc=row["uscc"], instrument=row["instruments"][0]), Wanted(number=row["code"].lower())):  # fmt: skip
        found = registered.listed(db, ALL, wanted, 0, 1000)
        assert row["code"] in [one["code"] for one in found.rows], wanted
        assert found.count == len(found.rows)
    assert not registered.listed(db, ALL, Wanted(parameter=row["parameter"], standard="GB 0-0000"), 0, 10).rows
    uses = registered.items_with(db, ALL, row["uscc"], instrument=row["instruments"][0], most=1000)
    assert (row["code"], row["seq"]) in [(one["code"], one["seq"]) for one in uses]
    assert not registered.items_with(
        db, Scope.of_province("99"), row["uscc"], instrument=row["instruments"][0], most=10
    )


def test_the_database_itself_shows_no_foreign_report_and_no_signed_request(
    node: Node, places: tuple[Place, Place]
) -> None:
    now = datetime.now(UTC)
    with node.gate.within(Scope.of_province(places[0].province), now) as db:
        for sql in (
            "SELECT province FROM report",
            "SELECT substr(code, 1, 2) FROM report_item",
            "SELECT substr(code, 1, 2) FROM state_change",
        ):
            assert set(db.execute(sa.text(sql)).scalars()) <= {places[0].province}, sql
        assert db.execute(sa.text("SELECT count(*) FROM report")).scalar_one()
    with node.gate.within(Scope.of_institution(places[0].uscc), now) as db:
        assert set(db.execute(sa.text("SELECT uscc FROM report")).scalars()) == {places[0].uscc}
        other = "SELECT count(*) FROM report_item i WHERE NOT EXISTS (SELECT FROM report r WHERE r.code = i.code)"
        assert db.execute(sa.text(other)).scalar_one() == 0
        assert db.execute(sa.text("SELECT count(*) FROM report_item")).scalar_one() > 0
        assert db.execute(sa.text("SELECT count(*) FROM area_count")).scalar_one() == 0
        assert db.execute(sa.text("SELECT count(*) FROM registry_twin")).scalar_one() == 0
    with node.transaction() as db:  # items are kept apart by the beginning of their code
        assert db.execute(sa.text("SELECT count(*) FROM report WHERE province <> left(code, 2)")).scalar_one() == 0
    with pytest.raises(sa.exc.ProgrammingError, match="permission denied"), node.gate.within(ALL, now) as db:
        db.execute(sa.text("SELECT body FROM state_change"))


@pytest.mark.parametrize(
    "role", [Role.NATIONAL, Role.PROVINCIAL, Role.CITY, Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR]
)
def test_every_link_from_the_desk_down_leads_somewhere(
    sign_in: SignIn, places: tuple[Place, Place], role: Role
) -> None:
    """One address of each kind is opened: that is, of those that differ in more than numbers and values."""
    desk = sign_in(role, places[0])
    waiting, seen = ["/office"], {"/office"}
    opened: list[str] = []
    while waiting:
        address = waiting.pop(0)
        answer = desk.http.get(address)
        assert answer.status_code == 200, address
        opened.append(address)
        for found in LINK.findall(answer.text):
            to = found.replace("&amp;", "&")
            to = address.partition("?")[0] + to if to.startswith("?") else to
            kind = re.sub(r"[^/?&=]*\d[^/?&=]*|=[^&]*", "#", to)
            if kind not in seen and "sign-out" not in to:
                seen.add(kind)
                waiting.append(to)
    assert len(opened) > 10
    if role is not Role.ADMINISTRATOR:
        assert any("/items/" in one for one in opened)
        assert any("/instruments/" in one for one in opened)
        assert any("/staff/" in one for one in opened)


def test_a_city_does_not_come_through_to_the_next_one(node: Node, sign_in: SignIn) -> None:
    pairs = (
        "SELECT a.province, left(a.division, 4) AS city, a.uscc, b.division AS other, r.code FROM institution a JOIN institution b "
        "ON a.province = b.province AND left(a.division, 4) <> left(b.division, 4) JOIN report r ON r.uscc = b.uscc"
    )
    with node.transaction() as db:
        rows = db.execute(sa.text(f"{pairs} ORDER BY a.uscc, r.code")).all()
    one = rows[0]
    city = sign_in(Role.CITY, Place(one.province, one.city, one.uscc))
    for _, _, _, division, code in [row for row in rows if row.uscc == one.uscc][:5]:
        for path in (f"reports/{code}", f"reports/{code}/items/1", f"areas/{division}", f"areas/{division[:4]}"):
            assert city.http.get(f"/office/{path}").status_code == 404, path
        assert f"/office/reports/{code}" not in city.http.get("/office/reports", params={"number": code}).text
        assert code not in str(exported(city, "reports"))
    for area in (one.province, "99", "1", "x"):
        assert city.http.get(f"/office/areas/{area}").status_code == 404, area
    assert city.http.get(f"/office/areas/{one.city}").status_code == 200


def test_what_waits_is_ones_own_and_what_is_nobodys_yet(db: Db, seeded: Seeded, places: tuple[Place, Place]) -> None:
    on, place, state = day(seeded.at), places[0], flow.model.State
    actor = flow.model.Actor("li", frozenset({"cases.receive"}))
    lead = {"source": "signal", "province": place.province, "uscc": place.uscc, "field": "01", "matter": "模拟线索"}
    no = flow.open_case(db, ALL, actor, lead, seeded.at).no

    def waits(scope: Scope, login: str, *states: flow.model.State) -> bool:
        return no in [one.case.no for one in flow.reading.waiting(db, scope, login, states, on, 60, 1000)]

    mine, foreign = Scope.of_province(place.province), Scope.of_province(places[1].province)
    assert waits(mine, "wang", state.LEAD)
    assert not waits(mine, "wang", state.CONFIRMING)
    assert not waits(foreign, "wang", state.LEAD)
    assert not waits(Scope.of_institution(place.uscc), "wang", state.LEAD)
    db.execute(sa.text("UPDATE case_file SET officers = '{li}' WHERE no = :no"), {"no": no})
    assert waits(mine, "li")
    assert not waits(mine, "wang", state.LEAD)


def test_foreign_areas_are_not_compared_and_no_more_than_six(sign_in: SignIn, places: tuple[Place, Place]) -> None:
    mine, nation = sign_in(Role.PROVINCIAL, places[0]), sign_in(Role.NATIONAL, places[0])
    both = f"/office/compare?area={places[0].province}&area={places[1].province}"
    assert mine.http.get(both).status_code == 404
    assert nation.http.get(both).text.count("/office/areas/") >= 2
    assert (
        nation.http.get("/office/compare?" + "&".join(f"area={n}" for n in (11, 12, 13, 14, 15, 21, 22))).status_code
        == 422
    )
    assert nation.http.get("/office/compare?area=3x").status_code == 422


@pytest.mark.parametrize("query", ["uscc=1", "division=3", "since=2026-13-01", "since=2026-02-01&until=2026-01-01", "state=x", "sort=secret", "page=0",
                                   "page=201", "instrument=YQ-1", "until=9999-12-31", "since=0001-01-01"])  # fmt: skip
def test_what_cannot_be_asked_of_reports_is_said(sign_in: SignIn, places: tuple[Place, Place], query: str) -> None:
    answer = sign_in(Role.NATIONAL, places[0]).http.get(f"/office/reports?{query}")
    assert answer.status_code == 422
    assert "应当是" in answer.text


def exported(desk: Desk, query: str) -> list[list[str]]:
    answer = desk.http.post(f"/office/export/{query}", data={"form": desk.form})
    assert answer.status_code == 200
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_an_export_is_the_list_and_stands_in_the_trail_with_its_filter(
    node: Node, sign_in: SignIn, places: tuple[Place, Place]
) -> None:
    desk = sign_in(Role.PROVINCIAL, places[0])
    rows = exported(desk, f"reports?uscc={places[0].uscc}&sort=own_number&%0A=1&other=x")
    end = rows.index([])
    with node.transaction() as db:
        there = db.execute(sa.text("SELECT code FROM report WHERE uscc = :u"), {"u": places[0].uscc}).scalars().all()
        entry = db.execute(
            sa.text("SELECT object, detail FROM audit WHERE act = 'institutions.export' ORDER BY seq DESC LIMIT 1")
        ).one()
    assert sorted(row[0] for row in rows[1:end]) == sorted(there)
    assert ["账号", desk.account.login] in rows
    assert entry.object == "reports"
    assert entry.detail == {
        "filter": {"uscc": places[0].uscc, "sort": "own_number"},
        "rows": len(there),
        "format": "csv",
    }
    for what in ("institutions", "cases", "reports"):
        assert places[1].uscc not in str(exported(desk, what))
    assert desk.http.post("/office/export/people", data={"form": desk.form}).status_code == 404
    assert desk.http.get("/office/export/reports").status_code == 405, "no link takes it"
    sheet = load_workbook(
        io.BytesIO(desk.http.post("/office/export/institutions?format=xlsx", data={"form": desk.form}).content)
    )
    assert sheet.sheetnames == ["名单", "说明"]


def test_no_cell_of_an_export_is_carried_out() -> None:
    cells = ["=1+1", "@SUM(A1)", "+cmd|'/c calc'!A0", '＝HYPERLINK("x")', "-2", "名称"]
    table = Table(("甲",), [[one] for one in cells])
    rows = list(csv.reader(io.StringIO(as_csv(table, [("条件", "=2")]).decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:7]] == [
        "'=1+1",
        "'@SUM(A1)",
        "'+cmd|'/c calc'!A0",
        '\'＝HYPERLINK("x")',
        "-2",
        "名称",
    ]
    assert rows[-1] == ["条件", "'=2"]
    sheet = load_workbook(io.BytesIO(as_sheets(table, []))).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s"}


@given(counts=st.lists(st.integers(0, 10**9), min_size=1, max_size=60), before=st.booleans())
def test_a_course_draws_every_day_within_its_frame(counts: list[int], before: bool) -> None:
    days = {date(2026, 1, 1) + timedelta(days=n): count for n, count in enumerate(counts)}
    drawn = ElementTree.fromstring(course(days, days if before else {}, 'a "course" <of> days', "zh"))
    lines = [one.attrib["d"] for one in drawn.iter("path") if "line" in one.attrib["class"]]
    assert len(lines) == 1 + before
    for line in lines:
        points = [tuple(map(float, one.split(","))) for one in line[1:].split(" ")]
        assert len(points) == len(counts)
        assert all(0 <= x <= 720 and 20 <= y <= 190.01 for x, y in points)


def test_an_area_is_within_a_scope_or_it_is_not() -> None:
    province, city, lab = (
        Scope.of_province("33"),
        Scope.of_province("33", "3301"),
        Scope.of_institution("91330106MA2DEMX01W"),
    )
    assert [is_within(province, one) for one in ("33", "3301", "330106", "32", "")] == [True, True, True, False, False]
    assert [is_within(city, one) for one in ("3301", "330106", "33", "3302")] == [True, True, False, False]
    assert not is_within(lab, "33")
    assert [home_of(one) for one in (ALL, province, city)] == ["", "33", "3301"]


def test_a_long_table_of_an_institution_comes_in_pages(
    node: Node, sign_in: SignIn, places: tuple[Place, Place]
) -> None:
    with node.transaction() as db:
        uscc = db.execute(sa.text("SELECT uscc FROM instrument GROUP BY uscc HAVING count(*) > 100 LIMIT 1")).scalar()
    assert uscc, "the world has an institution with more instruments than a page shows"
    http = sign_in(Role.NATIONAL, places[0]).http
    found = [
        re.findall(r"/instruments/([^\"?]+)\"", http.get(f"/office/institutions/{uscc}?tab=instruments&page={n}").text)
        for n in (1, 2)
    ]
    assert [len(one) > 0 for one in found] == [True, True]
    assert len(found[0]) == 100
    assert not set(found[0]) & set(found[1])
