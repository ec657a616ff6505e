"""`/office/institutions/{uscc}/scope`: a capability table as it was handed in, its errors by cell, what it changes, what rests on replaced
standards. A laboratory checks; nothing is enrolled but by a second step of whoever reviews."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from starlette.datastructures import UploadFile

from zhijian.identity import noted
from zhijian.kit.aside import Aside, AsideFailed
from zhijian.kit.clock import SHANGHAI
from zhijian.registry import drafts, listing
from zhijian.registry.drafts import Draft, NotConfirmed
from zhijian.registry.scope_table import KINDS, Given, ScopeTable, compared, read, replacements, stale, template
from zhijian.spec import specification
from zhijian.spec.workbook import MAX_BYTES, WorkbookRefused
from zhijian.web.office.door import Answer, Asked, File, NotThere, Page, Sent, Shown, Wrong
from zhijian.web.say import zh

PATH = "/office/institutions/{uscc}/scope"
NO_FILE = zh("没有选择文件，或文件太大")
BUSY = zh("文件太复杂，或者正忙：从空表重新填写，或稍后再试")
SHOWN = 200
"""Findings and changes that a page shows."""
_ASIDE = Aside(["zhijian.registry.scope_table"], at_once=2, seconds=40, memory_bytes=1 << 30)
"""Whoever uploads is a stranger: a file is read in a process that dies alone."""


def show(asked: Asked) -> Shown:
    return _shown(asked)


def _shown(asked: Asked, why: str = "", status: int = 200, **more: Any) -> Shown:
    uscc = _institution(asked)
    return Shown("scope.html", {
        "uscc": uscc, "name": listing.due.divisions(asked.db, asked.who.scope, [uscc])[uscc][0], "why": why, "typed": asked.form,
        "certificates": drafts.certificates(asked.db, asked.who.scope, uscc), "on": _today(asked), "checked": None, "most": SHOWN,
        "batches": specification().codelists["capability_batch"], "most_mb": MAX_BYTES >> 20, "kinds": KINDS,
        "may_confirm": asked.who.may("scope.review"), "here_to": PATH.format(uscc=uscc), "done": asked.query.get("done") == "1", **more,
    }, status)  # fmt: skip


def check(asked: Asked) -> Answer:
    """Read, compared, and kept only where the same person may confirm it and there is nothing wrong."""
    uscc = _institution(asked)
    number, given = _given(asked, uscc)
    file = asked.form.get("file")
    raw = file.file.read(MAX_BYTES + 1) if isinstance(file, UploadFile) else b""
    if not raw or len(raw) > MAX_BYTES:
        return _shown(asked, asked.t(NO_FILE), 422)
    try:
        table = _ASIDE(read, raw, _as_given(number, given, _today(asked)))
    except WorkbookRefused as why:
        return _shown(asked, why.zh if asked.t.lang == "zh" else why.en, 422)
    except AsideFailed:
        return _shown(asked, asked.t(BUSY), 422)
    found = _compared(asked, uscc, number, table)
    if asked.who.may("scope.review") and not table.errors and table.lines:
        province = listing.province_of(asked.db, asked.who.scope, uscc) or ""
        title = (file.filename if isinstance(file, UploadFile) else None) or "table.xlsx"
        found["digest"] = drafts.keep(
            asked.db, asked.who.scope, uscc, province, number, title, raw, given, asked.who.login, asked.at
        )
    return _shown(asked, checked=found)


def _compared(asked: Asked, uscc: str, number: str, table: ScopeTable) -> dict[str, Any]:
    on = _today(asked)
    now = drafts.in_force(asked.db, asked.who.scope, uscc, number, on)
    difference = compared(now, table.lines)
    return {"table": table, "difference": difference, "stale": stale(table.lines, replacements(), on), "seen": drafts.digest_of(now),
            "now": len(now), "digest": "", "number": number}  # fmt: skip


def confirm(asked: Asked) -> Answer:
    """By the owner of the tables: the office's own role writes no capability. Raises: NotThere."""
    uscc = _institution(asked)
    draft = drafts.kept(asked.db, asked.who.scope, uscc, asked.path["digest"])
    if draft is None:
        raise NotThere
    try:
        taken, out = _confirmed(asked, draft)
    except AsideFailed:
        return _shown(asked, asked.t(BUSY), 503)
    except NotConfirmed as why:
        return _shown(asked, why.zh if asked.t.lang == "zh" else why.en, 409)
    changed = {"in": sum(taken.changed.values()), "out": sum(out.counts.values()), "draft": draft.digest}
    noted(asked.db, asked.who, "scope.confirmed", f"{uscc} {draft.number}", asked.at, detail=changed,
          province=listing.province_of(asked.db, asked.who.scope, uscc))  # fmt: skip
    return Sent(PATH.format(uscc=uscc) + "?done=1")


def _confirmed(asked: Asked, draft: Draft) -> Any:
    """Raises: NotConfirmed, AsideFailed."""
    on = _today(asked)
    table = _ASIDE(read, draft.content, _as_given(draft.number, draft.given, on))
    with asked.db.begin_nested():  # what is refused leaves nothing
        return drafts.confirm(
            asked.db, asked.who.scope, draft, table, str(asked.form.get("seen", "")), on, asked.who.login, asked.at
        )


def blank(asked: Asked) -> File:
    """The official form, empty."""
    uscc = _institution(asked)
    rows = drafts.certificates(asked.db, asked.who.scope, uscc)
    content = template(rows[0]["number"] if rows else "", "S1")
    return File(content, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "scope.xlsx")


def _institution(asked: Asked) -> str:
    """Raises: NotThere, also for another's."""
    if listing.province_of(asked.db, asked.who.scope, asked.path["uscc"]) is None:
        raise NotThere
    return asked.path["uscc"]


def _given(asked: Asked, uscc: str) -> tuple[str, dict[str, str]]:
    """(certificate, what the table need not say). Raises: Wrong."""
    number, site_no, batch, first = (
        str(asked.form.get(name, "")).strip()[:40] for name in ("number", "site_no", "batch", "valid_from")
    )
    if number not in {row["number"] for row in drafts.certificates(asked.db, asked.who.scope, uscc)}:
        raise Wrong("number", number, "这家机构的证书编号之一", "a certificate of this institution")
    if len(site_no) > 10:
        raise Wrong("site_no", site_no, "最多 10 个字符的场所编号", "a site's number of at most ten characters")
    if batch and batch not in specification().codelists["capability_batch"]:
        raise Wrong("batch", batch, "列出的批次之一", "one of the batches listed")
    try:
        valid_from = date.fromisoformat(first).isoformat() if first else ""
    except ValueError:
        raise Wrong("valid_from", first, "日期，如 2026-03-01", "a day, such as 2026-03-01") from None
    return number, {"site_no": site_no, "batch": batch, "valid_from": valid_from}


def _as_given(number: str, given: Mapping[str, str], on: date) -> Given:
    return Given(number, given["site_no"] or None, given["valid_from"] or None, given["batch"] or None, {}, on)


def _today(asked: Asked) -> date:
    return asked.at.astimezone(SHANGHAI).date()


PAGES = (
    Page(PATH, "institutions.see", show),
    Page(PATH + "/scope.xlsx", "institutions.see", blank),
    Page(PATH, "institutions.see", check, "POST", most_bytes=MAX_BYTES + (1 << 20)),
    Page(PATH + "/{digest}", "scope.review", confirm, "POST", of_accounts=True),
)
