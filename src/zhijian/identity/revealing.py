"""Personal data that pages show masked, shown for one record after a reason; noted, and no more than so many an hour."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from zhijian.identity import audit
from zhijian.identity.model import IdentityError, NotAllowed
from zhijian.kit.db import Db
from zhijian.kit.principal import Principal

RIGHT = "personal.reveal"
ACT = "personal.revealed"
REASONS = ("case", "verify", "contact", "answer", "other")
LEAST, MOST = 5, 200
AN_HOUR = 30
"""Records that one account may look at: more is an export, which a second account confirms."""


class RevealRefused(IdentityError):
    """`value`: kind (none of `REASONS`), reason (too short or long), often (`AN_HOUR` records were shown within the hour)."""

    why = "reveal-refused"


def reveal(
    db: Db,
    who: Principal,
    record: str,
    fields: Sequence[str],
    kind: str,
    reason: str,
    at: datetime,
    *,
    province: str | None,
) -> None:
    """Before the values are shown, in the same transaction. `record` names it by its keys. Raises: NotAllowed, RevealRefused."""
    if not who.may(RIGHT):
        raise NotAllowed(RIGHT)
    if kind not in REASONS:
        raise RevealRefused("kind")
    if not LEAST <= len(reason.strip()) <= MOST:
        raise RevealRefused("reason")
    if audit.count_since(db, who, ACT, at - timedelta(hours=1)) >= AN_HOUR:
        raise RevealRefused("often")
    audit.noted(
        db,
        who,
        ACT,
        record,
        at,
        reason=reason.strip(),
        province=province,
        detail={"kind": kind, "fields": list(fields)},
    )
