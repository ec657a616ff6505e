"""The symbols: drawn as SVG, read back by a scanner, small enough to print, and taken apart by our own reader."""

import re
import string
from datetime import UTC, datetime

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from tests.codes.sealing import CODE, KEY, KID, claims

from zhijian.codes import credential, qr
from zhijian.codes.model import CodeMalformed, CodesError, CredentialRefused
from zhijian.codes.qr import QUIET_ZONE, QrTooDense, Scanned
from zhijian.kit.signing import Suite

HOST = "https://verify.zhijian.example"
VERIFIER = "7KQ2MX"
ALPHANUMERIC = set(string.digits + string.ascii_uppercase + " $%*+-./:")
# GB/T 18284 (ISO/IEC 18004), table 7: characters of alphanumeric mode at level M, versions 1 to 10.
CAPACITY = (20, 38, 61, 90, 122, 154, 178, 221, 262, 311)
LARGEST = claims(issued_at=datetime(2105, 1, 1, tzinfo=UTC), status_list=9912, status_index=(1 << 24) - 1, log=23)
WHOLE = {s: qr.text(HOST, CODE, VERIFIER, credential.sign(claims(), KEY[s], KID[s])) for s in Suite}
TIGHT = {s: qr.text(HOST, CODE, VERIFIER, credential.sign(LARGEST, KEY[s], KID[s])) for s in Suite}
SMALL = qr.text(HOST, CODE, VERIFIER)
EVERY = [*WHOLE.values(), *TIGHT.values(), SMALL]


def drawn(svg: str, scale: int = 4) -> Image.Image:
    """The picture that a browser would draw of our two paths."""
    side = int(re.search(r'viewBox="0 0 (\d+) \1"', svg)[1])  # type: ignore[index]
    image = Image.new("L", (side * scale, side * scale), 255)
    pen = ImageDraw.Draw(image)
    for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", svg):
        left, top = int(x) * scale, int(y) * scale
        pen.rectangle((left, top, left + scale - 1, top + scale - 1), fill=0)
    return image


def version(text: str) -> int:
    return next(n for n, room in enumerate(CAPACITY, 1) if len(text) <= room)


@pytest.mark.parametrize("text", EVERY)
def test_a_scanner_reads_the_drawn_symbol_and_finds_level_m(text: str) -> None:
    found = zxingcpp.read_barcodes(drawn(qr.svg(text)))
    assert [one.text for one in found] == [text]
    assert found[0].format == zxingcpp.BarcodeFormat.QRCode
    assert found[0].ec_level == "M"


@pytest.mark.parametrize("text", EVERY)
def test_the_text_is_of_the_alphanumeric_set_and_is_packed_that_way(text: str) -> None:
    """A symbol in byte mode would need more modules than the table has for these characters."""
    assert set(text) <= ALPHANUMERIC
    assert qr.modules(text) == 17 + 4 * version(text)


def test_whole_symbols_have_at_most_57_modules_and_small_ones_are_small() -> None:
    assert {suite: qr.modules(text) <= 57 for suite, text in {**WHOLE, **TIGHT}.items()} == dict.fromkeys(Suite, True)
    assert qr.modules(SMALL) <= 33


@pytest.mark.parametrize("text", EVERY)
def test_a_zone_of_four_modules_around_it_is_white(text: str) -> None:
    svg, modules = qr.svg(text), qr.modules(text)
    assert f'viewBox="0 0 {modules + 8} {modules + 8}"' in svg
    places = {int(n) for pair in re.findall(r"M(\d+) (\d+)h1v1h-1z", svg) for n in pair}
    assert (min(places), max(places)) == (QUIET_ZONE, QUIET_ZONE + modules - 1)


def test_the_drawing_has_no_style_and_no_script() -> None:
    svg = qr.svg(SMALL)
    assert set(re.findall(r"<(\w+)", svg)) == {"svg", "path"}
    assert "style" not in svg
    assert "script" not in svg


def test_a_text_that_needs_a_larger_symbol_is_refused() -> None:
    long = qr.text("https://a-rather-long-name-of-a-host.verify.zhijian.example", CODE, VERIFIER, b"\xa7" * 180)
    with pytest.raises(QrTooDense, match="use a shorter host"):
        qr.svg(long)


@pytest.mark.parametrize("suite", list(Suite))
def test_our_reader_takes_the_whole_symbol_apart(suite: Suite) -> None:
    raw = credential.sign(claims(), KEY[suite], KID[suite])
    assert qr.read(qr.text(HOST, CODE, VERIFIER, raw)) == Scanned("verify.zhijian.example", CODE, VERIFIER, raw)


def test_our_reader_takes_the_small_symbol_and_a_bare_code_apart() -> None:
    assert qr.read(SMALL) == Scanned("verify.zhijian.example", CODE, VERIFIER, None)
    assert qr.read(f" {CODE.lower()} ") == Scanned("", CODE, None, None)
    assert qr.read(f"{HOST}/{CODE}") == Scanned("verify.zhijian.example", CODE, None, None)


@given(st.binary(min_size=1, max_size=200))
def test_any_credential_comes_back_out_of_the_text(raw: bytes) -> None:
    scanned = qr.read(qr.text(HOST, CODE, VERIFIER, raw))
    assert (scanned.code, scanned.verifier, scanned.credential) == (CODE, VERIFIER, raw)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        (f"https://verify.zhijian.example@evil.example/{CODE}", "verify.zhijian.example@evil.example"),
        (f"https://evil.example/{CODE}", "evil.example"),
        (f"https://verify.zhijian.example:8443/{CODE}", "verify.zhijian.example:8443"),
        (f"https://verify.zhijian.example.evil.example/{CODE}", "verify.zhijian.example.evil.example"),
    ],
)
def test_another_host_is_reported_as_what_it_is(text: str, host: str) -> None:
    assert qr.read(text).host == host


@pytest.mark.parametrize(
    "text", [f"{HOST}/", f"{HOST}/{CODE}/A/B", "", "hello", f"{HOST}/{CODE[:-1]}/{VERIFIER}", f"/{CODE}/x"]
)
def test_what_names_no_code_is_malformed(text: str) -> None:
    with pytest.raises(CodeMalformed):
        qr.read(text)


@pytest.mark.parametrize("tail", ["7KQ2M", "7KQ2MX0", "7KQ2MX_00", "7KQ2MX:::", "7KQ2MX%20"])
def test_a_tail_that_we_never_write_is_refused(tail: str) -> None:
    with pytest.raises(CredentialRefused):
        qr.read(f"{HOST}/{CODE}/{tail}")


@pytest.mark.parametrize("text", [f"http://[/{CODE}", f"http://[::1/{CODE}", f"https://a℀b.example/{CODE}", "//[x"])
def test_an_address_that_is_none_is_malformed(text: str) -> None:
    with pytest.raises(CodesError):
        qr.read(text)


@settings(max_examples=300)
@given(st.text(st.characters(exclude_characters="[]", exclude_categories=("Cs",), max_codepoint=0x2000), max_size=60))
def test_any_text_is_read_or_refused_and_raises_nothing_else(text: str) -> None:
    try:
        assert len(qr.read(text).code) == 18
    except CodesError:
        pass
