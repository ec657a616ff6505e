"""Institution keys: asked for, granted or refused, renewed, revoked.

Who asks shows that the key is in his hands, by a signature of the new key over its own request; an institution asks
through the API, signed with the key it has, and the operator decides, who alone can have the trust list sealed. A key is
revoked as of the time of its compromise: what the log saw before stays good, what came after does not count.
"""

from datetime import datetime

from zhijian.codes import key_store
from zhijian.codes.credential import kid_of
from zhijian.codes.keyring import KeyTaken, issue_keys
from zhijian.codes.model import CodesError, KeyOrder
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.kit.signing import BadSignature, PrivateKey, PublicKey


class KeyNotShown(CodesError):
    """The request is not signed by the key it asks for."""

    why = "key-not-shown"


class KeyUnknown(CodesError):
    """No such key, or no request for it waits."""

    why = "key-unknown"

    def __init__(self, kid: str, message: str = "") -> None:
        super().__init__(kid, message or f"没有密钥 no key {kid}；见 see `zhijian admin key list`")


def possession(uscc: str, key: PublicKey) -> bytes:
    """What the new key signs to show that it is in its holder's hands.

    >>> from zhijian.kit.signing import Suite
    >>> print(possession("91330000MA0000000A", PublicKey(Suite.SM2, b"\\4" + bytes(64))).decode()[:54])
    zhijian-key-request-v1
    91330000MA0000000A
    SM2-SM3
    0400
    """
    return f"zhijian-key-request-v1\n{uscc}\n{key.suite}\n{key.point.hex()}\n".encode()


def shown(uscc: str, key: PrivateKey) -> bytes:
    """The signature that `ask` wants, as a holder makes it."""
    return key.sign(possession(uscc, key.public))


def ask(
    db: Db, scope: Scope, uscc: str, name: str, key: PublicKey, proof: bytes, asked_by: str | None, at: datetime
) -> str:
    """Put a request down; the kid it will have. `asked_by` is the key that signed the API's request.

    Raises: KeyNotShown, KeyTaken (also when it was asked for before).
    """
    try:
        key.verify(possession(uscc, key), proof)
    except (BadSignature, ValueError) as why:
        raise KeyNotShown(uscc, f"the new key did not sign the request for itself: {why}") from why
    kid = kid_of(key).hex()
    if key_store.key(db, kid) or key_store.key_request(db, kid):
        raise KeyTaken(kid)
    key_store.insert_key_request(db, scope, {
        "kid": kid, "uscc": uscc, "name": name, "suite": key.suite.value, "point": key.point, "asked_by": asked_by,
        "asked_at": at,
    })  # fmt: skip
    return kid


def grant(db: Db, scope: Scope, kid: str, institution: str, reports_per_day: int, at: datetime) -> None:
    """Let the key asked for speak for its institution (`institution`: its index in the codes). Publish a trust list after.

    Raises: KeyUnknown, KeyTaken.
    """
    row = _waiting(db, kid)
    key = PublicKey(key_store.suite(row), bytes(row["point"]))
    issue_keys(db, scope, [KeyOrder(row["uscc"], institution, row["name"], key)], reports_per_day, at)
    key_store.decide_key_request(db, kid, True, None, at)


def refuse(db: Db, kid: str, reason: str, at: datetime) -> None:
    """Raises: KeyUnknown."""
    _waiting(db, kid)
    key_store.decide_key_request(db, kid, False, reason, at)


def revoke(db: Db, kid: str, since: datetime, reason: str, at: datetime) -> None:
    """Revoke as of `since`, the time of compromise. An earlier time than the one on record is taken, a later one is not:
    what was not believed once is not believed again. Publish a trust list after.

    Raises: KeyUnknown; CodesError (revocation-in-future).
    """
    row = key_store.key(db, kid)
    if row is None:
        raise KeyUnknown(kid)
    if since > at:
        raise RevocationWrong(kid, f"{since.isoformat()} is still to come")
    if row["revoked_at"] is not None and row["revoked_at"] <= since:
        raise RevocationWrong(kid, f"it is revoked already, as of {row['revoked_at'].isoformat()}")
    key_store.revoke_key(db, kid, since, reason, at)


class RevocationWrong(CodesError):
    """The time of compromise lies in the future, or behind the one on record."""

    why = "revocation-wrong"


def _waiting(db: Db, kid: str) -> key_store.Row:
    row = key_store.key_request(db, kid)
    if row is None or row["decided_at"] is not None:
        raise KeyUnknown(kid, f"没有待决的申请 no request for key {kid} waits")
    return row
