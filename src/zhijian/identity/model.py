"""The words of the room. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from zhijian.identity.rights import acts_of
from zhijian.kit.principal import NATIONWIDE, OF_LABORATORY, Principal, Role
from zhijian.kit.scope import Scope

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
"""A session ends after so long without a request, and after so long in any case."""
FREE_TRIES = 5
LONGEST_WAIT = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Account:
    id: int
    login: str
    name: str
    role: Role
    province: str | None
    city: str | None
    uscc: str | None
    closed_at: datetime | None
    synthetic: bool

    @property
    def scope(self) -> Scope:
        """
        >>> Account(1, "w", "王", Role.CITY, "33", "3301", None, None, True).scope.divisions
        frozenset({'3301'})
        """
        if self.role in OF_LABORATORY:
            return Scope.of_institution(self.uscc or "")
        if self.role in NATIONWIDE or (self.role is Role.ADMINISTRATOR and self.province is None):
            return Scope.everything()
        return Scope.of_province(self.province or "", self.city)

    @property
    def principal(self) -> Principal:
        return Principal(self.id, self.login, self.name, self.role, self.scope, acts_of(self.role), self.province)


@dataclass(frozen=True, slots=True)
class Session:
    """What a cookie stands for."""

    principal: Principal
    began_at: datetime
    seen_at: datetime
    ends_at: datetime
    how: str


def wait_after(failures: int) -> timedelta:
    """How long an account lets nobody try after so many wrong passwords in a row.

    >>> [int(wait_after(n).total_seconds()) for n in (4, 5, 6, 10, 40)]
    [0, 1, 2, 32, 900]
    """
    if failures < FREE_TRIES:
        return timedelta()
    return min(timedelta(seconds=2 ** min(failures - FREE_TRIES, 20)), LONGEST_WAIT)


class IdentityError(Exception):
    """`why` is stable; doors put it into words."""

    why = "identity"

    def __init__(self, value: str = "") -> None:
        super().__init__(value)
        self.value = value


class SignInRefused(IdentityError):
    """Login or password is wrong, or the account is closed: which one is not told."""

    why = "sign-in-refused"


class TooManyTries(IdentityError):
    """`value`: seconds to wait."""

    why = "too-many-tries"


class NotSignedIn(IdentityError):
    """There is no session, or it has ended."""

    why = "not-signed-in"


class NotAllowed(IdentityError):
    """`value`: the act that the account's role may not do."""

    why = "not-allowed"


class AccountWrong(IdentityError):
    """`value`: what is wrong with a new account or password (login-taken, short, long, plain, area, laboratory)."""

    why = "account-wrong"
