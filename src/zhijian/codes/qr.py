"""The QR on a report: `HTTPS://HOST/CODE/VERIFIER…CREDENTIAL`, upper case, alphanumeric mode, level M.

Any phone opens the page; an app reads the same symbol without a network. The tail is the six-symbol verifier followed
by the credential in Base41; the small symbol for seals has the verifier alone. At most version 10 (57 modules).
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import zxingcpp

from zhijian.codes import base41
from zhijian.codes.code import parse
from zhijian.codes.model import Code, CodeMalformed, CodesError, CredentialRefused
from zhijian.codes.secrets import VERIFIER_LENGTH

MAX_MODULES = 57
QUIET_ZONE = 4
"""Modules of white around the symbol (GB/T 18284)."""


class QrTooDense(CodesError):
    """The text needs more than version 10. A shorter host mends it."""

    why = "qr-too-dense"


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a QR says, unverified."""

    host: str
    code: Code
    verifier: str | None
    credential: bytes | None


def text(public_url: str, code: Code, verifier: str, credential: bytes | None = None) -> str:
    """The symbol's text. Without `credential` the small one."""
    return f"{public_url.rstrip('/')}/{code}/{tail(verifier, credential)}".upper()


def tail(verifier: str, credential: bytes | None) -> str:
    return verifier + (base41.encode(credential) if credential else "")


def split_tail(text: str) -> tuple[str, bytes | None]:
    """Verifier and credential of the URL's last part.

    Raises: CredentialRefused.
    """
    if len(text) < VERIFIER_LENGTH:
        raise CredentialRefused(text, "too short for a verifier")
    try:
        credential = base41.decode(text[VERIFIER_LENGTH:]) if len(text) > VERIFIER_LENGTH else None
    except base41.NotBase41 as why:
        raise CredentialRefused(text, f"not Base41: {why}") from why
    return text[:VERIFIER_LENGTH], credential


def read(scanned: str) -> Scanned:
    """Take a QR's text apart; the host is the caller's to judge.

    Raises: CodeMalformed, CredentialRefused.
    """
    try:
        url = urlsplit(scanned.strip())
    except ValueError:
        raise CodeMalformed(scanned, "length") from None
    pieces = [p for p in url.path.split("/") if p]
    if pieces and pieces[0].lower() == "v":  # the page's own address
        pieces = pieces[1:]
    if not url.netloc or not 1 <= len(pieces) <= 2:
        return Scanned("", parse(scanned), None, None)
    verifier, credential = split_tail(pieces[1].upper()) if len(pieces) == 2 else (None, None)
    return Scanned(url.netloc.lower(), parse(pieces[0]), verifier, credential)


def modules(content: str) -> int:
    """Width of the symbol in modules, without quiet zone."""
    return int(zxingcpp.write_barcode_to_image(_symbol(content), scale=1, add_quiet_zones=False).shape[0])


def rows(content: str) -> list[bytes]:
    """The symbol without quiet zone, one byte a module from the upper left: 1 dark, 0 light.

    Raises: QrTooDense.
    """
    image: Any = zxingcpp.write_barcode_to_image(_symbol(content), scale=1, add_quiet_zones=False)
    width = int(image.shape[0])
    if width > MAX_MODULES:
        raise QrTooDense(content, f"{width} modules, more than {MAX_MODULES}; use a shorter host")
    raw = memoryview(image).tobytes().translate(bytes([1]) + bytes(255))
    return [raw[y * width : (y + 1) * width] for y in range(width)]


def svg(content: str) -> str:
    """The symbol as SVG with its quiet zone; one path, no style.

    Raises: QrTooDense.
    """
    drawn = rows(content)
    side = len(drawn) + 2 * QUIET_ZONE
    dark = "".join(
        f"M{x + QUIET_ZONE} {y + QUIET_ZONE}h1v1h-1z"
        for y, row in enumerate(drawn)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{dark}"/></svg>'
    )


def _symbol(content: str) -> Any:
    return zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
