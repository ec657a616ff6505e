"""How a seal looks on the page: ring, star, the institution's name along the ring, and what the seal is for, in red."""

from math import cos, pi, sin

from zhijian.codes.document.drawing import FACE, numbers
from zhijian.codes.document.fonts import Subset
from zhijian.codes.document.frame import MM

DIAMETER = 38 * MM
"""Of round seals of enterprises and institutions (国发〔1999〕25号 allows 38 to 42 mm)."""
PURPOSE = "检验检测专用章"
_RED = b"0.84 0.10 0.12"
_ROUND = 0.5523
ARC = 1.24 * pi
"""The name takes so much of the ring, that the purpose has room below."""


def letters(institution: str) -> frozenset[str]:
    return frozenset(institution + PURPOSE)


def draw(institution: str, face: Subset) -> bytes:
    """Operators in a square of `DIAMETER`, the face under the name of `drawing.FACE`."""
    middle = DIAMETER / 2
    parts = [b"q %s RG %s rg 1 0 0 1 %s cm" % (_RED, _RED, numbers(middle, middle))]
    parts += [b"2.2 w %s S" % _circle(middle - 2), b"%s f" % _star(0.30 * middle)]
    gaps = max(len(institution) - 1, 1)
    turn = min(ARC / gaps, 0.38)
    size = min(0.25 * middle, turn * 0.66 * middle)
    start = pi / 2 + turn * (len(institution) - 1) / 2
    parts += [_letter(ch, start - n * turn, 0.70 * middle, size, face) for n, ch in enumerate(institution)]
    small = 0.155 * middle
    at = -face.width(PURPOSE, small) / 2
    parts.append(
        b"BT /%s %s Tf %s Td %s Tj ET Q"
        % (FACE.encode(), numbers(small), numbers(at, -0.56 * middle), face.hex(PURPOSE))
    )
    return b"\n".join(parts)


def _letter(ch: str, angle: float, radius: float, size: float, face: Subset) -> bytes:
    """Upright on the ring: its foot points to the centre."""
    lean = angle - pi / 2
    c, s = cos(lean), sin(lean)
    half = face.width(ch, size) / 2
    x, y = radius * cos(angle) - half * c, radius * sin(angle) - half * s
    return b"BT /%s %s Tf %s Tm %s Tj ET" % (FACE.encode(), numbers(size), numbers(c, s, -s, c, x, y), face.hex(ch))


def _circle(r: float) -> bytes:
    k = _ROUND * r
    return b"%s m %s c %s c %s c %s c" % (
        numbers(r, 0), numbers(r, k, k, r, 0, r), numbers(-k, r, -r, k, -r, 0), numbers(-r, -k, -k, -r, 0, -r), numbers(k, -r, r, -k, r, 0),
    )  # fmt: skip


def _star(r: float) -> bytes:
    points = [((r if n % 2 == 0 else 0.382 * r), pi / 2 + n * pi / 5) for n in range(10)]
    steps = [numbers(d * cos(a), d * sin(a)) for d, a in points]
    return steps[0] + b" m " + b" ".join(step + b" l" for step in steps[1:]) + b" h"
