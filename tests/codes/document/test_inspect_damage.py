"""Files that are broken, by chance or by intent: inspected or refused, never found unchanged, never a burden."""

import io
import re

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf.generic import DecodedStreamObject, NameObject
from tests.codes.document.inspecting import (
    ORIGINAL,
    looked,
    sealed,
)
from tests.codes.document.papers import hybrid, office, paper, saved, streamed, what

from zhijian.codes.document.found import Verdict
from zhijian.codes.document.refused import DocumentRefused
from zhijian.codes.document.stamp import stamp


@settings(max_examples=60, deadline=20_000)
@given(data=st.data())
def test_a_damaged_file_is_inspected_or_refused_and_never_found_unchanged(data: st.DataObject) -> None:
    raw = bytearray(sealed())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw) - 1))
        kind = data.draw(st.sampled_from(["flip", "cut", "insert", "repeat"]))
        if kind == "flip":
            raw[at] ^= 1 << data.draw(st.integers(0, 7))
        elif kind == "cut":
            del raw[at : at + data.draw(st.integers(1, 2000))]
        elif kind == "insert":
            raw[at:at] = data.draw(st.binary(min_size=1, max_size=30))
        else:
            raw[at:at] = raw[max(0, at - 500) : at]
        if not raw:
            return
    if bytes(raw) == sealed():
        return
    try:
        found = looked(bytes(raw))
    except DocumentRefused:
        return
    assert found.verdict is not Verdict.UNCHANGED or without_room(bytes(raw)) == without_room(sealed())


def without_room(raw: bytes) -> bytes:
    """The file but for the hexadecimal digits in which its signature lies."""
    start, end = (int(n) for n in re.search(rb"/ByteRange \[0 (\d+) (\d+) ", sealed()).groups())  # type: ignore[union-attr]
    return raw[:start] + raw[end:]


def test_something_laid_behind_the_signature_is_found() -> None:
    raw = sealed()
    end = int(re.search(rb"/ByteRange \[0 \d+ (\d+) ", raw)[1])  # type: ignore[index]
    (signature,) = looked(raw[: end - 9] + b"CAFE" + raw[end - 5 :]).signatures
    assert signature.problem == "signature-padded"
    assert not signature.is_known


@settings(max_examples=150, deadline=20_000)
@given(raw=st.binary(max_size=300), head=st.booleans())
def test_random_bytes_are_refused(raw: bytes, head: bool) -> None:
    with pytest.raises(DocumentRefused):
        looked((b"%PDF-1.7\n" if head else b"") + raw)
    with pytest.raises(DocumentRefused):
        stamp((b"%PDF-1.7\n" if head else b"") + raw, what())


@pytest.mark.timeout(60)
def test_a_bomb_is_refused_before_it_fills_the_memory() -> None:
    """One page whose content unpacks to a gigabyte."""
    import zlib

    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1_000_000)) for _ in range(1000)) + packer.flush()
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(paper(pages=1)))
    bomb = pypdf.generic.EncodedStreamObject()
    bomb._data = packed
    bomb[NameObject("/Filter")] = NameObject("/FlateDecode")
    writer.pages[0][NameObject("/Contents")] = writer._add_object(bomb)
    with pytest.raises(DocumentRefused):
        looked(saved(writer))
    with pytest.raises(DocumentRefused):
        stamp(saved(writer), what())


@settings(max_examples=80, deadline=20_000)
@given(data=st.data())
def test_a_damaged_report_is_stamped_or_refused(data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.sampled_from([ORIGINAL, streamed(ORIGINAL), hybrid(ORIGINAL), office()])))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(9, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    try:
        done = stamp(bytes(raw), what())
    except DocumentRefused:
        return
    assert done.startswith(bytes(raw))


def drawn_over_and_over(levels: int, times: int) -> bytes:
    """Forms that draw forms: `times` to the power of `levels` drawings on one page."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(paper(pages=1)))
    below = None
    for _ in range(levels):
        form = DecodedStreamObject()
        form.set_data(b"/X Do " * times if below is not None else b"BT ET")
        form[NameObject("/Type")], form[NameObject("/Subtype")] = NameObject("/XObject"), NameObject("/Form")
        form[NameObject("/BBox")] = pypdf.generic.ArrayObject([pypdf.generic.NumberObject(n) for n in (0, 0, 9, 9)])
        if below is not None:
            inside = pypdf.generic.DictionaryObject({NameObject("/X"): below})
            form[NameObject("/Resources")] = pypdf.generic.DictionaryObject({NameObject("/XObject"): inside})
        below = writer._add_object(form)
    page = writer.pages[0]
    page["/Resources"].get_object()[NameObject("/XObject")] = pypdf.generic.DictionaryObject({NameObject("/X"): below})
    body = DecodedStreamObject()
    body.set_data(b"/X Do " * times)
    page[NameObject("/Contents")] = writer._add_object(body)
    return saved(writer)


@pytest.mark.timeout(90)
@pytest.mark.parametrize(("levels", "times"), [(4, 100), (12, 10), (2, 100_000)])
def test_drawings_of_drawings_end_soon(levels: int, times: int) -> None:
    raw = drawn_over_and_over(levels, times)
    assert looked(raw).verdict is Verdict.NOT_SEALED
    try:
        stamp(raw, what())
    except DocumentRefused as refused:
        assert refused.why in {"too-complex", "no-room"}
