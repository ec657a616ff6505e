"""Signing in by a provider, against a small real one over HTTP; and what a false one, or a thief of addresses, might try."""

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from starlette.testclient import TestClient
from tests.office.conftest import Place

from zhijian.identity import accounts, audit
from zhijian.identity.audit import Sought
from zhijian.identity.model import Account
from zhijian.kit.principal import Role
from zhijian.kit.scope import Scope
from zhijian.kit.settings import Settings, SettingWrong
from zhijian.web.office import office_app
from zhijian.wiring import Node

CLIENT, SECRET = "zhijian", "s3cret of the client"
Officer = Callable[[Role, Place], Account]
KEYS: dict[str, Any] = {
    "RS256": RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"}),
    "ES256": ECKey.generate_key("P-256", {"kid": "ec", "use": "sig"}),
}


@dataclass
class Provider:
    """An OpenID provider that does what the specification says, but for what a test has it do otherwise."""

    login: str = ""
    algorithm: str = "RS256"
    claims: dict[str, Any] = field(default_factory=dict)
    discovery: dict[str, Any] = field(default_factory=dict)
    token: Callable[["Provider", dict[str, Any]], str] | None = None
    address: str = ""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def grant(self, query: dict[str, str]) -> str:
        """The user said yes: a code that goes with what the browser brought."""
        assert (query["response_type"], query["client_id"], query["code_challenge_method"]) == ("code", CLIENT, "S256")
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return code

    def answer(self, path: str, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            ends = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
            return 200, {
                "issuer": self.address,
                **{name: self.address + end for name, end in ends.items()},
                **self.discovery,
            }
        if path == "/keys":
            return 200, {"keys": [key.as_dict(private=False) for key in KEYS.values()]}
        query = self.codes.pop(form.get("code", ""), None)
        verified = (
            base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
            .rstrip(b"=")
            .decode()
        )
        known = (
            base64.b64decode(authorization.removeprefix("Basic ")).decode() == f"{CLIENT}:{SECRET.replace(' ', '%20')}"
        )
        if (
            query is None
            or not known
            or verified != query["code_challenge"]
            or form["redirect_uri"] != query["redirect_uri"]
        ):
            return 400, {"error": "invalid_grant"}
        claims = {"iss": self.address, "aud": CLIENT, "sub": "1", "nonce": query["nonce"], "iat": int(time.time()),
                  "exp": int(time.time()) + 300, "preferred_username": self.login, **self.claims}  # fmt: skip
        return 200, {"token_type": "Bearer", "access_token": "x", "id_token": (self.token or signed)(self, claims)}


def signed(provider: Provider, claims: dict[str, Any]) -> str:
    key = KEYS[provider.algorithm]
    return jwt.encode({"alg": provider.algorithm, "kid": key.kid}, claims, key)


def unsigned(provider: Provider, claims: dict[str, Any]) -> str:
    parts = (json.dumps(one).encode() for one in ({"alg": "none"}, claims))
    return ".".join(base64.urlsafe_b64encode(one).rstrip(b"=").decode() for one in parts) + "."


def with_the_public_key_as_secret(provider: Provider, claims: dict[str, Any]) -> str:
    parts = (json.dumps(one).encode() for one in ({"alg": "HS256", "kid": "rsa"}, claims))
    said = ".".join(base64.urlsafe_b64encode(one).rstrip(b"=").decode() for one in parts)
    made = hmac.new(KEYS["RS256"].as_pem(private=False), said.encode(), hashlib.sha256).digest()
    return f"{said}.{base64.urlsafe_b64encode(made).rstrip(b'=').decode()}"


def by_another_key(provider: Provider, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS256", "kid": "rsa"}, claims, RSAKey.generate_key(2048, {"kid": "rsa"}))


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, list[Provider]]]:
    """Its address, and which provider answers there now."""
    now: list[Provider] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            status, said = now[0].answer(urlsplit(self.path).path, form, self.headers.get("authorization", ""))
            raw = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}", now
    running.shutdown()
    running.server_close()


@pytest.fixture
def provider(server: tuple[str, list[Provider]], officer: Officer, places: tuple[Place, Place]) -> Provider:
    made = Provider(officer(Role.AUDITOR, places[0]).login, address=server[0])
    server[1][:] = [made]
    return made


@pytest.fixture
def browser(node: Node, provider: Provider, tmp_path: Path) -> Iterator[Callable[[], TestClient]]:
    file, before = tmp_path / "secret", node.settings
    file.write_text(SECRET + "\n")
    node.settings = replace(before, oidc_issuer=provider.address, oidc_client_id=CLIENT, oidc_secret_file=str(file))
    app = office_app(node, lambda: datetime.now(UTC), free_of_limit=True)
    yield lambda: TestClient(
        app, base_url="http://127.0.0.1:8000", follow_redirects=False, raise_server_exceptions=False
    )
    node.settings = before


def gone(http: TestClient, back: str = "") -> dict[str, str]:
    """To the provider: the query with which the browser arrives there."""
    answer = http.get("/office/sign-in/oidc", params={"back": back})
    assert answer.status_code == 303, answer.text
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def came_back(http: TestClient, provider: Provider, query: dict[str, str], **other: str) -> Any:
    return http.get(
        "/office/sign-in/oidc/back", params={"code": provider.grant(query), "state": query["state"], **other}
    )


def is_in(http: TestClient) -> bool:
    return http.get("/office").status_code == 200


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_who_has_an_account_here_comes_in_by_the_provider(
    node: Node, provider: Provider, browser: Callable[[], TestClient], algorithm: str
) -> None:
    provider.algorithm, http = algorithm, browser()
    assert "127.0.0.1" in http.get("/office/sign-in").text
    answer = came_back(http, provider, gone(http, "/office/audit?act=x"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/office/audit?act=x")
    assert is_in(http)
    with node.reading() as db:
        assert audit.entries(db, Scope.everything(), Sought(login=provider.login, act="sign-in"))[0].detail == {
            "how": "oidc"
        }


@pytest.mark.parametrize(
    "claims",
    [{"nonce": "x"}, {"nonce": None}, {"aud": "other"}, {"aud": [CLIENT, "other"]}, {"aud": None}, {"azp": "other"}, {"iss": "https://evil.example"},
     {"exp": 0}, {"exp": "soon"}, {"exp": None}, {"iat": 99999999999}],
)  # fmt: skip
def test_a_token_that_is_not_for_this_try_opens_nothing(
    provider: Provider, browser: Callable[[], TestClient], claims: dict[str, Any]
) -> None:
    provider.claims, http = claims, browser()
    answer = came_back(http, provider, gone(http))
    assert (answer.status_code, "核对不上" in answer.text) == (401, True)
    assert not is_in(http)


@pytest.mark.parametrize(
    "token", [unsigned, with_the_public_key_as_secret, by_another_key, lambda p, c: "x", lambda p, c: None]
)
def test_a_token_that_is_not_signed_by_the_provider_opens_nothing(
    provider: Provider, browser: Callable[[], TestClient], token: Callable[[Provider, dict[str, Any]], str]
) -> None:
    provider.token, http = token, browser()
    assert came_back(http, provider, gone(http)).status_code == 401
    assert not is_in(http)


def test_the_state_of_another_browser_opens_nothing(provider: Provider, browser: Callable[[], TestClient]) -> None:
    victim, attacker = browser(), browser()
    query = gone(attacker)
    for _ in range(2):  # without a try of its own, and with one
        answer = came_back(victim, provider, query)
        assert (answer.status_code, "这个浏览器" in answer.text) == (401, True)
        assert not is_in(victim)
        gone(victim)
    assert came_back(attacker, provider, query, state="x").status_code == 401
    assert came_back(attacker, provider, query).status_code == 401  # that try is used up


def test_a_try_is_good_once(provider: Provider, browser: Callable[[], TestClient]) -> None:
    http = browser()
    query = gone(http)
    cookie = http.cookies["entry"]
    assert came_back(http, provider, query).status_code == 303
    thief = browser()
    thief.cookies.set("entry", cookie)
    assert came_back(thief, provider, query).status_code == 401


def test_a_code_that_was_stolen_is_worth_nothing_without_the_verifier(
    provider: Provider, browser: Callable[[], TestClient]
) -> None:
    victim, thief = browser(), browser()
    code = provider.grant(gone(victim))
    own = gone(thief)
    answer = thief.get("/office/sign-in/oidc/back", params={"code": code, "state": own["state"]})
    assert (answer.status_code, is_in(thief)) == (401, False)


@pytest.mark.parametrize("login", ["nobody-has-this", "", "a\x00b", "' OR 1=1 --", 7, None, ["x"]])
def test_a_login_that_is_not_here_stays_out_and_no_account_is_made(
    node: Node, provider: Provider, browser: Callable[[], TestClient], login: Any
) -> None:
    with node.reading() as db:
        before = len(accounts.listed(db, Scope.everything()))
    provider.claims, http = {"preferred_username": login}, browser()
    answer = came_back(http, provider, gone(http))
    assert (answer.status_code, "没有您的账号" in answer.text) == (401, True)
    with node.reading() as db:
        assert len(accounts.listed(db, Scope.everything())) == before


@pytest.mark.parametrize("folded", [lambda login: login.replace("k", "\u212a"), lambda login: login + " " * 60 + "x"])
def test_a_name_that_is_only_like_a_login_is_nobody_s(
    node: Node, provider: Provider, browser: Callable[[], TestClient], folded: Callable[[str], str]
) -> None:
    with node.transaction() as db:
        login = "kong-" + secrets.token_hex(4)
        accounts.add(db, None, login, "孔", Role.AUDITOR, None, datetime.now(UTC))
    provider.claims, http = {"preferred_username": folded(login)}, browser()
    assert came_back(http, provider, gone(http)).status_code == 401
    provider.claims, http = {"preferred_username": login.upper()}, browser()
    assert came_back(http, provider, gone(http)).status_code == 303


def test_a_closed_account_stays_out_and_is_noted(
    node: Node, provider: Provider, browser: Callable[[], TestClient]
) -> None:
    http = browser()
    with node.transaction() as db:
        found = accounts.found(db, Scope.everything(), provider.login)
        assert found is not None
        accounts.close(db, None, found, "离职", datetime.now(UTC))
    assert came_back(http, provider, gone(http)).status_code == 401
    with node.reading() as db:
        assert audit.entries(db, Scope.everything(), Sought(login="node", act="sign-in.refused", thing=provider.login))


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "/office/../../x", "javascript:alert(1)", "/office\r\nx: y"]
)
def test_coming_back_leads_nowhere_else(provider: Provider, browser: Callable[[], TestClient], back: str) -> None:
    http = browser()
    assert came_back(http, provider, gone(http, back)).headers["location"] == "/office"


@pytest.mark.parametrize(
    "discovery",
    [{"issuer": "https://evil.example"}, {"jwks_uri": "https://evil.example/keys"}, {"token_endpoint": "http://127.0.0.1:1/token"},
     {"authorization_endpoint": "https://evil.example/a"}, {"jwks_uri": None}, {"jwks_uri": "http://127.0.0.1:99999/"}],
)  # fmt: skip
def test_nothing_is_fetched_from_anywhere_else(
    provider: Provider, browser: Callable[[], TestClient], discovery: dict[str, Any]
) -> None:
    provider.discovery = discovery
    answer = browser().get("/office/sign-in/oidc")
    assert (answer.status_code, "答不上来" in answer.text) == (503, True)
    assert set(provider.asked) == {"/.well-known/openid-configuration"}


def test_a_no_of_the_provider_and_another_issuer_are_told(
    provider: Provider, browser: Callable[[], TestClient]
) -> None:
    http = browser()
    query = gone(http)
    answer = http.get("/office/sign-in/oidc/back", params={"error": "access_denied", "state": query["state"]})
    assert (answer.status_code, "没有让您登录" in answer.text) == (401, True)
    assert came_back(http, provider, gone(http), iss="https://evil.example").status_code == 503


def test_without_a_provider_there_is_no_such_way(client: Callable[[], TestClient]) -> None:
    for path in ("/office/sign-in/oidc", "/office/sign-in/oidc/back"):
        assert client().get(path).status_code == 404


@pytest.mark.parametrize(
    "given", [{"oidc_issuer": "http://idp.example", "oidc_client_id": "x"}, {"oidc_issuer": "https://idp.example"}, {"oidc_client_id": "x"},
              {"passkey_roles": "king"}, {"oidc_issuer": "https://u@idp.example", "oidc_client_id": "x"}]
)  # fmt: skip
def test_a_setting_that_cannot_work_is_said(tmp_path: Path, given: dict[str, str]) -> None:
    with pytest.raises(SettingWrong):
        Settings(tmp_path, **given)  # type: ignore[arg-type]
