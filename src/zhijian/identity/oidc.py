"""Signing in by an OpenID provider (OpenID Connect Core 1.0): authorization code with PKCE (RFC 7636), nonce and state.

The provider says who somebody is; the account, its role and its area are ours, and it must be there already. Everything is fetched from
the configured issuer's own address, at sign-in. What goes to the provider is made of a secret that stays here, bound to the browser.
"""

import base64
import contextlib
import hashlib
import hmac
import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from zhijian.identity.model import IdentityError
from zhijian.kit.post import whole_within

ALGORITHMS = ("RS256", "ES256")
PATIENCE_S, MOST_BYTES = 10.0, 1 << 20
SKEW = timedelta(seconds=60)
"""How far the provider's clock may be from ours."""


class OidcRefused(IdentityError):
    """`value`: provider (it cannot be reached, or answers what it must not), state (another browser's, used, too old), refused (the provider
    said no), token (the ID token does not verify), account (none here, or closed)."""

    why = "oidc-refused"


@dataclass(frozen=True, slots=True)
class Client:
    """We, at the provider."""

    issuer: str
    id: str
    secret: str
    claim: str
    redirect: str


@dataclass(frozen=True, slots=True)
class Provider:
    """Of its discovery document."""

    authorize: str
    token: str
    keys: str


@dataclass(frozen=True, slots=True)
class Secrets:
    """What belongs to one try; `state` and `nonce` go to the provider, `verifier` only with the code."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def of(cls, challenge: bytes) -> "Secrets":
        return cls(
            *(_b64(hmac.new(challenge, name, hashlib.sha256).digest()) for name in (b"state", b"nonce", b"verifier"))
        )


def discovered(client: Client) -> Provider:
    """Raises: OidcRefused (provider), also for an address that is not the issuer's."""
    said = _asked(client, client.issuer.rstrip("/") + "/.well-known/openid-configuration")
    found = [said.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    if said.get("issuer") != client.issuer or any(
        not isinstance(u, str) or _origin(u) != _origin(client.issuer) for u in found
    ):
        raise OidcRefused("provider")
    return Provider(*map(str, found))


def address(client: Client, provider: Provider, challenge: bytes) -> str:
    """Where the browser goes."""
    secrets = Secrets.of(challenge)
    asked = {
        "response_type": "code", "client_id": client.id, "redirect_uri": client.redirect, "scope": "openid profile", "state": secrets.state,
        "nonce": secrets.nonce, "code_challenge": _b64(hashlib.sha256(secrets.verifier.encode()).digest()), "code_challenge_method": "S256",
    }  # fmt: skip
    return provider.authorize + ("&" if urlsplit(provider.authorize).query else "?") + urlencode(asked)


def login(client: Client, answer: Mapping[str, str], challenge: bytes | None, at: datetime) -> str:
    """Login that the provider vouches for. `answer`: the query with which the browser came back; `challenge` None: of no try of this browser.

    Raises: OidcRefused.
    """
    secrets = Secrets.of(challenge) if challenge else None
    if secrets is None or not hmac.compare_digest(
        secrets.state.encode(), answer.get("state", "").encode("utf-8", "replace")
    ):
        raise OidcRefused("state")
    if answer.get("iss", client.issuer) != client.issuer:  # RFC 9207
        raise OidcRefused("provider")
    if "error" in answer or not answer.get("code"):
        raise OidcRefused("refused")
    provider = discovered(client)
    form = {"grant_type": "authorization_code", "code": answer["code"], "redirect_uri": client.redirect, "code_verifier": secrets.verifier,
            "client_id": client.id}  # fmt: skip
    said = _asked(client, provider.token, form)
    claims = _verified(client, said.get("id_token"), _asked(client, provider.keys), secrets.nonce, at)
    found = claims.get(client.claim)
    if not isinstance(found, str) or not found.strip():
        raise OidcRefused("account")
    return _login(found)


def _verified(client: Client, token: object, keys: Mapping[str, Any], nonce: str, at: datetime) -> Mapping[str, Any]:
    """Claims of an ID token, by Core 3.1.3.7. Raises: OidcRefused."""
    try:
        claims = jwt.decode(str(token), KeySet.import_key_set(dict(keys)), algorithms=list(ALGORITHMS)).claims  # type: ignore[arg-type]
    except (JoseError, ValueError, KeyError, TypeError) as why:
        raise OidcRefused("token") from why
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    now, skew = at.timestamp(), SKEW.total_seconds()
    holds = (
        claims.get("iss") == client.issuer,
        client.id in audiences,
        len(audiences) == 1 or claims.get("azp") == client.id,
        claims.get("azp", client.id) == client.id,
        _number(claims.get("exp"), 0) > now - skew,
        _number(claims.get("iat"), now + 2 * skew) <= now + skew,
        isinstance(claims.get("nonce"), str) and hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()),
    )
    if not all(holds):
        raise OidcRefused("token")
    return claims


def _number(value: object, otherwise: float) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else otherwise


def _asked(client: Client, url: str, form: Mapping[str, str] | None = None) -> Mapping[str, Any]:
    """JSON of the issuer's address; no redirect is followed. Raises: OidcRefused (provider)."""
    parts = urlsplit(url)
    make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = make(parts.hostname or "", parts.port, timeout=PATIENCE_S)
    headers = {"Accept": "application/json"}
    if form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        if client.secret:
            pair = f"{quote(client.id, safe='')}:{quote(client.secret, safe='')}"
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        with contextlib.closing(connection), whole_within(connection, PATIENCE_S):
            connection.request(
                "POST" if form is not None else "GET",
                path,
                urlencode(form).encode() if form is not None else None,
                headers,
            )
            answer = connection.getresponse()
            body = answer.read(MOST_BYTES + 1)
        found = msgspec.json.decode(body) if answer.status == 200 and len(body) <= MOST_BYTES else None
    except (OSError, http.client.HTTPException, ValueError) as why:
        raise OidcRefused("provider") from why
    if not isinstance(found, dict):
        raise OidcRefused("refused" if form is not None else "provider")
    return found


def _login(found: str) -> str:
    """As it is, in small letters; what is no login here is nobody's: folded or cut it might be another's. Raises: OidcRefused."""
    login = found.strip()
    if not login.isascii() or len(login) > 60:
        raise OidcRefused("account")
    return login.lower()


def _origin(url: str) -> tuple[str, str, int | None]:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return "", "", None


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
