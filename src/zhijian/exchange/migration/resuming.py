"""Where a table's extraction goes on: the last key, as it lies in a chunk, and the rows after it.

A key must come back from text as the very value that the source orders by. Kinds of which that is not sure (days of MySQL, which may be
0000-00-00, ENUM of MySQL, which is ordered by number and compared as text, and whatever an unknown database holds) are not gone on from.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

_BINARY = sa.types._Binary
"""BINARY and VARBINARY of MySQL have no other ancestor."""
_CAST = {"postgresql": ("ENUM", "CHAR", "CITEXT"), "mysql": ("ENUM", "SET"), "mariadb": ("ENUM", "SET")}
"""Kinds of text that are not compared as text; CHAR of PostgreSQL would not be looked up in its index."""


def goes_on(db: sa.Connection, shape: sa.Table) -> bool:
    """Whether the table has a key and may be gone on from after any row."""
    key, dialect = list(shape.primary_key.columns), db.dialect.name
    if not key or dialect == "postgresql":
        return bool(key)
    if dialect == "sqlite":  # where a key may be NULL, and NULL is after nothing
        blank = sa.select(sa.literal(1)).select_from(shape).where(sa.or_(*(c.is_(None) for c in key))).limit(1)
        return db.execute(blank).first() is None
    return all(_plain(c.type, dialect) or _exact(c.type) for c in key)


def key_asked(db: sa.Connection, key: Sequence[sa.Column[Any]]) -> list[sa.ColumnElement[Any]]:
    """The key's parts as they are kept."""
    asked: list[sa.ColumnElement[Any]] = []
    for c in key:
        if db.dialect.name == "sqlite":  # any value in any column: as it is
            asked.append(sa.type_coerce(c, sa.types.NullType()))
        else:
            asked.append(
                c if _plain(c.type, db.dialect.name) or db.dialect.name != "postgresql" else sa.cast(c, sa.Text)
            )
    return asked


def kept(values: Sequence[Any]) -> list[Any]:
    """For JSON.

    >>> kept([7, "甲", b"\\x00\\xff", Decimal("1.50")])
    [7, '甲', {'hex': '00ff'}, '1.50']
    """
    return [{"hex": bytes(v).hex()} if isinstance(v, bytes | bytearray | memoryview)
            else v if isinstance(v, int | float | str) else format(v, "f") if isinstance(v, Decimal) else str(v)
            for v in values]  # fmt: skip


def after(db: sa.Connection, key: Sequence[sa.Column[Any]], last: Sequence[Any]) -> sa.ColumnElement[bool]:
    """`last`: as `kept`."""
    values = [_literal(db.dialect.name, c, value) for c, value in zip(key, last, strict=True)]
    if len(key) == 1:
        return key[0] > values[0]
    if db.dialect.name in ("postgresql", "sqlite"):
        return sa.tuple_(*key) > sa.tuple_(*values)
    # The others do not know the comparison of rows, or take no index for it.
    return sa.or_(*(sa.and_(*(key[i] == values[i] for i in range(n)), key[n] > values[n]) for n in range(len(key))))


def _literal(dialect: str, column: sa.Column[Any], value: Any) -> sa.ColumnElement[Any]:
    if isinstance(value, dict):
        return sa.literal(bytes.fromhex(value["hex"]), sa.LargeBinary())
    if dialect == "sqlite" or _plain(column.type, dialect):
        return sa.literal(value, sa.String() if isinstance(value, str) else None)
    if dialect != "postgresql":
        return sa.literal(Decimal(value), column.type)
    if isinstance(column.type, sa.types.NullType):  # a kind that only the server knows; it takes the text for one
        return sa.literal(value, sa.types.NullType())
    return sa.cast(sa.literal(value, sa.Text()), column.type)


def _plain(kind: Any, dialect: str) -> bool:
    """A driver gives and takes it as int, text or bytes."""
    if isinstance(kind, sa.String):
        collated = dialect == "postgresql" and bool(kind.collation)  # a cast would lose it
        return collated or str(kind.__visit_name__).upper() not in _CAST.get(dialect, ("ENUM",))
    return isinstance(kind, sa.Integer | _BINARY)


def _exact(kind: Any) -> bool:
    return isinstance(kind, sa.Numeric) and not isinstance(kind, sa.Float)
