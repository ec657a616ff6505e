"""An OFD's page as a picture, drawn by the letter of GB/T 33190 and by nothing of ours: what a reader would show."""

import io
import posixpath
import zipfile
from typing import Any
from xml.etree import ElementTree

from PIL import Image, ImageDraw, ImageFont

NS = "{http://www.ofdspec.org/2016}"
SCALE = 12
"""Pixels in a millimetre."""


class Reader:
    def __init__(self, raw: bytes) -> None:
        self.zip = zipfile.ZipFile(io.BytesIO(raw))
        assert self.zip.testzip() is None
        self.document = self.xml("Doc_0/Document.xml")
        self.fonts: dict[str, bytes] = {}
        for listed in self.document.findall(f"{NS}CommonData/{NS}PublicRes"):
            where = self.at(listed.text or "", "Doc_0")
            tree = self.xml(where)
            base = posixpath.join(posixpath.dirname(where), tree.get("BaseLoc") or "")
            for font in tree.iter(f"{NS}Font"):
                file = font.find(f"{NS}FontFile")
                if file is not None:
                    self.fonts[str(font.get("ID"))] = self.zip.read(self.at(file.text or "", base))

    def at(self, location: str, folder: str) -> str:
        return location[1:] if location.startswith("/") else posixpath.join(folder, location)

    def xml(self, path: str) -> ElementTree.Element:
        return ElementTree.fromstring(self.zip.read(path))

    def objects(self, page: int) -> list[ElementTree.Element]:
        """Of the page and of its annotations, in their order."""
        listed = self.document.findall(f"{NS}Pages/{NS}Page")[page]
        trees = [self.xml(self.at(str(listed.get("BaseLoc")), "Doc_0"))]
        annotations = self.document.find(f"{NS}Annotations")
        if annotations is not None:
            for one in self.xml(self.at(annotations.text or "", "Doc_0")).findall(f"{NS}Page"):
                if one.get("PageID") == listed.get("ID"):
                    trees.append(self.xml(self.at(one.findtext(f"{NS}FileLoc") or "", "Doc_0/ZhijianAnnots")))
        return [o for tree in trees for o in tree.iter() if o.tag in (f"{NS}TextObject", f"{NS}PathObject")]

    def text(self, page: int) -> str:
        return "\n".join(t.text or "" for o in self.objects(page) for t in o.findall(f"{NS}TextCode"))

    def picture(self, page: int) -> Image.Image:
        box = self.document.findtext(f"{NS}CommonData/{NS}PageArea/{NS}PhysicalBox") or ""
        _, _, width, height = map(float, box.split())
        image = Image.new("RGB", (round(width * SCALE), round(height * SCALE)), "white")
        for one in self.objects(page):
            (self._path if one.tag == f"{NS}PathObject" else self._text)(ImageDraw.Draw(image), one)
        return image

    def _path(self, pen: Any, one: ElementTree.Element) -> None:
        left, top, *_ = map(float, str(one.get("Boundary")).split())
        figures: list[list[tuple[float, float]]] = []
        words = (one.findtext(f"{NS}AbbreviatedData") or "").split()
        while words:
            operator = words.pop(0)
            if operator == "C":
                continue
            assert operator in ("M", "L"), operator
            x, y = float(words.pop(0)), float(words.pop(0))
            point = ((left + x) * SCALE, (top + y) * SCALE)
            if operator == "M":
                figures.append([])
            figures[-1].append(point)
        for figure in figures:
            if one.get("Fill") == "true":
                xs, ys = [p[0] for p in figure], [p[1] for p in figure]
                pen.rectangle(
                    (round(min(xs)), round(min(ys)), round(max(xs)) - 1, round(max(ys)) - 1),
                    fill=_colour(one, "FillColor"),
                )
            if one.get("Stroke", "true") == "true":
                pen.line(
                    figure,
                    fill=_colour(one, "StrokeColor"),
                    width=max(1, round(float(one.get("LineWidth", "0.353")) * SCALE)),
                )

    def _text(self, pen: Any, one: ElementTree.Element) -> None:
        if one.get("CTM") or str(one.get("Font")) not in self.fonts:
            return  # turned, or in a face of the reader's own
        left, top, width, _ = map(float, str(one.get("Boundary")).split())
        size = float(str(one.get("Size")))
        face = ImageFont.truetype(io.BytesIO(self.fonts[str(one.get("Font"))]), round(size * SCALE))
        code = one.find(f"{NS}TextCode")
        assert code is not None
        x, words = float(str(code.get("X"))), code.text or ""
        steps = [float(step) for step in (code.get("DeltaX") or "").split()]
        assert len(steps) == len(words) - 1
        assert sum(steps) <= width + 0.01
        for letter, step in zip(words, [*steps, 0.0], strict=True):
            at = ((left + x) * SCALE, (top + float(str(code.get("Y")))) * SCALE)
            pen.text(at, letter, font=face, fill=_colour(one, "FillColor"), anchor="ls")
            x += step


def _colour(one: ElementTree.Element, name: str) -> tuple[int, int, int]:
    found = one.find(f"{NS}{name}")
    if found is None:
        return 0, 0, 0
    red, green, blue = map(int, str(found.get("Value")).split())
    return red, green, blue
