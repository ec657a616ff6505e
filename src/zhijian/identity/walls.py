"""The second wall: PostgreSQL itself shows a door's role only rows within the scope that the door has entered.

A door's role owns nothing and bypasses nothing. At the beginning of a transaction the door says whose scope it works in, signed with a
key that only the node and a function of the table's owner know (`scope_granted`). Whoever smuggles SQL into a query can set the
setting, but not sign it: rows of another province stay unseen. The signature holds for one connection and two minutes.

`zhijian.scope` = provinces|institutions|backend pid|epoch seconds|HMAC-SHA256; "*" is all, "" none.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from zhijian.kit.db import Db
from zhijian.kit.scope import Scope

HOLDS = timedelta(minutes=2)
_BLOCK = 64


class NotEntered(Exception):
    """The key in the database is another node's or an older one, or its clock is minutes away."""


def said(scope: Scope) -> str:
    """Raises: ValueError for what would be read as another scope.

    >>> said(Scope.of_province("33")), said(Scope.of_institution("91330106MA2DEMX01W"))
    ('33|*', '*|91330106MA2DEMX01W')
    """
    parts = (scope.provinces, scope.institutions)
    if any(not one.isalnum() for part in parts for one in part or ()):
        raise ValueError("a scope holds codes: letters and digits")
    return "|".join("*" if part is None else ",".join(sorted(part)) for part in parts)


def setting(scope: Scope, pid: int, key: bytes, at: datetime) -> str:
    text = f"{said(scope)}|{pid}|{int((at + HOLDS).timestamp())}"
    return f"{text}|{hmac.new(key, text.encode(), hashlib.sha256).hexdigest()}"


def entered(db: Db, scope: Scope, key: bytes, at: datetime) -> None:
    """For the rest of the caller's transaction. Raises: NotEntered, rather than to show that there is nothing."""
    pid = db.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
    db.execute(sa.select(sa.func.set_config("zhijian.scope", setting(scope, pid, key, at), True)))
    granted = db.execute(sa.text("SELECT array_to_string(scope_granted(), '|')")).scalar_one()
    if granted != said(scope):
        raise NotEntered(
            "the database does not take this node's word: run `zhijian admin prepare`, and compare the clocks of both"
        )


def pads(key: bytes) -> tuple[bytes, bytes]:
    """The two blocks of RFC 2104, which is all that the function in the database needs."""
    block = key.ljust(_BLOCK, b"\0")
    return bytes(b ^ 0x36 for b in block), bytes(b ^ 0x5C for b in block)


def keyed(db: Db, key: bytes) -> None:
    """Tells the owner's function the key. By the owner."""
    inner, outer = pads(key)
    db.execute(sa.text("DELETE FROM scope_key"))
    db.execute(sa.text("INSERT INTO scope_key (ipad, opad) VALUES (:i, :o)"), {"i": inner, "o": outer})


def role_of(database: str) -> str:
    """Name of the door's role. Roles are the server's, so that two databases of one server want two."""
    return f"zhijian_office_{hashlib.sha256(database.encode()).hexdigest()[:12]}"


def manned(db: Db, password: str, rights: Mapping[str, Sequence[str]]) -> str:
    """The door's role with what it may: `SELECT, INSERT` → tables. Its name. By the owner.

    Idempotent; the password is set anew each time.
    """
    (database,) = db.execute(sa.text("SELECT current_database()")).one()
    role = role_of(database)
    if db.execute(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :r"), {"r": role}).first() is None:
        db.execute(sa.text(f"CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS"))
    raw: Any = db.connection.driver_connection
    kept = raw.pgconn.encrypt_password(
        password.encode(), role.encode(), b"scram-sha-256"
    ).decode()  # for logs of statements
    db.execute(sa.text(f"ALTER ROLE {role} PASSWORD '{kept}'".replace(":", "\\:")))
    db.execute(
        sa.text(f'REVOKE TEMPORARY ON DATABASE "{database}" FROM PUBLIC')
    )  # a table of one's own could stand before a real one
    db.execute(sa.text(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}"))
    db.execute(sa.text(f"GRANT USAGE ON SCHEMA public TO {role}"))
    for right, names in rights.items():
        db.execute(sa.text(f"GRANT {right} ON {', '.join(names)} TO {role}"))
    return role
