"""Pieces of SQL that several checks write."""

from collections.abc import Iterable

from zhijian.spec import Element


def quoted(text: str) -> str:
    """A text as SQL.

    >>> quoted("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def among(element: Element, values: Iterable[str]) -> str:
    """Its text is one of `values`; of several in one cell, each is."""
    listed = ", ".join(quoted(v) for v in values)
    if element.many:
        return f"len(list_filter(parts({element.id}), x -> x NOT IN ({listed}))) = 0"
    return f"text({element.id}) IN ({listed})"
