"""The search of everything and of capability tables, as pages."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from tests.office.conftest import Place, SignIn

from zhijian.kit import mask
from zhijian.kit.clock import SHANGHAI
from zhijian.kit.principal import OF_LABORATORY, Role
from zhijian.kit.scope import Scope
from zhijian.registry import search
from zhijian.registry.search import Sought
from zhijian.wiring import Node

WALLED = ("institution_sought", "report")


@pytest.fixture(scope="module")
def row(node: Node, places: tuple[Place, Place]) -> sa.RowMapping:
    """A capability row of the first place that holds today."""
    with node.transaction() as db:
        query = """SELECT k.*, i.name FROM capability k JOIN certificate c USING (number) JOIN institution i ON i.uscc = k.uscc WHERE k.uscc = :u AND
            k.valid_from <= current_date AND k.valid_to IS NULL AND current_date BETWEEN c.issued_on AND c.expires_on ORDER BY k.sequence LIMIT 1"""
        return db.execute(sa.text(query), {"u": places[0].uscc}).mappings().one()


def test_who_may_test_it_is_answered_within_ones_area(
    sign_in: SignIn, places: tuple[Place, Place], row: sa.RowMapping
) -> None:
    asked = {"parameter": row["parameter"], "standard": row["standard"].replace(" ", "").lower()}
    for role in (Role.NATIONAL, Role.PROVINCIAL, Role.CITY, Role.MANAGER):
        page = sign_in(role, places[0]).http.get("/office/search/capability", params=asked)
        assert page.status_code == 200
        assert f"/office/institutions/{row['uscc']}?tab=scope" in page.text, role
        assert row["number"] in page.text
    for role in (Role.PROVINCIAL, Role.CITY, Role.MANAGER):
        foreign = sign_in(role, places[1]).http.get("/office/search/capability", params=asked)
        assert row["uscc"] not in foreign.text, role


def test_a_replaced_standard_is_said_with_what_replaced_it(sign_in: SignIn, places: tuple[Place, Place]) -> None:
    page = (
        sign_in(Role.NATIONAL, places[0])
        .http.get("/office/search/capability?standard=GB 5009.12-2010&on=2024-06-01")
        .text
    )
    assert "没有这样的机构" in page
    assert "GB 5009.12-2023" in page


@pytest.mark.parametrize(
    "query", ["division=x", "division=333", "division=３３", "on=2026-13-01", "on=x", "page=0", "page=x", "page=101"]
)
def test_what_cannot_be_is_said_with_what_can(sign_in: SignIn, places: tuple[Place, Place], query: str) -> None:
    answer = sign_in(Role.NATIONAL, places[0]).http.get(f"/office/search/capability?parameter=x&{query}")
    assert answer.status_code == 422
    assert "应当是" in answer.text


@pytest.mark.parametrize(
    "words", ["%", "_", "' OR 1=1 --", "\\", "<script>x</script>", "\u0000", "\ud800", "x" * 5000, ""]
)
@pytest.mark.parametrize(
    "path", ["/office/search?q=", "/office/search/capability?parameter=", "/office/search/capability?standard="]
)
def test_signs_in_a_search_are_words(sign_in: SignIn, places: tuple[Place, Place], path: str, words: str) -> None:
    from urllib.parse import quote

    answer = sign_in(Role.PROVINCIAL, places[0]).http.get(path + quote(words, errors="surrogatepass"))
    assert answer.status_code in (200, 422)
    assert places[1].uscc not in answer.text
    assert "<script>x" not in answer.text


def test_one_field_finds_each_kind_within_the_area_and_masks_people(
    node: Node, sign_in: SignIn, places: tuple[Place, Place]
) -> None:
    uscc = places[0].uscc
    with node.transaction() as db:

        def one(query: str) -> sa.Row[tuple[str, ...]]:
            return db.execute(sa.text(query), {"u": uscc}).one()

        person = one("SELECT staff_no, name FROM staff WHERE uscc = :u ORDER BY staff_no LIMIT 1")
        instrument = one("SELECT management_no FROM instrument WHERE uscc = :u ORDER BY management_no LIMIT 1")
        report = one("SELECT code, own_number FROM report WHERE uscc = :u LIMIT 1")
        certificate = one("SELECT number FROM certificate WHERE uscc = :u LIMIT 1")
        initials = one("SELECT split_part(text, E'\\n', 2) FROM institution_sought WHERE uscc = :u")
    wanted = {person.name: "tab=people", instrument[0]: "tab=instruments", report.code: report.code, report.own_number: report.code,
              certificate[0]: "tab=certificates", uscc: f"/office/institutions/{uscc}", initials[0]: f"/office/institutions/{uscc}"}  # fmt: skip
    desk, foreign = sign_in(Role.PROVINCIAL, places[0]).http, sign_in(Role.PROVINCIAL, places[1]).http
    for words, link in wanted.items():
        assert link in desk.get("/office/search", params={"q": words}).text, words
        assert f"/office/institutions/{uscc}" not in foreign.get("/office/search", params={"q": words}).text, words
        assert f"/office/reports/{report.code}" not in foreign.get("/office/search", params={"q": words}).text, words
    page = desk.get("/office/search", params={"q": person.name}).text
    assert mask.name(person.name) in page
    assert page.count(person.name) == page.count(f"“{person.name}”")  # what was typed, and nothing more


def test_a_case_is_found_by_its_number_however_it_is_typed(
    node: Node, sign_in: SignIn, places: tuple[Place, Place]
) -> None:
    from zhijian.cases import flow

    lead = {
        "source": "signal",
        "province": places[0].province,
        "uscc": places[0].uscc,
        "field": "01",
        "matter": "模拟线索",
    }
    with node.transaction() as db:
        no = flow.open_case(
            db, Scope.everything(), flow.model.Actor("li", frozenset({"cases.receive"})), lead, datetime.now(UTC)
        ).no
    typed = no.replace("〔", "(").replace("〕", ")") + "号"
    assert no in sign_in(Role.PROVINCIAL, places[0]).http.get("/office/search", params={"q": typed}).text
    for role, place in ((Role.PROVINCIAL, places[1]), (Role.MANAGER, places[0]), (Role.REVIEWER, places[0])):
        assert no not in sign_in(role, place).http.get("/office/search", params={"q": typed}).text, role


@pytest.mark.parametrize("table", WALLED)
def test_what_is_searched_lies_behind_the_wall(node: Node, places: tuple[Place, Place], table: str) -> None:
    """Whatever SQL the office's role sends."""
    with node.transaction() as db:
        everywhere = {r.province for r in db.execute(sa.text(f"SELECT DISTINCT province FROM {table}"))}
    assert len(everywhere) > 1
    for scope, wanted in ((Scope.of_province(places[0].province), {places[0].province}), (Scope(), set())):
        with node.gate.within(scope, datetime.now(UTC)) as db:
            assert {r.province for r in db.execute(sa.text(f"SELECT DISTINCT province FROM {table}"))} == wanted
    with node.gate.within(Scope.of_institution(places[0].uscc), datetime.now(UTC)) as db:
        assert {r.uscc for r in db.execute(sa.text(f"SELECT DISTINCT uscc FROM {table}"))} <= {places[0].uscc}


def test_the_wall_holds_where_the_query_forgets_its_scope(
    node: Node, places: tuple[Place, Place], row: sa.RowMapping
) -> None:
    wanted = Sought(row["parameter"], row["standard"], "", datetime.now(SHANGHAI).date())
    with node.gate.within(Scope.of_province(places[1].province), datetime.now(UTC)) as db:
        assert {r["province"] for r in search.able(db, Scope.everything(), wanted, 0, 50).rows} <= {places[1].province}
        assert search.everything(db, Scope.everything(), row["uscc"], 5) == []


def test_every_page_has_the_field(sign_in: SignIn, places: tuple[Place, Place]) -> None:
    for role in (Role.NATIONAL, *OF_LABORATORY):
        page = sign_in(role, places[0]).http.get("/office").text
        assert 'action="/office/search"' in page
        assert "Ctrl K" in page


def test_another_city_of_the_province_finds_no_report(node: Node, sign_in: SignIn, places: tuple[Place, Place]) -> None:
    with node.transaction() as db:
        report = db.execute(
            sa.text("SELECT code, own_number FROM report WHERE uscc = :u LIMIT 1"), {"u": places[0].uscc}
        ).one()
    own = sign_in(Role.CITY, places[0]).http
    other = sign_in(Role.CITY, replace(places[0], city=places[0].province + "98")).http
    for words in report:
        assert f"/office/reports/{report.code}" in own.get("/office/search", params={"q": words}).text
        assert f"/office/reports/{report.code}" not in other.get("/office/search", params={"q": words}).text


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_whoever_may_not_read_names_cannot_guess_them(
    node: Node, sign_in: SignIn, places: tuple[Place, Place], role: Role
) -> None:
    with node.transaction() as db:
        query = sa.text("SELECT staff_no, name FROM staff WHERE uscc = :u ORDER BY staff_no LIMIT 1")
        person = db.execute(query, {"u": places[0].uscc}).one()
    found = sign_in(role, places[0]).http.get("/office/search", params={"q": person.name})
    assert "tab=people" not in found.text
