"""`/office/compare?area=33&area=32`: up to six areas side by side, each figure for a hundred institutions, with the list behind it."""

from datetime import date

from zhijian.kit.clock import SHANGHAI
from zhijian.registry import areas, listing
from zhijian.web.office import figures
from zhijian.web.office.asked_fields import home_of, is_within
from zhijian.web.office.door import Asked, NotThere, Page, Shown, Wrong
from zhijian.web.say import zh

MOST = 6
ROWS: tuple[tuple[str, str], ...] = (
    ("certificates", zh("有效期内证书")), ("reports", zh("今年登记的报告")), ("ending_90", zh("90 天内有证书到期的机构")),
    ("overdue", zh("检定校准逾期的在用仪器")), ("cases", zh("在办案件")), ("late", zh("超期案件")),
)  # fmt: skip
"""(figure, its words)."""


def compare(asked: Asked) -> Shown:
    """Raises: NotThere for an area that is not the caller's."""
    scope, on = asked.who.scope, asked.at.astimezone(SHANGHAI).date()
    chosen = list(dict.fromkeys(one.strip()[:6] for one in asked.query.getlist("area") if one.strip()))
    for one in chosen:
        if not areas.is_area(one):
            raise Wrong(
                "area",
                one,
                "行政区划代码的前 2、4 或 6 位，如 33",
                "the first 2, 4 or 6 digits of a division code, such as 33",
            )
        if not is_within(scope, one):
            raise NotThere
    if len(chosen) > MOST:
        raise Wrong("area", "、".join(chosen), f"最多 {MOST} 个地区", f"at most {MOST} areas")
    lines = [figures.whole(one, figures.lines(asked.db, scope, one, 6, on, asked.at)[0]) for one in chosen]
    home = home_of(scope)
    near, _ = areas.by_place(asked.db, scope, home, 2 if not home else 4 if len(home) == 2 else 6, on, asked.at)
    return Shown("compare.html", {
        "lines": lines, "rows": ROWS, "most": MOST, "on": on, "choice": [one.place for one in near], "name": lambda a: areas.name(a, asked.t.lang),
        "bar": _bar, "to": lambda name, place: _to(name, place, on), "home": home, "may_cases": asked.who.may("cases.see"),
        "may_reports": asked.who.may("reports.see"),
    })  # fmt: skip


def _bar(lines: list[figures.Line], one: figures.Line, name: str) -> int:
    most = max([line.per_hundred(name) or 0 for line in lines], default=0)
    return round(72 * (one.per_hundred(name) or 0) / most) if most else 0


def _to(name: str, place: str, on: date) -> str:
    return {
        "institutions": f"/office/institutions?division={place}",
        "certificates": f"/office/institutions?division={place}",
        "reports": f"/office/reports?division={place}&since={on.year}-01-01",
        "ending_90": f"/office/institutions?division={place}&expires_by={on + listing.RENEWAL}",
        "overdue": f"/office/overdue?division={place}",
        "cases": f"/office/cases?state=open&division={place}",
        "late": f"/office/cases?state=late&division={place}",
    }[name]


PAGES = (Page("/office/compare", "areas.compare", compare),)
