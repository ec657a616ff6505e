"""Passkeys at the door: registered after the password, then alone or as a second factor; and what is no way in."""

import html
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from tests.office.authenticator import Authenticator
from tests.office.conftest import PASSWORD, Place

from zhijian.identity import accounts, audit, passkeys, sessions
from zhijian.identity.audit import Sought
from zhijian.identity.model import Account
from zhijian.kit.principal import Role
from zhijian.kit.scope import Scope
from zhijian.web.office import office_app
from zhijian.wiring import Node

ORIGIN = "http://office.example"
Officer = Callable[[Role, Place], Account]


@dataclass
class Clock:
    later: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.later


@dataclass
class Browser:
    """One browser at the office's address."""

    http: TestClient
    clock: Clock

    def post(self, path: str, **fields: str) -> tuple[int, dict[str, str]]:
        if "office" in self.http.cookies:
            fields = {"form": sessions.form_secret(self.http.cookies["office"]), **fields}
        answer = self.http.post(path, data=fields)
        return answer.status_code, answer.json()

    def password(self, login: str) -> tuple[int, str]:
        answer = self.http.post("/office/sign-in", data={"login": login, "password": PASSWORD})
        return answer.status_code, answer.text

    def options(self) -> str:
        answer = self.http.post("/office/sign-in/passkey/options", data={"back": "/office/audit"})
        assert answer.status_code == 200, answer.text
        return answer.text

    def register(self, key: Authenticator, **said: str) -> tuple[int, dict[str, str]]:
        form = sessions.form_secret(self.http.cookies["office"])
        begun = self.http.post(
            "/office/me/passkeys/begin", data={"form": form, "password": PASSWORD, "name": "办公室电脑"}
        )
        assert begun.status_code == 200, begun.text
        return self.post("/office/me/passkeys", credential=key.made(begun.text, **{"origin": ORIGIN, **said}))

    @property
    def is_in(self) -> bool:
        return self.http.get("/office").status_code == 200


@pytest.fixture
def settings(node: Node) -> Iterator[None]:
    before = node.settings
    node.settings = replace(before, office_url=ORIGIN)
    yield
    node.settings = before


@pytest.fixture
def browser(node: Node, settings: None) -> Callable[[], Browser]:
    clock = Clock()
    app = office_app(node, clock, free_of_limit=True)
    return lambda: Browser(
        TestClient(app, base_url=ORIGIN, follow_redirects=False, raise_server_exceptions=False), clock
    )


@pytest.fixture
def holder(
    browser: Callable[[], Browser], officer: Officer, places: tuple[Place, Place]
) -> tuple[Account, Authenticator]:
    """An account with a passkey."""
    account, key, own = officer(Role.AUDITOR, places[0]), Authenticator(), browser()
    assert own.password(account.login)[0] == 303
    assert own.register(key) == (200, {"to": "/office/me?done=1"})
    return account, key


def test_a_passkey_opens_alone_and_leads_where_one_wanted_to_go(
    node: Node, browser: Callable[[], Browser], holder: tuple[Account, Authenticator]
) -> None:
    account, key = holder
    one = browser()
    assert one.post("/office/sign-in/passkey", credential=key.shown(one.options(), ORIGIN)) == (
        200,
        {"to": "/office/audit"},
    )
    assert one.is_in
    assert "办公室电脑" in one.http.get("/office/me").text
    with node.reading() as db:
        newest = audit.entries(db, Scope.everything(), Sought(login=account.login, act="sign-in"))[0]
    assert newest.detail == {"how": "passkey"}


def test_after_the_password_the_passkey_is_wanted_too(
    browser: Callable[[], Browser], holder: tuple[Account, Authenticator]
) -> None:
    account, key = holder
    one = browser()
    status, page = one.password(account.login)
    assert (status, "data-options" in page, one.is_in) == (200, True, False)
    options = _options_in(page)
    assert (
        one.post("/office/sign-in/passkey", credential=key.shown(options, ORIGIN))[1]["why"] == "challenge"
    )  # not as one alone
    options = _options_in(one.password(account.login)[1])
    assert one.post("/office/sign-in/passkey", second="1", credential=key.shown(options, ORIGIN))[0] == 200
    assert one.is_in


def _options_in(page: str) -> str:
    return html.unescape(page.partition('data-options="')[2].partition('"')[0])


def test_another_accounts_passkey_is_no_second_factor(
    browser: Callable[[], Browser], holder: tuple[Account, Authenticator], officer: Officer, places: tuple[Place, Place]
) -> None:
    other, key, own = officer(Role.AUDITOR, places[0]), Authenticator(), browser()
    own.password(other.login)
    own.register(key)
    one = browser()
    options = _options_in(one.password(holder[0].login)[1])
    assert one.post("/office/sign-in/passkey", second="1", credential=key.shown(options, ORIGIN))[1]["why"] == "other"
    holder[1].handle = key.handle  # says that it is the other one's
    assert one.post("/office/sign-in/passkey", credential=holder[1].shown(one.options(), ORIGIN))[1]["why"] == "other"
    assert not one.is_in


@pytest.mark.parametrize(
    "said", [{"origin": "http://evil.example"}, {"origin": "https://office.example"}, {"challenge": "AAAA"}, {"rp": "evil.example"},
             {"type": "webauthn.create"}],
)  # fmt: skip
def test_an_answer_for_another_site_or_challenge_opens_nothing(
    browser: Callable[[], Browser], holder: tuple[Account, Authenticator], said: dict[str, str]
) -> None:
    one = browser()
    credential = holder[1].shown(one.options(), **{"origin": ORIGIN, **said})
    assert one.post("/office/sign-in/passkey", credential=credential)[1]["why"] == "answer"
    assert not one.is_in


def test_a_key_that_did_not_verify_its_user_or_has_another_signature_opens_nothing(
    browser: Callable[[], Browser], holder: tuple[Account, Authenticator]
) -> None:
    one, key = browser(), holder[1]
    key.verified = False
    assert one.post("/office/sign-in/passkey", credential=key.shown(one.options(), ORIGIN))[1]["why"] == "answer"
    forged = Authenticator(id=key.id, handle=key.handle, count=key.count)
    assert one.post("/office/sign-in/passkey", credential=forged.shown(one.options(), ORIGIN))[1]["why"] == "answer"
    assert not one.is_in


def test_a_challenge_is_good_once_for_two_minutes_and_in_its_browser(
    browser: Callable[[], Browser], holder: tuple[Account, Authenticator]
) -> None:
    one, other, key = browser(), browser(), holder[1]
    credential = key.shown(one.options(), ORIGIN)
    assert other.post("/office/sign-in/passkey", credential=credential)[1]["why"] == "challenge"
    other.options()
    assert other.post("/office/sign-in/passkey", credential=credential)[1]["why"] == "answer"
    assert one.post("/office/sign-in/passkey", credential=credential)[0] == 200
    cookie = one.http.cookies.get("entry")
    assert cookie is None
    assert one.post("/office/sign-in/passkey", credential=credential)[1]["why"] == "challenge"
    late = browser()
    credential = key.shown(late.options(), ORIGIN)
    late.clock.later = timedelta(minutes=2)
    assert late.post("/office/sign-in/passkey", credential=credential)[1]["why"] == "challenge"


def test_a_replayed_challenge_is_refused_though_its_cookie_is_kept(
    browser: Callable[[], Browser], holder: tuple[Account, Authenticator]
) -> None:
    one, key = browser(), holder[1]
    options = one.options()
    cookie = one.http.cookies["entry"]
    assert one.post("/office/sign-in/passkey", credential=key.shown(options, ORIGIN))[0] == 200
    thief = browser()
    thief.http.cookies.set("entry", cookie)
    assert thief.post("/office/sign-in/passkey", credential=key.shown(options, ORIGIN))[1]["why"] == "challenge"


def test_a_copied_key_is_refused_and_noted(
    node: Node, browser: Callable[[], Browser], holder: tuple[Account, Authenticator]
) -> None:
    account, key = holder
    key.count = 7
    one = browser()
    assert one.post("/office/sign-in/passkey", credential=key.shown(one.options(), ORIGIN))[0] == 200
    key.count = 3
    copied = browser()
    assert copied.post("/office/sign-in/passkey", credential=key.shown(copied.options(), ORIGIN))[1]["why"] == "copied"
    assert not copied.is_in
    with node.reading() as db:
        (entry,) = audit.entries(db, Scope.everything(), Sought(login=account.login, act="passkey.suspect"))
    assert (entry.detail["had"], entry.detail["came"]) == (8, 4)


def test_registering_wants_the_password_and_an_answer_of_this_site(
    browser: Callable[[], Browser], officer: Officer, places: tuple[Place, Place]
) -> None:
    one, key = browser(), Authenticator()
    one.password(officer(Role.CLERK, places[0]).login)
    for password in ("", "wrong wrong wrong"):
        assert one.post("/office/me/passkeys/begin", name="x", password=password)[1]["why"] == "old-password"
    assert one.register(key, origin="http://evil.example")[1]["why"] == "answer"
    assert one.register(replace(key, verified=False))[1]["why"] == "answer"
    assert one.post("/office/me/passkeys", credential="{}")[1]["why"] == "challenge"
    assert one.post("/office/me/passkeys/begin", name="x" * 41, password=PASSWORD)[1]["why"] == "name"
    assert one.register(key)[0] == 200
    assert one.register(key)[1]["why"] == "taken"


def test_an_id_that_another_account_registered_cannot_be_taken_over(
    browser: Callable[[], Browser], holder: tuple[Account, Authenticator], officer: Officer, places: tuple[Place, Place]
) -> None:
    one = browser()
    one.password(officer(Role.CLERK, places[0]).login)
    assert one.register(Authenticator(id=holder[1].id))[1]["why"] == "taken"


def test_a_removed_passkey_and_a_closed_account_open_nothing(
    node: Node, browser: Callable[[], Browser], holder: tuple[Account, Authenticator]
) -> None:
    account, key = holder
    one = browser()
    one.post("/office/sign-in/passkey", credential=key.shown(one.options(), ORIGIN))
    with node.reading() as db:
        (kept,) = passkeys.of_account(db, account.id)
    form = sessions.form_secret(one.http.cookies["office"])
    wrong = one.http.post(f"/office/me/passkeys/{kept.id}/remove", data={"form": form, "password": "wrong"})
    assert (wrong.status_code, "没有变" in wrong.text) == (422, True)
    done = one.http.post(f"/office/me/passkeys/{kept.id}/remove", data={"form": form, "password": PASSWORD})
    assert done.status_code == 303
    gone = browser()
    assert gone.post("/office/sign-in/passkey", credential=key.shown(gone.options(), ORIGIN))[1]["why"] == "unknown"
    assert gone.password(account.login)[0] == 303
    gone.register(key)
    with node.transaction() as db:
        db.execute(sa.text("UPDATE account SET closed_at = now() WHERE id = :a"), {"a": account.id})
    closed = browser()
    assert closed.post("/office/sign-in/passkey", credential=key.shown(closed.options(), ORIGIN))[1]["why"] == "unknown"


@pytest.mark.parametrize(
    "credential",
    [
        "",
        "x",
        "[]",
        "{}",
        '{"response": 1}',
        '{"rawId": "%", "response": {}}',
        '{"response": {"userHandle": 7}}',
        "{" * 30_000,
    ],
)
def test_what_is_no_answer_is_refused_without_a_fault(browser: Callable[[], Browser], credential: str) -> None:
    one = browser()
    one.options()
    status, said = one.post("/office/sign-in/passkey", credential=credential)
    assert status == 403
    assert said["why"] in ("answer", "unknown")


def test_a_role_that_must_have_a_passkey_gets_no_further_than_its_account(
    node: Node, settings: None, officer: Officer, places: tuple[Place, Place], browser: Callable[[], Browser]
) -> None:
    node.settings = replace(node.settings, passkey_roles="national, auditor")
    one, key = browser(), Authenticator()
    one.password(officer(Role.AUDITOR, places[0]).login)
    assert one.http.get("/office").headers["location"] == "/office/me?passkey=demanded"
    assert one.http.get("/office/me?passkey=demanded").status_code == 200
    form = {"form": sessions.form_secret(one.http.cookies["office"])}
    assert one.http.post("/office/me/feed", data=form).status_code == 303, "no calendar either"
    with node.reading() as db:
        assert (
            db.execute(
                sa.text("SELECT count(*) FROM feed_key f JOIN account a ON a.id = f.account WHERE a.role = 'auditor'")
            ).scalar_one()
            == 0
        )
    assert one.register(key)[0] == 200
    assert one.http.get("/office/audit").status_code == 303
    again = browser()
    assert again.post("/office/sign-in/passkey", credential=key.shown(again.options(), ORIGIN))[0] == 200
    assert again.is_in
    free = browser()
    free.password(officer(Role.CLERK, places[0]).login)
    assert free.is_in


def test_who_lost_a_passkey_is_given_a_password_and_comes_in_with_it_alone(
    node: Node, browser: Callable[[], Browser], holder: tuple[Account, Authenticator]
) -> None:
    with node.transaction() as db:
        accounts.give_password(db, None, holder[0], PASSWORD, datetime.now(UTC))
    one = browser()
    assert one.password(holder[0].login)[0] == 303
    assert (
        one.post("/office/sign-in/passkey", credential=holder[1].shown(browser().options(), ORIGIN))[1]["why"]
        == "challenge"
    )


def test_where_the_address_is_a_number_there_are_no_passkeys(client: Callable[[], TestClient]) -> None:
    assert "passkey.js" not in client().get("/office/sign-in").text
    answer = client().post("/office/sign-in/passkey/options", data={"back": ""})
    assert (answer.status_code, answer.json()["why"]) == (403, "nowhere")
