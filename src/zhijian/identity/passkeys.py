"""Passkeys (W3C Web Authentication Level 2): registered after the password, then alone, or as a second factor after it.

The authenticator shows that it has verified its user. A sign count that does not grow means that a key was copied: refused and noted.
"""

import hashlib
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec
import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from zhijian.identity import audit, challenges, sessions
from zhijian.identity import entry_store as store
from zhijian.identity import store as accounts_store
from zhijian.identity.model import Account, IdentityError
from zhijian.kit.db import Db
from zhijian.kit.principal import Principal

MOST, LONGEST_NAME, LARGEST = 10, 40, 20_000
"""Passkeys of an account; characters of a name; bytes of what a browser sends."""
ALONE, SECOND, _REGISTER = "enter", "second", "register"
_REQUIRED = UserVerificationRequirement.REQUIRED


class PasskeyRefused(IdentityError):
    """`value`: challenge (used, over two minutes old, another browser's), answer (does not verify), unknown, other (another account's),
    copied (the sign count went back), name, many, taken."""

    why = "passkey-refused"


@dataclass(frozen=True, slots=True)
class Party:
    """Who asks for passkeys: the office's address, as the settings have it, never as a request does."""

    origin: str
    id: str

    @classmethod
    def of(cls, office_url: str) -> "Party | None":
        """None where browsers have no passkeys: an address in numbers.

        >>> Party.of("https://office.example:8443/x"), Party.of("http://127.0.0.1:8000")
        (Party(origin='https://office.example:8443', id='office.example'), None)
        """
        parts = urlsplit(office_url)
        host = parts.hostname or ""
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return cls(f"{parts.scheme}://{parts.netloc}", host) if host else None
        return None


@dataclass(frozen=True, slots=True)
class Passkey:
    id: str
    """base64url"""
    name: str
    made_at: datetime
    used_at: datetime | None


def of_account(db: Db, account: int) -> list[Passkey]:
    return [
        Passkey(bytes_to_base64url(bytes(r["id"])), r["name"], r["made_at"], r["used_at"])
        for r in store.of_account(db, account)
    ]


def registering(db: Db, party: Party, who: Principal, name: str, cookie: str, at: datetime) -> str:
    """Options for the browser, as JSON. The caller has just seen the password. Raises: PasskeyRefused."""
    if not 0 < len(name.strip()) <= LONGEST_NAME:
        raise PasskeyRefused("name")
    there = store.of_account(db, who.account)
    if len(there) >= MOST:
        raise PasskeyRefused("many")
    challenge = challenges.begin(db, _REGISTER, cookie, at, account=who.account, kept=name.strip())
    options = webauthn.generate_registration_options(
        rp_id=party.id, rp_name="智检 Zhijian", user_id=_handle(who.account), user_name=who.login, user_display_name=who.name,
        challenge=challenge, timeout=int(challenges.LIVES.total_seconds() * 1000), exclude_credentials=_named(there),
        authenticator_selection=AuthenticatorSelectionCriteria(resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_REQUIRED),
    )  # fmt: skip
    return webauthn.options_to_json(options)


def register(db: Db, party: Party, who: Principal, credential: str, cookie: str, at: datetime) -> None:
    """Raises: PasskeyRefused; the caller's transaction is committed all the same."""
    waits = challenges.take(db, _REGISTER, cookie, at)
    if waits is None or waits.account != who.account:
        raise PasskeyRefused("challenge")
    try:
        made = webauthn.verify_registration_response(
            credential=_read(credential), expected_challenge=waits.challenge, expected_rp_id=party.id,
            expected_origin=party.origin, require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, ValueError, TypeError, KeyError) as why:
        raise PasskeyRefused("answer") from why
    values = {"id": made.credential_id, "account": who.account, "name": waits.kept, "public_key": made.credential_public_key,
              "sign_count": made.sign_count, "made_at": at}  # fmt: skip
    if not store.add(db, values):
        raise PasskeyRefused("taken")
    audit.noted(db, who, "passkey.added", who.login, at, detail={"name": waits.kept})


def remove(db: Db, who: Principal, number: str, at: datetime) -> None:
    """One's own. Raises: PasskeyRefused."""
    try:
        raw = base64url_to_bytes(number)
    except ValueError:
        raise PasskeyRefused("unknown") from None
    if not store.remove(db, who.account, raw):
        raise PasskeyRefused("unknown")
    audit.noted(db, who, "passkey.removed", who.login, at)


def entering(db: Db, party: Party, cookie: str, at: datetime, account: Account | None = None, kept: str = "") -> str:
    """Options as JSON: of any account, or of the one whose password was right (then only its passkeys will do)."""
    purpose, allowed = (ALONE, []) if account is None else (SECOND, _named(store.of_account(db, account.id)))
    challenge = challenges.begin(db, purpose, cookie, at, account=account.id if account else None, kept=kept)
    options = webauthn.generate_authentication_options(
        rp_id=party.id, challenge=challenge, timeout=int(challenges.LIVES.total_seconds() * 1000),
        allow_credentials=allowed or None, user_verification=_REQUIRED,
    )  # fmt: skip
    return webauthn.options_to_json(options)


def entered(db: Db, party: Party, credential: str, purpose: str, cookie: str, at: datetime) -> tuple[Account, str]:
    """(whose passkey answered, what was kept with the challenge). Raises: PasskeyRefused; the caller's transaction is committed all the same."""
    waits = challenges.take(db, purpose, cookie, at)
    if waits is None:
        raise PasskeyRefused("challenge")
    given = _read(credential)
    row = store.by_id(db, _id_of(given))
    if row is None:
        raise PasskeyRefused("unknown")
    if (purpose == SECOND and row["account"] != waits.account) or _handle_of(given) not in (
        None,
        _handle(row["account"]),
    ):
        raise PasskeyRefused("other")
    try:
        seen = webauthn.verify_authentication_response(
            credential=given, expected_challenge=waits.challenge, expected_rp_id=party.id, expected_origin=party.origin,
            credential_public_key=bytes(row["public_key"]), credential_current_sign_count=0, require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, ValueError, TypeError, KeyError) as why:
        raise PasskeyRefused("answer") from why
    found = accounts_store.by_id(db, row["account"])
    if found is None or found["closed_at"] is not None:
        raise PasskeyRefused("unknown")
    account = sessions.account_of(found)
    if (seen.new_sign_count or row["sign_count"]) and seen.new_sign_count <= row["sign_count"]:
        audit.noted(db, account.principal, "passkey.suspect", account.login, at,
                    detail={"name": row["name"], "had": row["sign_count"], "came": seen.new_sign_count})  # fmt: skip
        raise PasskeyRefused("copied")
    store.used(db, row["id"], seen.new_sign_count, at)
    return account, waits.kept


def _read(credential: str) -> dict[str, Any]:
    """Raises: PasskeyRefused."""
    try:
        found = msgspec.json.decode(credential) if len(credential) <= LARGEST else None
    except msgspec.DecodeError:
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("response"), dict):
        raise PasskeyRefused("answer")
    return found


def _id_of(given: dict[str, Any]) -> bytes:
    try:
        return base64url_to_bytes(str(given.get("rawId", "")))
    except ValueError:
        raise PasskeyRefused("answer") from None


def _handle_of(given: dict[str, Any]) -> bytes | None:
    handle = given["response"].get("userHandle")
    try:
        return base64url_to_bytes(str(handle)) if handle else None
    except ValueError:
        raise PasskeyRefused("answer") from None


def _handle(account: int) -> bytes:
    """By which an authenticator knows the account; says nothing of who it is."""
    return hashlib.sha256(f"zhijian-account-{account}".encode()).digest()[:16]


def _named(rows: Sequence[store.Row]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=bytes(row["id"])) for row in rows]
