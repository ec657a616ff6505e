"""The two faces of Noto Sans SC (SIL OFL), cut down to the letters in use. Nothing is taken from the system."""

import io
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from zhijian.codes.document.refused import DocumentRefused

FOLDER = Path(__file__).parent / "fonts"
REGULAR, BOLD = "NotoSansSC_400Regular", "NotoSansSC_700Bold"
_DROPPED = ["GSUB", "GPOS", "GDEF", "BASE", "STAT", "vhea", "vmtx", "VORG", "DSIG", "meta", "gasp"]


@dataclass(frozen=True, slots=True)
class Subset:
    """A TrueType file with the asked letters, to be embedded with Identity-H: glyph numbers are the codes in the text."""

    name: str
    """PostScript name with the six letters that mark a subset (ISO 32000-2, 9.9.2)."""
    file: bytes
    glyphs: dict[str, int]
    widths: dict[int, int]
    """Advance of each glyph in thousandths of the size."""
    bbox: tuple[int, int, int, int]
    ascent: int
    descent: int

    def hex(self, text: str) -> bytes:
        """The text as a hexadecimal string operand. A letter that the face lacks is shown as its missing glyph."""
        return b"<" + b"".join(b"%04X" % self.glyphs.get(ch, 0) for ch in text) + b">"

    def width(self, text: str, size: float) -> float:
        return sum(self.widths.get(self.glyphs.get(ch, 0), 1000) for ch in text) * size / 1000


def font_file(face: str) -> Path:
    """Raises: DocumentRefused `fonts-missing`: `make static` fetches them from their npm package."""
    path = FOLDER / f"{face}.ttf"
    if not path.is_file():
        raise DocumentRefused("fonts-missing", path.name, f"缺少字体 {path.name}：请在源码目录运行 make static。",
                              f"The font {path.name} is missing: run `make static` in the source folder.")  # fmt: skip
    return path


@lru_cache(maxsize=64)
def cut(face: str, letters: frozenset[str]) -> Subset:
    """The same letters give the same bytes. Raises: DocumentRefused `fonts-missing`."""
    options = subset.Options(
        drop_tables=[*subset.Options().drop_tables, *_DROPPED], layout_features=[], hinting=False, notdef_outline=True,
        name_IDs=[0, 1, 2, 6], recalc_timestamp=False, glyph_names=False,
    )  # fmt: skip
    font = TTFont(font_file(face), lazy=True, recalcTimestamp=False)
    cutter = subset.Subsetter(options)
    cutter.populate(text="".join(sorted(letters)))
    cutter.subset(font)
    out = io.BytesIO()
    font.save(out, reorderTables=True)
    units = font["head"].unitsPerEm
    order = {name: n for n, name in enumerate(font.getGlyphOrder())}
    glyphs = {chr(code): order[name] for code, name in font.getBestCmap().items()}
    widths = {order[name]: round(width * 1000 / units) for name, (width, _) in font["hmtx"].metrics.items()}
    head, hhea = font["head"], font["hhea"]
    scaled = tuple(round(v * 1000 / units) for v in (head.xMin, head.yMin, head.xMax, head.yMax))
    tag = "".join(chr(65 + ord(ch) % 26) for ch in sorted(letters)[:6]).ljust(6, "Z")
    return Subset(f"{tag}+{face.replace('_', '-')}", out.getvalue(), glyphs, widths, scaled,
                  round(hhea.ascent * 1000 / units), round(hhea.descent * 1000 / units))  # fmt: skip
