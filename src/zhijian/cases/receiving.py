"""From the public: a complaint is received, its progress is told to whoever has its number, and its time runs out."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256

from zhijian.cases import store
from zhijian.cases.model import (
    RECEIPT_LENGTH,
    RETENTION_YEARS,
    Complaint,
    FormUsed,
    Photo,
    Progress,
    Receipt,
    ReceiptUnknown,
    Standing,
)
from zhijian.kit.base31 import symbols
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope


def receive(
    db: Db, scope: Scope, complaint: Complaint, photos: Sequence[Photo], at: datetime, *, form: bytes, worked: bool
) -> Receipt:
    """Keep it, in the caller's transaction; its receipt number.

    `form` is the digest of the form's token: the same complaint sent twice under one form is received once, and has one number.
    Raises: FormUsed for another one. ValueError for one that is `wrong`; the caller has looked.
    """
    if wrong := complaint.wrong():
        raise ValueError(f"not to be received: {wrong}")
    receipt = Receipt(symbols(secrets.randbelow(31**RECEIPT_LENGTH), RECEIPT_LENGTH))
    values = {**asdict(complaint), "receipt": receipt, "photos": len(photos), "received_at": at, "state": Progress.RECEIVED,
              "state_at": at, "province": complaint.province, "form": form, "worked": worked}  # fmt: skip
    digests = [sha256(one.content).digest() for one in photos]
    if not store.insert_complaint(db, scope, values):
        return _received_before(db, scope, complaint, digests, form)
    rows = [
        {"receipt": receipt, "position": position, "sha256": digests[position - 1], **asdict(one)}
        for position, one in enumerate(photos, 1)
    ]
    store.insert_photos(db, scope, rows)
    return receipt


def refuse_used(db: Db, scope: Scope, complaint: Complaint, photos: int, *, form: bytes) -> None:
    """What `receive` would refuse whatever is on the photos, told before they are decoded.

    Raises: FormUsed when another complaint, or with another number of photos, was received under this form.
    """
    row = store.under_form(db, scope, form)
    if row is not None and (row["photos"] != photos or _is_other(row, complaint)):
        raise FormUsed("")


def _is_other(row: store.Row, complaint: Complaint) -> bool:
    return any(row[name] != value for name, value in asdict(complaint).items())


def _received_before(db: Db, scope: Scope, complaint: Complaint, digests: list[bytes], form: bytes) -> Receipt:
    row = store.under_form(db, scope, form)
    if row is None or _is_other(row, complaint) or store.photo_digests(db, scope, form) != digests:
        raise FormUsed("")
    return Receipt(row["receipt"])


def standing(db: Db, scope: Scope, receipt: Receipt) -> Standing:
    """Raises: ReceiptUnknown."""
    row = store.standing(db, scope, receipt)
    if row is None:
        raise ReceiptUnknown(receipt)
    return Standing(receipt, Progress(row["state"]), row["received_at"], row["state_at"])


def expire(db: Db, scope: Scope, at: datetime) -> int:
    """Delete contact and photos of every complaint whose time is over; of how many."""
    return store.expire(db, scope, _years_before(at, RETENTION_YEARS), at)


def _years_before(at: datetime, years: int) -> datetime:
    try:
        return at.replace(year=at.year - years)
    except ValueError:  # the 29th of February
        return at.replace(year=at.year - years, day=28)
