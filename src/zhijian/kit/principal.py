"""Who acts: an account with its roles, and how far it sees. Doors make one of a session or a key; rooms are handed it."""

from dataclasses import dataclass
from enum import StrEnum

from zhijian.kit.scope import Scope


class Role(StrEnum):
    """What a person is to the platform. `identity/data/rights.csv` says what each may do."""

    NATIONAL = "national"
    PROVINCIAL = "provincial"
    CITY = "city"
    INSPECTOR = "inspector"
    REVIEWER = "reviewer"
    MANAGER = "manager"
    """Of a laboratory."""
    CLERK = "clerk"
    """Report clerk of a laboratory."""
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    """Manages accounts and does nothing else: who decides cannot make himself a second person."""


OF_LABORATORY = frozenset({Role.MANAGER, Role.CLERK})
NATIONWIDE = frozenset({Role.NATIONAL, Role.AUDITOR})
"""Have no area. An administrator may have one, all others do."""


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody at the command line of the node, who may do everything there; the operating system says who."""

    user: str

    @property
    def login(self) -> str:
        """No account's: theirs hold no colon."""
        return f"os:{self.user}"[:60]


@dataclass(frozen=True, slots=True)
class Principal:
    """An account that is signed in."""

    account: int
    login: str
    name: str
    role: Role
    scope: Scope
    acts: frozenset[str]
    """What its role may do, see `identity.rights`."""
    province: str | None = None
    """Where it belongs, a laboratory's account too; None: nowhere in particular."""

    def may(self, act: str) -> bool:
        return act in self.acts
