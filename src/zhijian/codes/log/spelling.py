"""Numbers and bytes in text, in the one spelling each has: a signed text must not have two readings."""

import base64
import binascii

from zhijian.codes.log.errors import LogMalformed

NUMBER_MAX = (1 << 63) - 1


def strict_base64(text: str) -> bytes:
    """RFC 4648 section 4 in its one canonical spelling; LogMalformed (base64) for any other."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise LogMalformed("base64", text) from None
    if base64.b64encode(raw).decode() != text:  # bits behind the end, which the decoder overlooks
        raise LogMalformed("base64", text)
    return raw


def strict_decimal(text: str) -> int:
    """ASCII digits without leading zeros, at most 2^63 − 1; LogMalformed (decimal) otherwise."""
    spelled = text.isascii() and text.isdigit() and len(text) <= 19 and (text == "0" or text[0] != "0")
    if not spelled or int(text) > NUMBER_MAX:
        raise LogMalformed("decimal", text)
    return int(text)
