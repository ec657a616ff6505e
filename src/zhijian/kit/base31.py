"""Numbers in the 31 symbols of GB 32100-2015: no I, O, S, V, Z, so that print and hand are not misread.

>>> symbols(123456789, 8), number("0049M302")
('0049M302', 123456789)
"""

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)}
_READ_AS = str.maketrans("OIZSV", "0125U")


def symbols(value: int, width: int) -> str:
    """`value` in base 31, most significant first.

    Raises: ValueError when it does not fit.
    """
    out = ""
    for _ in range(width):
        value, digit = divmod(value, 31)
        out = ALPHABET[digit] + out
    if value:
        raise ValueError(f"does not fit into {width} symbols")
    return out


def number(text: str) -> int:
    """Inverse of `symbols`. Raises: KeyError for what is no symbol."""
    value = 0
    for symbol in text:
        value = value * 31 + VALUE[symbol]
    return value


def read_as(text: str) -> str:
    """Upper case, and the letters that are no symbols as those that they look like.

    >>> read_as("3326-oizsv")
    '3326-0125U'
    """
    return text.upper().translate(_READ_AS)
