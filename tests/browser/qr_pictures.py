"""QR codes as photos and as what a camera sees, drawn by an independent writer."""

from pathlib import Path

import zxingcpp
from PIL import Image

CAMERA_SIZE = (640, 480)


def qr_picture(text: str, scale: int = 6) -> Image.Image:
    symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    pixels = symbol.to_image(scale=scale, add_quiet_zones=True)
    height, width = pixels.shape[:2]
    return Image.frombytes("L", (width, height), bytes(memoryview(pixels)))


def photo_of(text: str, path: Path) -> Path:
    """A sheet of paper with the symbol in it, turned a little and not quite white."""
    sheet = Image.new("L", (900, 1200), 225)
    sheet.paste(qr_picture(text).rotate(7, expand=True, fillcolor=225), (300, 400))
    sheet.save(path, quality=80)
    return path


def camera_film(text: str, path: Path, frames: int = 4) -> Path:
    """YUV4MPEG2, as Chromium's fake camera reads it."""
    width, height = CAMERA_SIZE
    frame = Image.new("L", CAMERA_SIZE, 215)
    symbol = qr_picture(text, scale=5)
    frame.paste(symbol, ((width - symbol.width) // 2, (height - symbol.height) // 2))
    grey = bytes([128]) * (width * height // 2)
    with path.open("wb") as film:
        film.write(f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n".encode())
        for _ in range(frames):
            film.write(b"FRAME\n" + frame.tobytes() + grey)
    return path
