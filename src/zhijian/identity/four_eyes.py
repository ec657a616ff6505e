"""What two accounts must do: one asks with a reason, another one with the confirming right, of the same or a higher area, confirms.

Each once; both are noted. What nobody decided in five days is over. A revoked key is carried out by the worker, which alone can have a
trust list sealed; an export is open once, for a day, to whoever asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from zhijian.identity import audit
from zhijian.identity import four_eyes_store as store
from zhijian.identity.model import IdentityError, NotAllowed
from zhijian.kit.db import Db
from zhijian.kit.principal import Principal
from zhijian.kit.scope import Scope

HOLDS = timedelta(days=5)
OPEN = timedelta(hours=24)
LEAST_REASON, MOST_REASON = 5, 500


@dataclass(frozen=True, slots=True)
class Kind:
    id: str
    asks: str
    """Act of whoever asks."""
    confirms: str
    """Act of whoever confirms."""


REVOKE_KEY = Kind("revoke-key", "keys.revoke", "keys.confirm")
EXPORT_PEOPLE = Kind("export-people", "personal.export", "personal.confirm")
KINDS = {kind.id: kind for kind in (REVOKE_KEY, EXPORT_PEOPLE)}


class RequestRefused(IdentityError):
    """`value`: reason (too short or long), waits (asked already), decided, expired, own, opinion, taken."""

    why = "request-refused"


class RequestUnknown(IdentityError):
    """There is none of that number, or it is not the caller's to see."""

    why = "request-unknown"


@dataclass(frozen=True, slots=True)
class Request:
    id: int
    kind: Kind
    subject: str
    place: str | None
    """Province of the subject."""
    province: str | None
    """Area of whoever asked; None: the nation."""
    uscc: str | None
    reason: str
    detail: Mapping[str, Any]
    asked_by: int
    asked_login: str
    asked_at: datetime
    expires_at: datetime
    state: str
    opinion: str
    decided_by: int | None
    decided_login: str | None
    decided_at: datetime | None
    done_at: datetime | None

    def state_at(self, at: datetime) -> str:
        """waiting, expired, refused, confirmed, failed, done; of an export also open and over."""
        if self.state == "waiting":
            return "waiting" if at < self.expires_at else "expired"
        if self.state == "confirmed" and self.kind is EXPORT_PEOPLE and self.decided_at:
            return "open" if at < self.decided_at + OPEN else "over"
        return self.state


def ask(
    db: Db, who: Principal, kind: Kind, subject: str, reason: str, at: datetime, *, place: str | None,
    detail: Mapping[str, Any] | None = None,
) -> Request:  # fmt: skip
    """`place` is the province of the subject, None for none. Raises: NotAllowed, RequestRefused."""
    if not who.may(kind.asks):
        raise NotAllowed(kind.asks)
    reason = reason.strip()
    if not LEAST_REASON <= len(reason) <= MOST_REASON:
        raise RequestRefused("reason")
    if store.waits(db, who.scope, kind.id, subject, who.account, at):
        raise RequestRefused("waits")
    province, uscc = _area(who, place)
    number = store.insert(db, {
        "kind": kind.id, "subject": subject, "place": place, "province": province, "uscc": uscc, "reason": reason,
        "detail": dict(detail or {}), "asked_by": who.account, "asked_login": who.login, "asked_at": at, "expires_at": at + HOLDS,
        "state": "waiting",
    })  # fmt: skip
    audit.noted(db, who, "request.asked", subject, at, reason=reason, province=place, detail={"request": number, "kind": kind.id})  # fmt: skip
    return one(db, who.scope, number)


def _area(who: Principal, place: str | None) -> tuple[str | None, str | None]:
    """(province, laboratory) of whoever asks: who confirms must see it."""
    scope = who.scope
    if scope.institutions is not None:
        return place, min(scope.institutions)
    return (min(scope.provinces) if scope.provinces else None), None


def decide(db: Db, who: Principal, number: int, confirms: bool, opinion: str, at: datetime) -> Request:
    """Once, by another account than the one that asked. Raises: RequestUnknown, NotAllowed, RequestRefused."""
    found = one(db, who.scope, number, hold=True)
    if not who.may(found.kind.confirms) or who.scope.institutions is not None:
        raise NotAllowed(found.kind.confirms)
    state = found.state_at(at)
    if state != "waiting":
        raise RequestRefused("expired" if state == "expired" else "decided")
    if who.account == found.asked_by:
        raise RequestRefused("own")
    opinion = opinion.strip()
    if not LEAST_REASON <= len(opinion) <= MOST_REASON:
        raise RequestRefused("opinion")
    together = store.made_together(db, found.asked_login, who.login)
    store.changed(
        db, who.scope, number, state="confirmed" if confirms else "refused", opinion=opinion, decided_by=who.account,
        decided_login=who.login, decided_at=at,
    )  # fmt: skip
    said = {"request": number, "kind": found.kind.id, **({"made_together": True} if together else {})}
    audit.noted(db, who, "request.confirmed" if confirms else "request.refused", found.subject, at, reason=opinion,
                province=found.place, detail=said)  # fmt: skip
    return one(db, who.scope, number)


def take(db: Db, who: Principal, number: int, at: datetime) -> Request:
    """The one time that a confirmed export may be taken, by whoever asked. Raises: RequestUnknown, NotAllowed, RequestRefused."""
    found = one(db, who.scope, number, hold=True)
    if found.kind is not EXPORT_PEOPLE or found.asked_by != who.account:
        raise RequestUnknown
    if not who.may(found.kind.asks):
        raise NotAllowed(found.kind.asks)
    if found.state_at(at) != "open":
        raise RequestRefused("taken" if found.state == "done" else "not-open")
    store.changed(db, who.scope, number, state="done", done_at=at)
    audit.noted(db, who, "personal.exported", found.subject, at, reason=found.reason, province=found.place,
                detail={"request": number, "confirmed_by": found.decided_login or ""})  # fmt: skip
    return found


def to_carry_out(db: Db, kind: Kind) -> list[Request]:
    """Confirmed ones that the node itself carries out; held until the caller's transaction ends."""
    return [_read(row) for row in store.confirmed(db, Scope.everything(), kind.id)]


def carried_out(db: Db, request: Request, at: datetime, failure: str = "") -> None:
    """By the node; `failure`: a stable key, why it could not be done."""
    store.changed(db, Scope.everything(), request.id, state="failed" if failure else "done", done_at=at)
    detail = {"request": request.id, "kind": request.kind.id, **({"failure": failure} if failure else {})}
    audit.noted(db, None, "request.carried-out" if not failure else "request.failed", request.subject, at,
                reason=request.reason, province=request.place, detail=detail)  # fmt: skip


def one(db: Db, scope: Scope, number: int, *, hold: bool = False) -> Request:
    """Raises: RequestUnknown."""
    row = store.one(db, scope, number, hold=hold)
    if row is None:
        raise RequestUnknown
    return _read(row)


def listed(db: Db, scope: Scope, *, waiting: bool, before: int | None = None, most: int = 50) -> list[Request]:
    """Newest first. `waiting`: those that wait for somebody, also when their time is over."""
    states = ("waiting", "confirmed") if waiting else ("waiting", "confirmed", "refused", "done", "failed")
    return [_read(row) for row in store.several(db, scope, states, before, most)]


def made_together(db: Db, one: str, other: str) -> bool:
    """Whether one administrator made both accounts on one day (Shanghai): one person may be behind them."""
    return one != other and store.made_together(db, one, other)


def _read(row: store.Row) -> Request:
    return Request(**{**row, "kind": KINDS[row["kind"]]})
