"""Numbers in the right form that belong to nobody.

The organisation code inside every credit code here begins with XN (虚拟, invented) or XT (通报, from notices), not with
digits or MA as those in use do; telephone numbers begin with 0000.
"""

from zhijian.kit.base31 import ALPHABET

_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_BODIES = 31**6
_STRIDE = 391_939_003
"""Prime to 31, so that body numbers never meet before all 31⁶ are used."""


def uscc_check(first17: str) -> str:
    """Check character of a unified social credit code (GB 32100-2015).

    >>> uscc_check("91350100M000100Y4")
    '3'
    """
    total = sum(ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(first17))
    return ALPHABET[(31 - total % 31) % 31]


def organisation_check(body: str) -> str:
    """Check character of an organisation code (GB 11714-1997); letters count from A = 10.

    >>> organisation_check("D2143569")
    'X'
    """
    total = sum(int(c, 36) * w for c, w in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def uscc(kind: str, division: str, number: int, mark: str = "XN") -> str:
    """`kind`: two characters, 91 enterprise, 12 public institution, 52 civil non-enterprise.

    >>> uscc("91", "330106", 0)[:10], len(uscc("91", "330106", 7))
    ('91330106XN', 18)
    """
    rest, body = number * _STRIDE % _BODIES, ""
    for _ in range(6):
        rest, place = divmod(rest, 31)
        body += ALPHABET[place]
    first17 = kind + division + mark + body + organisation_check(mark + body)
    return first17 + uscc_check(first17)


def cma_number(year: int, authority: str, field: str, ministry: str, serial: int) -> str:
    """
    >>> cma_number(2016, "17", "05", "07", 76)
    '161705070076'
    """
    return f"{year % 100:02}{authority}{field}{ministry}{serial % 10_000:04}"


def phone(area: str, serial: int) -> str:
    """
    >>> phone("0571", 17), phone("025", 17)
    ('0571-00000017', '025-00000017')
    """
    return f"{area}-0000{serial % 10_000:04}"
