"""`/office/institutions`: who there is."""

import re
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from zhijian.kit.clock import SHANGHAI
from zhijian.registry import listing
from zhijian.registry.listing import SORTS, Wanted
from zhijian.spec import specification
from zhijian.web.office.door import Asked, Page, Shown, Wrong, field_of

PER_PAGE = 50
PATH = "/office/institutions"


@dataclass(frozen=True, slots=True)
class Listed:
    """What an address asks of the list."""

    wanted: Wanted
    page: int

    @classmethod
    def of(cls, asked: Asked) -> "Listed":
        """Raises: Wrong."""
        given = asked.query
        division, sort, by = (given.get(name, "").strip()[:20] for name in ("division", "sort", "expires_by"))
        if not re.fullmatch(r"(\d{2}|\d{4}|\d{6})?", division):
            zh, en = (
                "行政区划代码的前 2、4 或 6 位，如 3301",
                "the first 2, 4 or 6 digits of a division code, such as 3301",
            )
            raise Wrong("division", division, zh, en)
        if sort not in ("", *SORTS):
            raise Wrong("sort", sort, "、".join(SORTS), ", ".join(SORTS))
        with field_of("expires_by", by, "日期，如 2026-12-31", "a day, such as 2026-12-31"):
            day = date.fromisoformat(by) if by else None
        with field_of("page", given.get("page", ""), "页码是 1 到 10000 的整数", "a page is a number from 1 to 10000"):
            page = int(given.get("page") or "1")
            if not 1 <= page <= 10_000:
                raise ValueError
        return cls(Wanted(given.get("q", "").strip()[:100], division, day, sort or "name", given.get("order") == "desc"), page)  # fmt: skip

    def address(self, **changes: object) -> str:
        page, to = changes.pop("page", 1), changes.pop("to", PATH)
        w = replace(self.wanted, **changes)  # type: ignore[arg-type]
        said = {"q": w.words, "division": w.division, "expires_by": w.expires_by.isoformat() if w.expires_by else "",
                "sort": "" if w.sort == "name" else w.sort, "order": "desc" if w.down else "", "page": "" if page == 1 else str(page)}  # fmt: skip
        kept = {name: value for name, value in said.items() if value}
        return str(to) + (f"?{urlencode(kept)}" if kept else "")

    def sorted_by(self, name: str) -> str:
        return self.address(sort=name, down=not self.wanted.down if self.wanted.sort == name else False)


def listed(asked: Asked) -> Shown:
    one, on = Listed.of(asked), asked.at.astimezone(SHANGHAI).date()
    count, rows = listing.institutions(asked.db, asked.who.scope, one.wanted, on, (one.page - 1) * PER_PAGE, PER_PAGE)
    return Shown("institutions.html", {
        "one": one, "rows": rows, "count": count, "pages": max(1, -(-count // PER_PAGE)), "on": on, "soon": on + listing.RENEWAL,
        "names": specification().codelists["province"], "may_export": asked.who.may("institutions.export"),
        "filtered": bool(one.wanted.words or one.wanted.division or one.wanted.expires_by),
    })  # fmt: skip


PAGES = (Page(PATH, "institutions.see", listed),)
