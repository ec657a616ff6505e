"""`/office/audit`: the trail of what was done, newest first, to read and never to write."""

from urllib.parse import urlencode

from zhijian.identity import audit
from zhijian.web.office.door import Asked, Page, Shown, field_of

PER_PAGE = 100
FILTERS = ("login", "act", "object")


def show(asked: Asked) -> Shown:
    given = {name: asked.query.get(name, "").strip()[:200] for name in FILTERS}
    with field_of("before", asked.query.get("before", ""), "条目的序号，如 120", "number of an entry, such as 120"):
        before = int(asked.query["before"]) if asked.query.get("before") else None
    found = audit.entries(
        asked.db, asked.who.scope, before=before, login=given["login"], act=given["act"], thing=given["object"], most=PER_PAGE
    )  # fmt: skip
    kept = {name: value for name, value in given.items() if value}
    older = "?" + urlencode({**kept, "before": found[-1].seq}) if len(found) == PER_PAGE else ""
    return Shown("audit.html", {"rows": found, "given": given, "filtered": bool(kept), "older": older})


PAGES = (Page("/office/audit", "audit.see", show),)
