"""Media types as headers state them."""


def essence(content_type: str) -> str:
    """Type and subtype in lower case, without parameters (RFC 9110, 8.3.1).

    >>> essence("Application/JSON; charset=utf-8")
    'application/json'
    """
    return content_type.partition(";")[0].strip().lower()
