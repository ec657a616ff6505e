"""`/office/audit`: the trail of what was done, newest first, to read and never to write."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from zhijian.identity import audit, noted
from zhijian.identity.audit import Sought
from zhijian.kit.clock import SHANGHAI
from zhijian.web.office.audit_words import all_acts, name_of
from zhijian.web.office.door import Asked, File, Page, Shown, field_of
from zhijian.web.office.sheet import csv_bytes

PATH = "/office/audit"
PER_PAGE = 100
MOST_EXPORTED = 20_000
FILTERS = ("login", "act", "object", "from", "to", "together")


def show(asked: Asked) -> Shown:
    given = _given(asked.query)
    with field_of("before", asked.query.get("before", ""), "条目的序号，如 120", "number of an entry, such as 120"):
        before = int(asked.query["before"][:18]) if asked.query.get("before") else None
    found = audit.entries(asked.db, asked.who.scope, replace(_sought(given), before=before), PER_PAGE)
    kept = {name: value for name, value in given.items() if value}
    older = "?" + urlencode({**kept, "before": found[-1].seq}) if len(found) == PER_PAGE else ""
    return Shown("audit.html", {
        "rows": found, "given": given, "filtered": bool(kept), "older": older, "name_of": lambda act: name_of(act, asked.t),
        "acts": all_acts(), "most": MOST_EXPORTED,
    })  # fmt: skip


def export(asked: Asked) -> File:
    """What the filter shows, with the digests by which the trail can be held against itself and the log; noted."""
    given = _given(asked.form)
    rows = audit.entries(asked.db, asked.who.scope, _sought(given), MOST_EXPORTED)
    said = "&".join(f"{name}={value}" for name, value in given.items() if value)
    noted(asked.db, asked.who, "audit.exported", said, asked.at, detail={"count": len(rows)})
    when = asked.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    head = ("seq", "at", "login", "role", "province", "act", "name", "object", "reason", "detail", "digest")
    lines = ((e.seq, e.at.astimezone(SHANGHAI).isoformat(timespec="seconds"), e.login, e.role, e.province, e.act, name_of(e.act, asked.t),
              e.object, e.reason, "; ".join(f"{k}={v}" for k, v in sorted(e.detail.items())), e.digest.hex()) for e in rows)  # fmt: skip
    mark = f"{asked.t('审计记录')} {when} {asked.who.login} {said} ({len(rows)})"
    return File(csv_bytes([[mark], head, *lines]), "text/csv; charset=utf-8", f"audit-{when[:10]}.csv")


def _given(fields: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(fields.get(name, "")).strip()[:200] for name in FILTERS}


def _sought(given: Mapping[str, str]) -> Sought:
    """Raises: Wrong."""
    first, last = _day("from", given["from"]), _day("to", given["to"])
    return Sought(
        given["login"].lower(), given["act"], given["object"], _midnight(first),
        _midnight(last + timedelta(days=1)) if last else None, given["together"] == "1",
    )  # fmt: skip


def _day(name: str, text: str) -> date | None:
    with field_of(name, text, "日期，如 2026-03-01", "a day, such as 2026-03-01"):
        found = date.fromisoformat(text) if text else None
        if found and not 2000 <= found.year < 9999:
            raise ValueError
    return found


def _midnight(on: date | None) -> datetime | None:
    return datetime.combine(on, time(), SHANGHAI).astimezone(UTC) if on else None


PAGES = (Page(PATH, "audit.see", show), Page(PATH + "/export", "audit.see", export, "POST"))
