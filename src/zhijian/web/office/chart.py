"""A course by day as SVG, with classes and attributes only: a strict CSP needs no style attribute. Every figure drawn stands in a table
beside it."""

from collections.abc import Mapping
from datetime import date

from markupsafe import Markup, escape

WIDE, HIGH, LEFT, TOP, FOOT = 720, 216, 56, 20, 26
STEPS = 4


def ceiling(most: int) -> int:
    """Where the scale ends: the least of 4, 8, 20, 40, 80 … that is not below; a fourth of it is a round number too.

    >>> [ceiling(n) for n in (0, 3, 5, 21, 79, 801_000)]
    [4, 4, 8, 40, 80, 2000000]
    """
    size = 1
    while True:
        for one in (4, 8, 20):
            if most <= one * size:
                return one * size
        size *= 10


def scaled(count: int, lang: str) -> str:
    """
    >>> scaled(1_500_000, "zh"), scaled(15_000, "zh"), scaled(1500, "zh"), scaled(15_000, "en")
    ('150 万', '1.5 万', '1,500', '15,000')
    """
    if lang != "en" and count >= 10_000:
        return f"{count / 10_000:g} 万"
    return f"{count:,}"


def course(days: Mapping[date, int], before: Mapping[date, int], said: str, lang: str) -> Markup:
    """`before`: as many days of an earlier time, drawn dashed beneath; none of them, no line."""
    top = ceiling(max([0, *days.values(), *before.values()]))
    parts = [f'<svg class="chart" viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="{escape(said)}">']
    for step in range(STEPS + 1):
        y = HIGH - FOOT - step * (HIGH - FOOT - TOP) / STEPS
        parts.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDE - 8}"></path>')
        parts.append(
            f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{escape(scaled(top * step // STEPS, lang))}</text>'
        )
    if before:
        parts.append(f'<path class="line before" d="{_line(list(before.values()), top)}"></path>')
    parts.append(f'<path class="line" d="{_line(list(days.values()), top)}"></path>')
    shown = list(days)
    for n in range(0, len(shown), max(1, (len(shown) - 1) // 4)):
        anchor = "start" if n == 0 else "end" if n == len(shown) - 1 else "middle"
        parts.append(f'<text x="{_x(n, len(shown)):.1f}" y="{HIGH - 6}" text-anchor="{anchor}">{shown[n]:%m-%d}</text>')
    return Markup("".join([*parts, "</svg>"]))  # noqa: S704 - numbers, and texts that are escaped


def _x(n: int, of: int) -> float:
    return LEFT + (WIDE - 8 - LEFT) * n / max(1, of - 1)


def _line(counts: list[int], top: int) -> str:
    high = HIGH - FOOT - TOP
    return "M" + " ".join(
        f"{_x(n, len(counts)):.1f},{HIGH - FOOT - high * count / top:.1f}" for n, count in enumerate(counts)
    )
