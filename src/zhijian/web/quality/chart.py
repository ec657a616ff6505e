"""Small charts as SVG, with classes and attributes only: a strict CSP needs no style attribute. Every figure drawn stands in a
table beside it."""

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup, escape

from zhijian.exchange.quality.grade import THRESHOLDS
from zhijian.exchange.scorecard.store import Point

_WIDE, _HIGH, _LEFT, _FOOT = 264, 112, 30, 18


def floor_of(scores: Sequence[float]) -> float:
    """Where the scale begins: a step of five below the least, so that charts beside each other have one scale.

    >>> floor_of([93.4, 99]), floor_of([]), floor_of([3])
    (90.0, 90.0, 0)
    """
    return max(0, min([90.0, *(5 * ((score - 1) // 5) for score in scores)]))


def sparkline(points: Sequence[Point], floor: float, said: str) -> Markup:
    """96 × 24; one point is a dot."""
    placed = [
        (3 + 90 * n / max(1, len(points) - 1), 21 - 18 * (p.score - floor) / (100 - floor))
        for n, p in enumerate(points)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
    end = f'<circle class="end" cx="{placed[-1][0]:.1f}" cy="{placed[-1][1]:.1f}" r="2.5"></circle>' if placed else ""
    return Markup(  # noqa: S704 - the only text in it is escaped
        f'<svg class="spark" viewBox="0 0 96 24" width="96" height="24" role="img" aria-label="{escape(said)}">'
        f'<polyline class="line" points="{line}"></polyline>{end}</svg>'
    )


def course(points: Sequence[Point], floor: float, since: date, until: date, said: str) -> Markup:
    """One figure over time, with a line where each level begins; `floor`, `since`, `until`: the ends of the axes."""
    days = max(1, (until - since).days)

    def x(on: date) -> float:
        return _LEFT + 8 + (_WIDE - _LEFT - 20) * (on - since).days / days

    def y(score: float) -> float:
        return 8 + (_HIGH - _FOOT - 12) * (100 - score) / (100 - floor)

    lines = [floor, *(t for t in reversed(THRESHOLDS) if t > floor), 100.0]
    out = [
        f'<svg class="course" viewBox="0 0 {_WIDE} {_HIGH}" width="{_WIDE}" height="{_HIGH}" role="img" aria-label="{escape(said)}">'
    ]
    out += [f'<line class="grid" x1="{_LEFT}" x2="{_WIDE}" y1="{y(at):.1f}" y2="{y(at):.1f}"></line>' for at in lines]
    out += [
        f'<text x="{_LEFT - 4}" y="{y(at) + 4:.1f}" text-anchor="end">{at:g}</text>'
        for n, at in enumerate(lines) if n == 0 or y(lines[n - 1]) - y(at) > 11
    ]  # fmt: skip
    if points:
        line = " ".join(f"{x(p.on):.1f},{y(p.score):.1f}" for p in points)
        out.append(f'<polyline class="line" points="{line}"></polyline>')
        out += [
            f'<circle class="end" cx="{x(p.on):.1f}" cy="{y(p.score):.1f}" r="3"><title>{p.on} {p.score:.1f}</title></circle>'
            for p in points
        ]
        ends = [(points[0].on, "start")] + ([(points[-1].on, "end")] if len(points) > 1 else [])
        out += [
            f'<text x="{_LEFT if anchor == "start" else _WIDE}" y="{_HIGH - 3}" text-anchor="{anchor}">{on:%Y-%m-%d}</text>'
            for on, anchor in ends
        ]
    return Markup("".join([*out, "</svg>"]))  # noqa: S704 - as above
