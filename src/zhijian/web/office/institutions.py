"""`/office/institutions`: who there is."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from zhijian.kit.clock import SHANGHAI
from zhijian.registry import listing
from zhijian.registry.listing import SORTS, Wanted
from zhijian.spec import specification
from zhijian.web.office.asked_fields import area_of, choice_of, day_of, page_of, text_of
from zhijian.web.office.door import Asked, Page, Shown

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
        sort, words = choice_of(asked, "sort", ("", *SORTS), ""), text_of(asked, "q")
        wanted = Wanted(
            words, area_of(asked), day_of(asked, "expires_by"), sort or "name", text_of(asked, "order", 4) == "desc"
        )
        return cls(wanted, page_of(asked, 10_000))

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
