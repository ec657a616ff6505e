"""A self-check's result as one HTML file that opens from the disk: no script, nothing from elsewhere, prints on A4."""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from zhijian.cli.check_catalog import SEVERITIES
from zhijian.cli.check_chart import Bar, bars
from zhijian.cli.check_text import CHANGES
from zhijian.exchange.model import DIMENSIONS, Dimension, State, Text
from zhijian.exchange.quality import grade
from zhijian.exchange.quality.comparing import Comparison
from zhijian.exchange.quality.result import CheckResult, RuleResult, TableResult

Lang = Literal["zh", "en"]
TOP, CHARTED, CHARTED_COLUMNS = 10, 15, 60
TEMPLATES = Path(__file__).parent / "templates"


def page(done: CheckResult, comparison: Comparison | None, lang: str, beside: Mapping[str, Any], other: str) -> str:
    """`beside`: names of the workbook and of the rejected files in the same folder; `other`: of the page in the other language."""
    style = style_sheet()
    say = _Say(lang)
    return environment().get_template("check.html.jinja").render(
        d=done, c=comparison, t=say, lang=lang, other=other, beside=beside,
        style=Markup(style),  # noqa: S704 - our own style sheet
        style_hash=b64encode(sha256(style.encode()).digest()).decode(),
        dimensions={d: done.dimensions.get(d.value) for d in Dimension},
        names=DIMENSIONS, severities=SEVERITIES, changes=CHANGES, states=State, grade=grade, levels=say.levels,
        top=done.first[:TOP], missing_points=_to_the_next(done), where=lambda r: where(done, r),
        unheard=_grouped(done), charts=_charts(done, say), fills={t.number: _fill(t, say) for t in done.tables},
    )  # fmt: skip


class _Say:
    """`t("中文", "English")`, or of a Text, in the page's language."""

    levels: tuple[str, ...]

    def __init__(self, lang: str) -> None:
        self._zh = lang == "zh"
        self.levels = grade.LEVELS if self._zh else ("level 1", "level 2", "level 3", "level 4", "level 5")

    def __call__(self, said: Text | tuple[str, str] | str, en: str = "") -> str:
        if isinstance(said, Text):
            return said.zh if self._zh else said.en
        zh, en = said if isinstance(said, tuple) else (said, en)
        return zh if self._zh else en


@cache
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["n"] = lambda number: f"{number:,}"
    made.filters["percent"] = percent
    return made


def percent(share: float | None) -> str:
    """Never 0 % for something, never 100 % for not all.

    >>> percent(0.00001), percent(0.99999), percent(0.5), percent(None)
    ('<0.01%', '>99.99%', '50.00%', '–')
    """
    if share is None:
        return "–"
    if 0 < share < 0.0001:
        return "<0.01%"
    return ">99.99%" if 0.9999 < share < 1 else f"{share:.2%}"


@cache
def style_sheet() -> str:
    """As `npm run build` made it out of ui/css; empty where that was not run: the page is plain then, and whole."""
    static = files("zhijian").joinpath("web", "static")
    try:
        name = json.loads(static.joinpath("manifest.json").read_text("utf-8"))["check.css"]
        return static.joinpath(name).read_text("utf-8")
    except (OSError, KeyError):
        return ""


def where(done: CheckResult, rule: RuleResult) -> str:
    return " · ".join(filter(None, (done.tables[rule.table].name, "、".join(rule.columns))))


def _to_the_next(done: CheckResult) -> float | None:
    """Points to the next level; None where it is the best, or where a cap and not the points holds it."""
    whole = done.whole
    if whole is None or whole.level == 1 or grade.level_of(whole.score) != whole.level:
        return None
    return grade.THRESHOLDS[whole.level - 2] - whole.score


def _grouped(done: CheckResult) -> list[tuple[RuleResult, int]]:
    """What was not applicable or not evaluated: one line a check and reason, with how many rules; not evaluated first."""
    groups: dict[tuple[Any, ...], list[RuleResult]] = {}
    for r in done.rules:
        if r.state in (State.NOT_APPLICABLE, State.NOT_EVALUATED):
            groups.setdefault((r.state, r.check, r.reason, r.table), []).append(r)
    listed = [(g[0], len(g)) for g in groups.values()]
    return sorted(listed, key=lambda one: one[0].state is not State.NOT_EVALUATED)


def _charts(done: CheckResult, say: _Say) -> dict[str, Markup]:
    scored = [
        Bar(
            say(DIMENSIONS[Dimension(d)]),
            (("amount" if g.level <= 2 else "amount care", g.score / 100),),
            f"{g.score:.1f}",
        )
        for d, g in done.dimensions.items()
    ]
    failed = [
        Bar(_label(say(r.why), r.columns), (("amount care", r.share),), percent(r.share))
        for r in sorted(done.worst, key=lambda r: -r.share)[:CHARTED]
    ]
    made = {"scores": Markup(), "shares": Markup()}
    if scored:
        made["scores"] = bars(say("各维度得分，竖线为各级的分数线", "score by dimension, lines where levels begin"), scored,
                              [line / 100 for line in grade.THRESHOLDS])  # fmt: skip
    if failed:
        made["shares"] = bars(say("不合规则的占比，前十五", "failing share by rule, the first fifteen"), failed)
    return made


def _label(why: str, columns: Sequence[str]) -> str:
    """What is wrong names the column, as a rule."""
    return why if any(c in why for c in columns) else f"{why} {'、'.join(columns)}"


def _fill(table: TableResult, say: _Say) -> Markup:
    drawn: Sequence[Bar] = [
        Bar(c.name, (("amount", c.filled / c.rows), ("placeholder", c.placeholder / c.rows)), percent(c.filled / c.rows))
        for c in table.columns[:CHARTED_COLUMNS] if c.rows
    ]  # fmt: skip
    return bars(say("各列填写情况", "how far columns are filled"), drawn) if drawn else Markup()
