"""Accounts: made and closed by whoever manages the area, each with one role."""

import re
from datetime import datetime

from zhijian.identity import audit, passwords, sessions, store
from zhijian.identity.model import Account, AccountWrong, NotAllowed
from zhijian.kit.db import Db
from zhijian.kit.principal import NATIONWIDE, OF_LABORATORY, Principal, Role
from zhijian.kit.scope import Scope

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{2,59}")
ACT = "accounts.manage"


def add(
    db: Db, who: Principal | None, login: str, name: str, role: Role, password: str | None, at: datetime, *,
    province: str | None = None, city: str | None = None, uscc: str | None = None, synthetic: bool = False,
) -> Account:  # fmt: skip
    """`who` None: the operator at the command line. Raises: AccountWrong, NotAllowed."""
    login = login.strip().lower()
    if not _LOGIN.fullmatch(login) or not name.strip() or len(name) > 60:
        raise AccountWrong("login" if name.strip() else "name")
    if (role in OF_LABORATORY) != (uscc is not None):
        raise AccountWrong("laboratory")
    if (role in NATIONWIDE) == (province is not None) or (role is Role.CITY) != (city is not None):
        raise AccountWrong("area")
    if city is not None and city[:2] != province:
        raise AccountWrong("area")
    if password is not None and (weak := passwords.weak(password, login)):
        raise AccountWrong(weak)
    _may(who, role, province, uscc)
    values = {"login": login, "name": name.strip(), "role": role.value, "province": province, "city": city, "uscc": uscc,
              "password": passwords.hashed(password) if password is not None else None, "made_at": at, "synthetic": synthetic}  # fmt: skip
    number = store.add(db, values)
    if number is None:
        raise AccountWrong("login-taken")
    audit.noted(db, who, "account.added", login, at, province=province, detail={"role": role.value, "uscc": uscc})
    return Account(number, login, name.strip(), role, province, city, uscc, None, synthetic)


def close(db: Db, who: Principal | None, account: Account, reason: str, at: datetime) -> None:
    """Its sessions end with it. Raises: NotAllowed."""
    _may(who, account.role, account.province, account.uscc)
    if who is not None and who.account == account.id:
        raise NotAllowed(ACT)
    store.changed(db, account.id, closed_at=at)
    sessions.end_all(db, account.id)
    audit.noted(db, who, "account.closed", account.login, at, reason=reason, province=account.province)


def set_password(db: Db, who: Principal, old: str, new: str, keep: str, at: datetime) -> None:
    """One's own; all other sessions end. `keep`: the cookie of this one. Raises: AccountWrong."""
    row = store.by_id(db, who.account)
    if row is None or not passwords.right(old[: passwords.MOST], row["password"]):
        raise AccountWrong("old-password")
    if weak := passwords.weak(new, who.login):
        raise AccountWrong(weak)
    store.changed(db, who.account, password=passwords.hashed(new), failures=0, failed_at=None)
    sessions.end_all(db, who.account, but=keep)
    audit.noted(db, who, "password.changed", who.login, at)


def listed(db: Db, scope: Scope) -> list[Account]:
    return [sessions.account_of(row) for row in store.accounts(db, scope)]


def _may(who: Principal | None, role: Role, province: str | None, uscc: str | None) -> None:
    """Nobody gives more than one's own: a province none of the nation's or another's, a laboratory only its own."""
    if who is None:
        return
    if not who.may(ACT):
        raise NotAllowed(ACT)
    scope = who.scope
    laboratory = scope.institutions is not None
    if laboratory and (uscc not in (scope.institutions or ()) or role not in OF_LABORATORY):
        raise NotAllowed(ACT)
    if not laboratory and scope.provinces is not None and (role in NATIONWIDE or province not in scope.provinces):
        raise NotAllowed(ACT)
