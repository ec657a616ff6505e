"""Of a photo the picture is kept and nothing else; what would hurt the machine is refused."""

import os
from io import BytesIO

import pytest
from PIL import Image
from tests.cases.photos import MAKER, SECRET_PLACE, jpeg, picture, png_bomb

from zhijian.cases import cleaned
from zhijian.cases.model import MOST_PHOTO_BYTES, PhotoRefused
from zhijian.cases.photo import LONGEST_SIDE, MOST_PIXELS, rewritten
from zhijian.kit.aside import AsideFailed


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def test_where_a_photo_was_taken_and_with_what_does_not_come_along() -> None:
    raw = jpeg()
    assert opened(raw).getexif().get_ifd(0x8825)[3] == "E"
    assert all(secret in raw for secret in (SECRET_PLACE, MAKER))
    kept = cleaned(raw)
    again = opened(kept.content)
    assert len(again.getexif()) == 0
    assert set(again.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert not any(secret in kept.content for secret in (SECRET_PLACE, MAKER, b"Exif", b"xmpmeta", b"PK\x03\x04"))
    assert kept.content.endswith(b"\xff\xd9")


def test_a_photo_is_small_upright_and_still_the_picture() -> None:
    kept = rewritten(jpeg(4000, 3000, turned=6))  # to be turned clockwise: left becomes top
    assert (kept.media_type, kept.width, kept.height) == ("image/jpeg", 1500, LONGEST_SIDE)
    image = opened(kept.content)
    assert image.size == (kept.width, kept.height)
    top, bottom = image.getpixel((750, 200)), image.getpixel((750, 1800))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[0] > 150 > bottom[0]
    assert bottom[2] > 150 > top[2]


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "1"), ("PNG", "LA"), ("PNG", "I;16"), ("WEBP", "RGBA"), ("WEBP", "RGB"),
     ("JPEG", "L"), ("JPEG", "CMYK")],
)  # fmt: skip
def test_every_kind_of_picture_becomes_a_jpeg(kind: str, mode: str) -> None:
    kept = rewritten(picture(kind, mode))
    assert (kept.media_type, kept.width, kept.height) == ("image/jpeg", 300, 200)
    assert opened(kept.content).format == "JPEG"


def test_what_is_transparent_becomes_white_not_black() -> None:
    kept = rewritten(picture("PNG", "RGBA"))
    assert opened(kept.content).convert("RGB").getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "PDF"])
def test_other_kinds_are_refused(kind: str) -> None:
    with pytest.raises(PhotoRefused, match="photo-kind"):
        rewritten(picture(kind))


@pytest.mark.parametrize(
    "raw", [b"", b"GIF89a", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"<svg xmlns='x'/>"]
)
def test_what_is_no_picture_is_refused(raw: bytes) -> None:
    with pytest.raises(PhotoRefused):
        rewritten(raw)


def test_a_photo_cut_or_changed_anywhere_is_refused_or_read_and_raises_nothing_else() -> None:
    for raw in (jpeg(320, 240), picture("PNG", "RGBA"), picture("WEBP")):
        for at in range(0, len(raw), max(1, len(raw) // 60)):
            for broken in (raw[:at], raw[:at] + os.urandom(8) + raw[at + 8 :]):
                try:
                    assert rewritten(broken).media_type == "image/jpeg"
                except PhotoRefused as why:
                    assert why.value in ("photo-kind", "photo-unreadable", "photo-too-many-pixels")


def test_a_small_file_that_says_it_is_huge_is_refused_before_it_is_unpacked() -> None:
    bomb = png_bomb(60_000, 60_032)
    assert len(bomb) < MOST_PHOTO_BYTES
    with pytest.raises(PhotoRefused, match="photo-too-many-pixels"):
        cleaned(bomb)


def test_the_largest_that_is_allowed_is_made_within_the_memory_or_ends_alone() -> None:
    side = int(MOST_PIXELS**0.5) // 64 * 64
    kept = cleaned(png_bomb(side, side))
    assert max(kept.width, kept.height) == LONGEST_SIDE
    try:
        cleaned(picture("PNG", "RGBA", (side, side)))
    except AsideFailed as why:
        assert why.why in ("died", "too-slow")
