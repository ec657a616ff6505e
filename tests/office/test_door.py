"""What tries to get past the door: forms of others, stale sessions, foreign identifiers, SQL in fields, addresses to be sent on to."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from markupsafe import escape
from starlette.testclient import TestClient
from tests.office.conftest import PASSWORD, Place, SignIn

from zhijian.identity.model import IDLE, Account
from zhijian.kit.principal import Role
from zhijian.web.office import office_app
from zhijian.wiring import Node

Client = Callable[[], TestClient]
Officer = Callable[[Role, Place], Account]


def test_the_cookie_is_for_the_browser_alone(client: Client, officer: Officer, places: tuple[Place, Place]) -> None:
    answer = client().post(
        "/office/sign-in", data={"login": officer(Role.NATIONAL, places[0]).login, "password": PASSWORD}
    )
    said = answer.headers["set-cookie"].lower()
    assert "httponly" in said
    assert "samesite=lax" in said
    assert answer.headers["location"] == "/office"


@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}])
def test_a_form_of_another_site_is_refused(
    sign_in: SignIn, places: tuple[Place, Place], headers: dict[str, str]
) -> None:
    desk = sign_in(Role.NATIONAL, places[0])
    assert desk.http.post("/office/sign-out", data={"form": desk.form}, headers=headers).status_code == 403
    assert desk.http.get("/office").status_code == 200


def test_a_form_without_the_sessions_secret_signs_nobody_out(sign_in: SignIn, places: tuple[Place, Place]) -> None:
    desk = sign_in(Role.NATIONAL, places[0])
    cookie = desk.http.cookies["office"]
    assert desk.http.post("/office/sign-out", data={"form": "0" * 64}).status_code == 403
    assert desk.http.cookies["office"] == cookie
    assert desk.http.get("/office").status_code == 200


def test_a_stale_session_and_a_made_up_one_open_nothing(
    node: Node, sign_in: SignIn, places: tuple[Place, Place]
) -> None:
    desk = sign_in(Role.NATIONAL, places[0])
    later = office_app(node, lambda: datetime.now(UTC) + IDLE + timedelta(seconds=1))
    for cookie in (desk.http.cookies["office"], "x", "", "a" * 5000):
        stale = TestClient(later, base_url="http://127.0.0.1:8000", follow_redirects=False)
        stale.headers["cookie"] = f"office={cookie}"
        assert stale.get("/office").status_code == 303


@pytest.mark.parametrize("role", [Role.PROVINCIAL, Role.CITY, Role.MANAGER])
@pytest.mark.parametrize("words", ["' OR 1=1 --", "%", "_", "'; DROP TABLE institution; --", "\\", "\x00", "{{7*7}}", "<script>x</script>"])  # fmt: skip
def test_sql_and_markup_in_a_field_are_words(
    sign_in: SignIn, places: tuple[Place, Place], role: Role, words: str
) -> None:
    desk = sign_in(role, places[0])
    answer = desk.http.get("/office/institutions", params={"q": words})
    assert answer.status_code in (200, 422)
    assert places[1].uscc not in answer.text
    assert "<script>x" not in answer.text
    assert answer.status_code == 422 or f'value="{escape(words)}"' in answer.text


@pytest.mark.parametrize(
    "query",
    ["division=x", "division=1", "page=0", "page=a", "expires_by=2026-13-01", "sort=password", "page=99999999999"],
)
def test_what_cannot_be_is_said_with_what_can(sign_in: SignIn, places: tuple[Place, Place], query: str) -> None:
    answer = sign_in(Role.NATIONAL, places[0]).http.get(f"/office/institutions?{query}")
    assert answer.status_code == 422
    assert "应当是" in answer.text
    assert query.partition("=")[0] in answer.text


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example/",
        "//evil.example",
        "/office/../../evil",
        "/officer",
        "javascript:alert(1)",
        "/office\r\nx: y",
    ],
)
def test_signing_in_leads_nowhere_else(
    client: Client, officer: Officer, places: tuple[Place, Place], back: str
) -> None:
    login = officer(Role.NATIONAL, places[0]).login
    answer = client().post("/office/sign-in", data={"login": login, "password": PASSWORD, "back": back})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/office"


def test_wrong_passwords_are_counted_though_the_page_is_an_error(client: Client, officer: Officer, places: tuple[Place, Place]) -> None:  # fmt: skip
    login, http = officer(Role.NATIONAL, places[0]).login, client()
    for _ in range(5):
        assert http.post("/office/sign-in", data={"login": login, "password": "wrong"}).status_code == 401
    answer = http.post("/office/sign-in", data={"login": login, "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1


def test_one_network_cannot_try_passwords_without_end(node: Node) -> None:
    http = TestClient(
        office_app(node, lambda: datetime.now(UTC)), base_url="http://127.0.0.1:8000", follow_redirects=False
    )
    tried: list[int] = []
    while 429 not in tried and len(tried) < 100:  # the slower the machine, the more come back meanwhile
        tried.append(http.post("/office/sign-in", data={"login": f"nobody{len(tried)}", "password": "x"}).status_code)
    assert tried[:20] == [401] * 20
    assert tried[-1] == 429


def test_no_fault_shows_a_trace(node: Node, sign_in: SignIn, places: tuple[Place, Place]) -> None:
    desk = sign_in(Role.NATIONAL, places[0])
    with node.transaction() as db:
        db.execute(sa.text("ALTER TABLE site RENAME TO site_away"))
    try:
        answer = desk.http.get(f"/office/institutions/{places[0].uscc}")
    finally:
        with node.transaction() as db:
            db.execute(sa.text("ALTER TABLE site_away RENAME TO site"))
    assert answer.status_code == 500
    assert "Traceback" not in answer.text
    assert "site" not in answer.text.replace("sites", "")
    assert "暂时答不上来" in answer.text


def test_a_city_sees_its_own_institutions_and_accounts_are_made_in_ones_area(
    node: Node, sign_in: SignIn, places: tuple[Place, Place]
) -> None:
    city = sign_in(Role.CITY, places[0])
    with node.transaction() as db:
        other = "SELECT uscc FROM institution WHERE province = :p AND division NOT LIKE :c"
        elsewhere = db.execute(sa.text(other), {"p": places[0].province, "c": places[0].city + "%"}).scalars().all()
    for uscc in elsewhere:
        assert city.http.get(f"/office/institutions/{uscc}").status_code == 404
    desk = sign_in(Role.ADMINISTRATOR, places[0])
    new = {"form": desk.form, "name": "新人", "role": "clerk", "password": PASSWORD}
    assert (
        desk.http.post("/office/accounts", data={**new, "login": "clerk-a", "area": places[0].uscc}).status_code == 303
    )
    assert "clerk-a" in desk.http.get("/office/accounts").text
    for area in (places[1].uscc, "99", "33010", ""):
        assert desk.http.post("/office/accounts", data={**new, "login": "clerk-b", "area": area}).status_code == 422


def test_where_one_wanted_to_go_is_kept_over_a_wrong_password(
    client: Client, officer: Officer, places: tuple[Place, Place]
) -> None:
    login, http = officer(Role.NATIONAL, places[0]).login, client()
    form = {"login": login, "password": "wrong", "back": "/office/audit?act=x"}
    assert 'value="/office/audit?act=x"' in http.post("/office/sign-in", data=form).text
    assert (
        http.post("/office/sign-in", data={**form, "password": PASSWORD}).headers["location"] == "/office/audit?act=x"
    )


@pytest.mark.parametrize("login", ["a\x00b", "", " "])
def test_what_can_be_no_login_is_refused_like_a_wrong_one(client: Client, login: str) -> None:
    assert client().post("/office/sign-in", data={"login": login, "password": "x"}).status_code == 401


def test_a_strangers_form_is_not_read(client: Client) -> None:
    answer = client().post("/office/cases/x/add-evidence", files={"file": b"x" * 100_000})
    assert answer.status_code == 303
