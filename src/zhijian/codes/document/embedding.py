"""A subset face as PDF objects: a composite font with Identity-H and a map back to Unicode (ISO 32000-2, 9.7 and 9.10)."""

from typing import Any

from zhijian.codes.document.fonts import Subset
from zhijian.codes.document.objects import array, dictionary, name, number, stream, text


def embed(writer: Any, face: Subset) -> Any:
    """Reference of the font."""
    called = name(face.name)
    descriptor = dictionary(
        Type=name("FontDescriptor"), FontName=called, Flags=number(4), ItalicAngle=number(0), StemV=number(80),
        FontBBox=array(map(number, face.bbox)), Ascent=number(face.ascent), Descent=number(face.descent),
        CapHeight=number(733), FontFile2=writer.add_object(stream(face.file, Length1=number(len(face.file)))),
    )  # fmt: skip
    widths = [one for glyph, width in sorted(face.widths.items()) for one in (number(glyph), array([number(width)]))]
    descendant = dictionary(
        Type=name("Font"), Subtype=name("CIDFontType2"), BaseFont=called, W=array(widths), DW=number(1000),
        CIDSystemInfo=dictionary(Registry=text("Adobe"), Ordering=text("Identity"), Supplement=number(0)),
        FontDescriptor=writer.add_object(descriptor), CIDToGIDMap=name("Identity"),
    )  # fmt: skip
    return writer.add_object(dictionary(
        Type=name("Font"), Subtype=name("Type0"), BaseFont=called, Encoding=name("Identity-H"),
        DescendantFonts=array([writer.add_object(descendant)]), ToUnicode=writer.add_object(stream(_to_unicode(face))),
    ))  # fmt: skip


def _to_unicode(face: Subset) -> bytes:
    pairs = [
        b"<%04X> <%s>" % (glyph, ch.encode("utf-16-be").hex().upper().encode())
        for ch, glyph in sorted(face.glyphs.items())
    ]
    chunks = [pairs[n : n + 100] for n in range(0, len(pairs), 100)]
    body = b"\n".join(b"%d beginbfchar\n%s\nendbfchar" % (len(c), b"\n".join(c)) for c in chunks)
    return (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        b"/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def /CMapName /Adobe-Identity-UCS def\n"
        b"/CMapType 2 def 1 begincodespacerange <0000> <FFFF> endcodespacerange\n%s\n"
        b"endcmap CMapName currentdict /CMap defineresource pop end end" % body
    )
