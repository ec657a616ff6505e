"""For the regulator: complaints as they were filed, their photos, and how they go on."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime

from zhijian.cases import store
from zhijian.cases.model import Complaint, Filed, Photo, PhotoLine, Progress, Receipt, ReceiptUnknown, Standing
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope


def listed(db: Db, scope: Scope, progress: Progress | None = None, most: int = 100) -> Sequence[Filed]:
    """Those within the scope, newest first."""
    return _filed(db, scope, store.complaints(db, scope, progress, most))


def filed(db: Db, scope: Scope, receipt: Receipt) -> Filed:
    """Raises: ReceiptUnknown, also for one outside of the scope."""
    row = store.complaint(db, scope, receipt)
    if row is None:
        raise ReceiptUnknown(receipt)
    return _filed(db, scope, [row])[0]


def kept_photo(db: Db, scope: Scope, receipt: Receipt, position: int) -> Photo | None:
    """None when there is none, or no more."""
    row = store.photo(db, scope, receipt, position)
    return Photo(row["media_type"], row["width"], row["height"], bytes(row["content"])) if row else None


def pass_on(db: Db, scope: Scope, receipt: Receipt, office: str, at: datetime) -> None:
    """It is with `office` now. Raises: ReceiptUnknown."""
    _move(db, scope, receipt, Progress.PASSED_ON, at, passed_to=office)


def close(db: Db, scope: Scope, receipt: Receipt, at: datetime) -> None:
    """Raises: ReceiptUnknown."""
    _move(db, scope, receipt, Progress.CLOSED, at)


def _move(db: Db, scope: Scope, receipt: Receipt, to: Progress, at: datetime, **values: str) -> None:
    if not store.set_state(db, scope, receipt, {"state": to, "state_at": at, **values}):
        raise ReceiptUnknown(receipt)


def _filed(db: Db, scope: Scope, rows: Iterable[store.Row]) -> list[Filed]:
    rows = list(rows)
    kept: dict[str, list[PhotoLine]] = defaultdict(list)
    for one in store.photo_lines(db, scope, [row["receipt"] for row in rows]):
        line = PhotoLine(one["position"], one["media_type"], one["width"], one["height"], one["size_bytes"])
        kept[one["receipt"]].append(line)
    return [
        Filed(
            Standing(Receipt(row["receipt"]), Progress(row["state"]), row["received_at"], row["state_at"]),
            Complaint(**{field.name: row[field.name] for field in fields(Complaint)}),
            row["passed_to"], row["photos"], tuple(kept[row["receipt"]]), row["expired_at"],
        )
        for row in rows
    ]  # fmt: skip
