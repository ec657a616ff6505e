"""The sheet of `sheet`, read off as it is set, so that a sample report can be written as OFD with the same lines in the same places.

reportlab sets the story; what it draws is kept beside it: text with its matrix, lines and filled rectangles.
"""

from dataclasses import dataclass
from typing import Any

from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject

Matrix = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Said:
    words: str
    face: str
    size: float
    matrix: Matrix
    """From the line's own space to the page's, points from the lower left."""
    grey: int


@dataclass(frozen=True, slots=True)
class Ruled:
    x1: float
    y1: float
    x2: float
    y2: float
    width: float


@dataclass(frozen=True, slots=True)
class Filled:
    left: float
    bottom: float
    width: float
    height: float
    grey: int


Drawn = Said | Ruled | Filled


class _Text(PDFTextObject):  # type: ignore[misc]
    """Also counts the lines that reportlab lets fall without moving its own cursor."""

    def setTextOrigin(self, x: float, y: float) -> None:
        self._fallen = 0.0
        super().setTextOrigin(x, y)

    def _textOut(self, text: str, TStar: int = 0) -> None:
        self._note(text, self._x, self._y - self._fallen)
        self._fallen += self._leading if TStar else 0.0
        super()._textOut(text, TStar)

    def textLine(self, text: str = "") -> None:
        self._note(text, self._x0, self._y0)
        super().textLine(text)

    def _note(self, text: str, x: float, y: float) -> None:
        pen = self._canvas
        if text.strip():
            matrix = (*pen._currentMatrix[:4], *pen.absolutePosition(x, y))
            pen.drawn.append(Said(text, self._fontname, self._fontsize, matrix, _grey(pen._fillColorObj)))


class Noting(Canvas):  # type: ignore[misc]
    """Keeps what is drawn on the page at hand in `drawn`."""

    def __init__(self, *args: Any, **how: Any) -> None:
        super().__init__(*args, **how)
        self.drawn: list[Drawn] = []

    def _startPage(self) -> None:
        super()._startPage()
        self.drawn = []

    def beginText(self, x: float = 0, y: float = 0, direction: str | None = None) -> Any:
        return _Text(self, x, y, direction=direction)

    def line(self, x1: float, y1: float, x2: float, y2: float) -> None:
        (ax, ay), (bx, by) = self.absolutePosition(x1, y1), self.absolutePosition(x2, y2)
        self.drawn.append(Ruled(ax, ay, bx, by, self._lineWidth))
        super().line(x1, y1, x2, y2)

    def lines(self, linelist: Any) -> None:
        for one in linelist:
            self.line(*one)

    def rect(self, x: float, y: float, width: float, height: float, stroke: int = 1, fill: int = 0) -> None:
        if fill:
            left, bottom = self.absolutePosition(x, y)
            self.drawn.append(Filled(left, bottom, width, height, _grey(self._fillColorObj)))
        super().rect(x, y, width, height, stroke=stroke, fill=fill)


def _grey(colour: Any) -> int:
    """0 black to 255 white; the sheet knows no colours."""
    return round(255 * getattr(colour, "red", 0.0))
