"""Passwords: argon2id by RFC 9106, and what is no password. Nothing here knows whose it is."""

from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST, MOST = 12, 200
"""Characters. NIST SP 800-63B asks for eight and no rules of composition; an office account gets twelve."""
_hasher = PasswordHasher(time_cost=3, memory_cost=65536, parallelism=1)
_NOBODY = _hasher.hash("nobody has this password")


def hashed(password: str) -> str:
    return _hasher.hash(password)


def right(password: str, kept: str | None) -> bool:
    """Takes the same time when there is no such account (`kept` None), so that nobody learns who has one."""
    try:
        return _hasher.verify(kept or _NOBODY, password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def outdated(kept: str) -> bool:
    """Made with other costs than today's: to be made anew while the password is at hand."""
    return _hasher.check_needs_rehash(kept)


def weak(password: str, login: str) -> str | None:
    """What is wrong with a new password: short, long, plain (one character again and again, a row, the login); else None.

    >>> weak("123456789012", "zhou"), weak("zhouzhouzhou", "zhou"), weak("correct horse battery", "zhou")
    ('plain', 'plain', None)
    """
    if len(password) < LEAST:
        return "short"
    if len(password) > MOST:
        return "long"
    steps = {(ord(b) - ord(a)) for a, b in pairwise(password)}
    rows = "01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm"
    rest = password.casefold().replace(login.casefold(), "")
    if (
        len(steps) == 1
        or len(rest) < 4
        or any(password.casefold() in row + row for row in rows)
        or len(set(password)) < 5
    ):
        return "plain"
    return None
