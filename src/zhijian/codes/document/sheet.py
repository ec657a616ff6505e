"""The sheet that a sample report is set on: faces, styles, header, page numbers, watermark. With reportlab."""

import io
from dataclasses import dataclass
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import Color, black, lightgrey
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph, Table, TableStyle

from zhijian.codes.document.fonts import BOLD, REGULAR, font_file
from zhijian.codes.document.ofd_sheet import Drawn, Noting

WIDTH, HEIGHT = A4
SIDE = 20 * mm
ROOM = WIDTH - 2 * SIDE
_WATERMARK = Color(0.86, 0.86, 0.86)


@cache
def faces() -> None:
    """Raises: DocumentRefused `fonts-missing`."""
    for face in (REGULAR, BOLD):
        pdfmetrics.registerFont(TTFont(face, str(font_file(face))))


def style(size: float, *, bold: bool = False, centred: bool = False, lead: float = 1.45) -> ParagraphStyle:
    faces()
    made = ParagraphStyle("one", fontName=BOLD if bold else REGULAR, fontSize=size, leading=size * lead, wordWrap="CJK")
    if centred:
        made.alignment = TA_CENTER
    return made


def said(text: object, how: ParagraphStyle) -> Paragraph:
    """A paragraph of plain text: what a client or a laboratory wrote is never markup."""
    return Paragraph(escape(str(text)), how)


def table(rows: list[list[Any]], widths: list[float], *, heads: int = 0, height: float | None = None) -> Table:
    """Every cell in a frame; the first `heads` rows grey, and again on each page."""
    lines = [("GRID", (0, 0), (-1, -1), 0.4, black), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    if heads:
        lines.append(("BACKGROUND", (0, 0), (-1, heads - 1), lightgrey))
    return Table(rows, widths, [height] * len(rows) if height else None, repeatRows=heads, style=TableStyle(lines))


class _Counted(Noting):
    """Keeps the pages until the last is known, for 第 n 页 共 N 页."""

    def __init__(self, *args: Any, **how: Any) -> None:
        super().__init__(*args, **how)
        self.kept: list[dict[str, Any]] = []

    def showPage(self) -> None:
        self.kept.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self.kept, 1):
            self.__dict__.update(page)
            self.setFont(REGULAR, 8.5)
            self.setFillColor(black)
            self.drawCentredString(WIDTH / 2, 11.5 * mm, f"第 {number} 页 共 {len(self.kept)} 页")
            Canvas.showPage(self)
        Canvas.save(self)


@dataclass(frozen=True, slots=True)
class Sheet:
    pdf: bytes
    pages: list[list[Drawn]]
    """What is drawn on each page."""


def typeset(story: list[Any], *, institution: str, title: str, number: str, label: str) -> Sheet:
    """The first page has no header. The same input gives the same bytes."""
    made: list[_Counted] = []

    def pen_of(*args: Any, **how: Any) -> Canvas:
        made.append(_Counted(*args, **how))
        return made[-1]

    def cover(pen: Canvas, _: Any) -> None:
        _watermark(pen, label)

    def inner(pen: Canvas, _: Any) -> None:
        _watermark(pen, label)
        pen.setFont(REGULAR, 8.5)
        pen.setFillColor(black)
        pen.drawString(SIDE, HEIGHT - 15 * mm, f"{institution}　{title}")
        pen.drawRightString(WIDTH - SIDE, HEIGHT - 15 * mm, f"报告编号 {number}")
        pen.setLineWidth(0.5)
        pen.line(SIDE, HEIGHT - 17 * mm, WIDTH - SIDE, HEIGHT - 17 * mm)

    out = io.BytesIO()
    room = {"leftPadding": 0, "rightPadding": 0, "topPadding": 0, "bottomPadding": 0}
    document = BaseDocTemplate(
        out, pagesize=A4, invariant=1, title=f"{title} {number}", author=institution, lang="zh-CN"
    )
    document.addPageTemplates([
        PageTemplate("cover", [Frame(SIDE, 20 * mm, ROOM, HEIGHT - 40 * mm, **room)], onPage=cover),
        PageTemplate("inner", [Frame(SIDE, 20 * mm, ROOM, HEIGHT - 42 * mm, **room)], onPage=inner),
    ])  # fmt: skip
    document.build(story, canvasmaker=pen_of)
    return Sheet(out.getvalue(), [page["drawn"] for page in made[-1].kept])


def _watermark(pen: Canvas, label: str) -> None:
    if not label:
        return
    pen.saveState()
    pen.setFillColor(_WATERMARK)
    pen.setFont(BOLD, 46)
    pen.translate(WIDTH / 2, HEIGHT / 2)
    pen.rotate(45)
    pen.drawCentredString(0, -16, label)
    pen.restoreState()
