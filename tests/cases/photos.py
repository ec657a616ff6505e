"""Photos as phones and strangers make them."""

import struct
import zlib
from io import BytesIO

from PIL import Image
from PIL.TiffImagePlugin import IFDRational

SECRET_PLACE = b"Somewhere 120.1551E"
MAKER = b"SecretPhone 15"


def jpeg(width: int = 1200, height: int = 900, *, turned: int = 1, gps: bool = True) -> bytes:
    """Left half red, right half blue before it is turned; with the place in EXIF, a comment, XMP, and bytes behind the end."""
    image = Image.new("RGB", (width, height), (200, 30, 30))
    image.paste((30, 30, 200), (width // 2, 0, width, height))
    exif = Image.Exif()
    exif[0x0112] = turned
    if gps:
        exif[0x010F] = MAKER.decode()
        exif[0x010E] = SECRET_PLACE.decode()
        place = exif.get_ifd(0x8825)
        place[1], place[2] = "N", (IFDRational(30), IFDRational(16), IFDRational(2712, 100))
        place[3], place[4] = "E", (IFDRational(120), IFDRational(9), IFDRational(1836, 100))
    out = BytesIO()
    image.save(
        out, "JPEG", quality=90, exif=exif, comment=SECRET_PLACE, xmp=b"<x:xmpmeta>" + SECRET_PLACE + b"</x:xmpmeta>"
    )
    return out.getvalue() + b"\nPK\x03\x04" + SECRET_PLACE


def picture(kind: str, mode: str = "RGB", size: tuple[int, int] = (300, 200)) -> bytes:
    out = BytesIO()
    Image.new(mode, size, 0).save(out, kind)
    return out.getvalue()


def png_bomb(width: int, height: int) -> bytes:
    """A PNG of few bytes that says it is this large: all black, one bit a pixel."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    packed, row = zlib.compressobj(9), b"\0" * (1 + (width + 7) // 8)
    rows = b"".join(packed.compress(row * 64) for _ in range(height // 64)) + packed.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
