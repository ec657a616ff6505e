"""Charts of a self-check as SVG, with classes and attributes only: a strict CSP needs no style attribute.

Every figure drawn stands in a table of the page, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

_LABEL, _WIDTH, _ROW, _VALUE = 220, 760, 24, 70
_LONGEST = 17
"""Wide characters of a label."""


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    parts: tuple[tuple[str, float], ...]
    """Class and share 0–1, from left to right."""
    said: str


def bars(title: str, drawn: Sequence[Bar], marks: Sequence[float] = ()) -> Markup:
    """One bar a row; `marks`: thin lines through all of them, at shares."""
    across = _WIDTH - _LABEL - _VALUE
    height = _ROW * len(drawn) + 8
    out = [
        f'<svg class="chart" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" role="img" aria-label="{escape(title)}">'
    ]
    for n, bar in enumerate(drawn):
        y = n * _ROW + 8
        out.append(f'<text x="{_LABEL - 8}" y="{y + 10}" text-anchor="end">{escape(_short(bar.label))}</text>')
        out.append(f'<rect class="track" x="{_LABEL}" y="{y}" width="{across}" height="12"></rect>')
        x = float(_LABEL)
        for kind, share in bar.parts:
            width = max(0.0, min(1.0, share)) * across
            if width:
                out.append(f'<rect class="{kind}" x="{x:.1f}" y="{y}" width="{max(width, 1):.1f}" height="12"></rect>')
            x += width
        out.append(f'<text x="{_WIDTH - _VALUE + 8}" y="{y + 10}">{escape(bar.said)}</text>')
    out += [
        f'<line class="grid" x1="{_LABEL + share * across:.1f}" x2="{_LABEL + share * across:.1f}" y1="0" y2="{height}"></line>'
        for share in marks
    ]
    return Markup("".join([*out, "</svg>"]))  # noqa: S704 - every text in it was escaped


def _short(text: str) -> str:
    wide = 0.0
    for n, ch in enumerate(text):
        wide += 1 if ord(ch) > 0x2E7F else 0.55
        if wide > _LONGEST:
            return text[:n] + "…"
    return text
