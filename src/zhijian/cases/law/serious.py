"""情节严重: the conditions known since 2026-01. The platform says which of them look met; the official finds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

SINCE = date(2026, 1, 1)
"""〔u〕 Known by its month only."""
KEY_FIELDS = ("儿童用品", "道路机动车", "电动自行车", "消防产品", "危化品", "民爆", "建筑保温材料", "许可或CCC产品")


@dataclass(frozen=True, slots=True)
class Circumstances:
    conduct_on: date
    criminal: bool = False
    penalised_on: Sequence[date] = ()
    """Days of earlier penalty decisions."""
    false_reports_key: int = 0
    """In KEY_FIELDS."""
    false_reports: int = 0
    """All of them, those in key fields included."""
    major_incident: bool = False
    other: str = ""


CONDITIONS = {
    "criminal": ("构成犯罪", "criminal liability"),
    "again": ("此前二年内受过处罚又违法", "a penalty in the two years before, and again"),
    "key-fields": ("重点领域虚假报告两份以上", "two or more false reports in key fields"),
    "many": ("虚假报告十份以上", "ten or more false reports"),
    "incident": ("造成重大事故", "a major incident"),
    "other": ("其他严重情节", "other serious circumstances"),
}


def serious(facts: Circumstances) -> tuple[str, ...]:
    """Ids of CONDITIONS that look met; empty as well for conduct before they were laid down.

    >>> serious(Circumstances(date(2026, 5, 1), penalised_on=[date(2024, 5, 1)], false_reports_key=2))
    ('again', 'key-fields')
    >>> serious(Circumstances(date(2025, 12, 31), criminal=True))
    ()
    """
    if facts.conduct_on < SINCE:
        return ()
    met = {
        "criminal": facts.criminal,
        "again": any(_two_years_before(facts.conduct_on) <= day < facts.conduct_on for day in facts.penalised_on),
        "key-fields": facts.false_reports_key >= 2,
        "many": facts.false_reports >= 10,
        "incident": facts.major_incident,
        "other": bool(facts.other),
    }
    return tuple(name for name, is_met in met.items() if is_met)


def _two_years_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 2)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year - 2, day=28)
