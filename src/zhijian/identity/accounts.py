"""Accounts: made and closed by whoever manages the area, each with one role."""

import re
from datetime import datetime

from zhijian.identity import audit, entry_store, passwords, sessions, store, tries
from zhijian.identity.model import Account, AccountWrong, NotAllowed
from zhijian.kit.db import Db
from zhijian.kit.principal import NATIONWIDE, OF_LABORATORY, Operator, Principal, Role
from zhijian.kit.scope import Scope

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{2,59}")
ACT = "accounts.manage"


def add(
    db: Db, who: Principal | Operator | None, login: str, name: str, role: Role, password: str | None, at: datetime, *,
    province: str | None = None, city: str | None = None, uscc: str | None = None, synthetic: bool = False,
) -> Account:  # fmt: skip
    """`who` None: the operator at the command line. Raises: AccountWrong, NotAllowed."""
    login = login.strip().lower()
    if not _LOGIN.fullmatch(login) or not name.strip() or len(name) > 60:
        raise AccountWrong("login" if name.strip() else "name")
    if (role in OF_LABORATORY) != (uscc is not None):
        raise AccountWrong("laboratory")
    if not _is_area_of(role, province, city):
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


def close(db: Db, who: Principal | Operator | None, account: Account, reason: str, at: datetime) -> None:
    """Its sessions end with it. Raises: NotAllowed."""
    _may(who, account.role, account.province, account.uscc)
    if isinstance(who, Principal) and who.account == account.id:
        raise NotAllowed(ACT)
    store.changed(db, account.id, closed_at=at)
    sessions.end_all(db, account.id)
    store.end_feed_key(db, account.id)
    audit.noted(db, who, "account.closed", account.login, at, reason=reason, province=account.province)


def set_password(db: Db, who: Principal, old: str, new: str, keep: str, at: datetime) -> None:
    """One's own; all other sessions and the calendar feed end. `keep`: the cookie of this one. A wrong old one counts as one at sign-in, in the caller's
    transaction, which must be committed all the same. Raises: AccountWrong, TooManyTries."""
    asked_again(db, who, old, at)
    if weak := passwords.weak(new, who.login):
        raise AccountWrong(weak)
    store.changed(db, who.account, password=passwords.hashed(new))
    sessions.end_all(db, who.account, but=keep)
    store.end_feed_key(db, who.account)
    audit.noted(db, who, "password.changed", who.login, at)


def asked_again(db: Db, who: Principal, password: str, at: datetime) -> None:
    """One's own password, before what a stranger at an open session must not do. A wrong one counts as at sign-in, in the caller's
    transaction, which must be committed all the same. Raises: AccountWrong, TooManyTries."""
    tries.may_try(db, who.login, at)
    row = store.by_id(db, who.account)
    if row is None or not passwords.right(password[: passwords.MOST], row["password"]):
        tries.failed(db, who.login, at)
        raise AccountWrong("old-password")
    tries.forgiven(db, who.login)


def give_password(db: Db, who: Principal | Operator | None, account: Account, password: str, at: datetime) -> None:
    """To somebody who forgot it, or lost a passkey: those go too, else nobody came in. Sessions and feed end. Raises: AccountWrong, NotAllowed."""
    _may(who, account.role, account.province, account.uscc)
    if isinstance(who, Principal) and who.account == account.id:
        raise NotAllowed(ACT)  # one's own wants the old one: a stranger may sit at an open session
    if weak := passwords.weak(password, account.login):
        raise AccountWrong(weak)
    tries.forgiven(db, account.login)
    store.changed(db, account.id, password=passwords.hashed(password))
    sessions.end_all(db, account.id)
    store.end_feed_key(db, account.id)
    gone = entry_store.remove_all(db, account.id)
    audit.noted(
        db, who, "password.given", account.login, at, province=account.province, detail={"passkeys_removed": gone}
    )


def listed(db: Db, scope: Scope) -> list[Account]:
    return [sessions.account_of(row) for row in store.accounts(db, scope)]


def found(db: Db, scope: Scope, login: str) -> Account | None:
    """One in use, within the scope."""
    row = store.account(db, scope, login)
    return None if row is None or row["closed_at"] is not None else sessions.account_of(row)


def may_give(who: Principal) -> tuple[Role, ...]:
    """Roles that somebody who manages accounts may give."""
    if who.scope.institutions is not None:
        return tuple(role for role in Role if role in OF_LABORATORY)
    return tuple(role for role in Role if who.scope.provinces is None or role not in NATIONWIDE)


def _is_area_of(role: Role, province: str | None, city: str | None) -> bool:
    if role is Role.ADMINISTRATOR:
        return city is None
    if role in NATIONWIDE:
        return province is None and city is None
    return province is not None and (
        city[:2] == province if role is Role.CITY and city else role is not Role.CITY and city is None
    )


def _may(who: Principal | Operator | None, role: Role, province: str | None, uscc: str | None) -> None:
    """Nobody gives more than one's own: a province none of the nation's or another's, a laboratory only its own."""
    if not isinstance(who, Principal):
        return
    if not who.may(ACT):
        raise NotAllowed(ACT)
    scope = who.scope
    if role not in may_give(who):
        raise NotAllowed(ACT)
    if scope.institutions is not None:
        if uscc not in scope.institutions:
            raise NotAllowed(ACT)
    elif scope.provinces is not None and province not in scope.provinces:
        raise NotAllowed(ACT)
