"""Fingerprints: a re-save leaves them alone, an edit of what is seen does not, whatever the way."""

import io
from collections.abc import Callable

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)  # fmt: skip
from tests.codes.document.papers import annotated, paper, rewritten, saved, streamed, unbalanced, what

from zhijian.codes.document.content import fingerprints
from zhijian.codes.document.refused import DocumentRefused
from zhijian.codes.document.stamp import stamp
from zhijian.codes.document.tokens import tokens

STAMPED = stamp(annotated(paper(pages=3)), what())
SEEN = fingerprints(STAMPED)


def renumbered(raw: bytes) -> bytes:
    """Page by page into a new document: new catalog, new page tree, new numbers."""
    writer = pypdf.PdfWriter()
    writer.add_blank_page(10, 10)
    for page in pypdf.PdfReader(io.BytesIO(raw)).pages:
        writer.add_page(page)
    writer.remove_page(0)
    return saved(writer)


def coalesced(raw: bytes) -> bytes:
    """Content arrays joined into one stream, resources made direct, as qpdf does."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(raw))
    for page in writer.pages:
        stream = DecodedStreamObject()
        stream.set_data(page.get_contents().get_data())
        page[NameObject("/Contents")] = writer._add_object(stream.flate_encode())
        page[NameObject("/Resources")] = page["/Resources"].get_object()
    return saved(writer)


RESAVES: dict[str, Callable[[bytes], bytes]] = {
    "by pypdf": rewritten, "spelt anew": lambda raw: rewritten(raw, compress=True), "object streams": lambda raw: streamed(rewritten(raw)),
    "renumbered": renumbered, "coalesced": coalesced, "twice": lambda raw: rewritten(renumbered(raw)),
}  # fmt: skip


@pytest.mark.parametrize("how", RESAVES)
def test_a_resaved_file_shows_the_same(how: str) -> None:
    again = RESAVES[how](STAMPED)
    assert again != STAMPED
    assert fingerprints(again) == SEEN


def edited(change: Callable[[pypdf.PdfWriter], object]) -> tuple[int, ...]:
    """Pages whose fingerprint differs after `change`, counted from one."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(STAMPED))
    change(writer)
    now = fingerprints(saved(writer))
    assert len(now) == len(SEEN)
    return tuple(n for n, (a, b) in enumerate(zip(SEEN, now, strict=True), 1) if a != b)


def _replace(writer: pypdf.PdfWriter, page: int, old: bytes, new: bytes) -> None:
    stream = DecodedStreamObject()
    data = writer.pages[page].get_contents().get_data()
    assert old in data
    stream.set_data(data.replace(old, new))
    writer.pages[page][NameObject("/Contents")] = writer._add_object(stream)


def _annotate(writer: pypdf.PdfWriter) -> None:
    note = DictionaryObject({
        NameObject("/Subtype"): NameObject("/FreeText"), NameObject("/Rect"): ArrayObject([FloatObject(v) for v in (72, 400, 300, 430)]),
        NameObject("/Contents"): TextStringObject("0.002 mg/kg"), NameObject("/DA"): TextStringObject("/Helv 11 Tf"),
    })  # fmt: skip
    page = writer.pages[1]
    page[NameObject("/Annots")] = ArrayObject([*page.get("/Annots", []), writer._add_object(note)])


def _fonts(writer: pypdf.PdfWriter) -> None:
    """Swap the letters of the embedded face: the text stays, what is seen does not."""
    for page in writer.pages:
        font = page["/Resources"]["/Font"]["/ZjR"].get_object()["/DescendantFonts"][0].get_object()
        file = font["/FontDescriptor"].get_object()["/FontFile2"].get_object()
        file.set_data(file.get_data()[:-4] + b"EVIL")


def _layers(writer: pypdf.PdfWriter) -> None:
    writer.root_object[NameObject("/OCProperties")] = DictionaryObject({NameObject("/OCGs"): ArrayObject()})


def _needs(writer: pypdf.PdfWriter) -> None:
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject(
        {NameObject("/NeedAppearances"): BooleanObject(True)}
    )


def _crop(writer: pypdf.PdfWriter) -> None:
    writer.pages[2][NameObject("/CropBox")] = ArrayObject([NumberObject(n) for n in (0, 500, 595, 842)])


EDITS: dict[str, tuple[Callable[[pypdf.PdfWriter], object], tuple[int, ...]]] = {
    "a digit": (lambda w: _replace(w, 1, b"0.012", b"0.002"), (2,)), "one more blank": (lambda w: _replace(w, 1, b"0.012 mg", b"0.012  mg"), (2,)),
    "an annotation": (_annotate, (2,)), "letters of a font": (_fonts, (1, 2, 3)), "layers": (_layers, (1, 2, 3)),
    "a form that draws itself": (_needs, (1, 2, 3)), "a crop": (_crop, (3,)), "a turn": (lambda w: w.pages[0].rotate(180), (1,)),
    "a link elsewhere": (lambda w: w.pages[0]["/Annots"][1]["/A"].get_object().update({NameObject("/URI"): TextStringObject("HTTPS://EVIL")}), (1,)),
}  # fmt: skip


@pytest.mark.parametrize("how", EDITS)
def test_an_edit_is_found_on_the_page_where_it_is(how: str) -> None:
    change, pages = EDITS[how]
    assert edited(change) == pages


def test_equal_pages_have_equal_fingerprints_and_different_ones_do_not() -> None:
    assert len(set(SEEN)) == 3
    assert len(set(fingerprints(paper(pages=1) and rewritten(_twice())))) == 1


def _twice() -> bytes:
    writer = pypdf.PdfWriter()
    for _ in range(2):
        writer.add_blank_page(300, 300)
    return saved(writer)


def test_metadata_and_thumbnails_are_not_what_a_page_shows() -> None:
    def change(writer: pypdf.PdfWriter) -> None:
        writer.add_metadata({"/Title": "other", "/Producer": "other"})
        writer.pages[0][NameObject("/LastModified")] = TextStringObject("D:2026")

    assert edited(change) == ()


def test_a_ring_of_objects_is_walked_once_and_told_from_another_ring() -> None:
    def ring(length: int) -> bytes:
        writer = pypdf.PdfWriter(clone_from=io.BytesIO(paper(pages=1)))
        made = [writer._add_object(DictionaryObject()) for _ in range(length)]
        for one, following in zip(made, made[1:] + made[:1], strict=True):
            one.get_object()[NameObject("/Next")] = following
        writer.pages[0]["/Resources"].get_object()[NameObject("/Ring")] = made[0]
        return saved(writer)

    assert fingerprints(ring(2)) == fingerprints(rewritten(ring(2)))
    assert fingerprints(ring(2)) != fingerprints(ring(3))


@pytest.mark.timeout(60)
def test_a_tangle_that_would_take_for_ever_is_refused() -> None:
    """Thirty levels, each referring twice to the next, with a way back to the top: 2^30 walks without a bound."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(paper(pages=1)))
    made = [writer._add_object(DictionaryObject()) for _ in range(30)]
    for one, following in zip(made, made[1:] + made[:1], strict=True):
        one.get_object().update({NameObject("/A"): following, NameObject("/B"): following})
    writer.pages[0]["/Resources"].get_object()[NameObject("/Tangle")] = made[0]
    with pytest.raises(DocumentRefused) as refused:
        fingerprints(saved(writer))
    assert refused.value.why == "too-complex"


def test_unbalanced_and_streamed_papers_have_fingerprints_too() -> None:
    assert fingerprints(unbalanced(paper())) != fingerprints(paper())
    assert fingerprints(streamed(paper())) == fingerprints(paper())


@settings(max_examples=300)
@given(raw=st.binary(max_size=200) | st.text("()<>[]{}/%\\ 0123456789.+-BIDE\nTjq", max_size=80).map(str.encode))
def test_any_bytes_make_tokens_and_an_end(raw: bytes) -> None:
    assert sum(1 for _ in tokens(raw)) <= len(raw) + 1


@given(text=st.binary(max_size=60))
def test_a_string_means_the_same_in_brackets_and_in_hex(text: bytes) -> None:
    escaped = text.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)").replace(b"\r", b"\\r")
    assert (
        [value for _, value in tokens(b"(" + escaped + b")")]
        == [text]
        == [value for _, value in tokens(b"<" + text.hex().encode() + b">")]
    )
