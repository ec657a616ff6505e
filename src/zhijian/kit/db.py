"""The database of a node: one PostgreSQL dialect, tables derived from the specification, bulk rows by COPY."""

import select
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

Db = sa.Connection
"""An open transaction. Rooms never commit; the door that opened it does."""

UNAVAILABLE = (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError)
"""The server is gone, full or too busy; the same request may go well later."""

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class _Notation(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def length(self) -> int: ...
    @property
    def places(self) -> int: ...


class _Element(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def zh(self) -> str: ...
    @property
    def type(self) -> Any: ...
    @property
    def required(self) -> bool: ...
    @property
    def many(self) -> bool: ...
    @property
    def refers(self) -> str | None: ...


class SpecifiedEntity(Protocol):
    """What of the specification's entity a table needs; the kit knows no room."""

    @property
    def id(self) -> str: ...
    @property
    def zh(self) -> str: ...
    @property
    def key(self) -> tuple[str, ...]: ...
    @property
    def elements(self) -> Sequence[Any]: ...


def engine(url: str, *, pool: int = 10, prepared: bool = True) -> sa.Engine:
    """Engine for `url` with statement and lock time-outs; `postgresql://` is read as psycopg 3.

    `prepared`: statements that come often stay prepared in their connection; off where each user of one finds it as new.
    Values are people's data, and errors go into logs: no error of this engine quotes any.
    """
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    made = sa.create_engine(
        url,
        pool_size=pool,
        max_overflow=pool,
        hide_parameters=True,
        connect_args={
            "options": "-c statement_timeout=60000 -c lock_timeout=20000 -c timezone=UTC",
            **({} if prepared else {"prepare_threshold": None}),
        },
    )
    sa.event.listen(made, "handle_error", _forget_values)
    sa.event.listen(made, "checkout", _still_there)
    return made


def _still_there(connection: Any, *_: object) -> None:
    """A server that ended has closed the connection, which the socket tells at once; to ask the server itself takes a tenth
    of a look-up. The pool then opens another."""
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    if waiting.poll(0):
        raise sa.exc.DisconnectionError("the server has closed the connection")


def _forget_values(context: sa.engine.ExceptionContext) -> None:
    said = _without_values(context.original_exception)
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None:
            error.args = (said,)


def _without_values(error: BaseException) -> str:
    """PostgreSQL's own words of an error, cut where they quote a row: DETAIL and CONTEXT do, and messages of class 22
    (data exceptions) do."""
    sqlstate, diag = getattr(error, "sqlstate", None), getattr(error, "diag", None)
    if sqlstate is None or diag is None:
        return str(error)
    named = type(error).__name__ if sqlstate.startswith("22") else str(diag.message_primary)
    return f"{named} ({sqlstate})"


def table_of(
    entity: SpecifiedEntity, *extra: sa.schema.SchemaItem, key: tuple[str, ...] | None = None,
    references: Mapping[str, tuple[str, ...]] | None = None,
) -> sa.Table:  # fmt: skip
    """The table of a specified entity. `extra` are columns and indexes that only the platform has.

    `references` names the entities with a one-column key (entity → its key), to which foreign keys can point.
    """
    return sa.Table(
        entity.id,
        metadata,
        *(_column(e, references or {}) for e in entity.elements),
        *extra,
        sa.PrimaryKeyConstraint(*(key or entity.key)),
        comment=entity.zh,
    )


def _column(e: _Element, references: Mapping[str, tuple[str, ...]]) -> sa.Column[Any]:
    target = references.get(e.refers or "")
    keys = [sa.ForeignKey(f"{e.refers}.{target[0]}")] if target and len(target) == 1 else []
    kind: Any = ARRAY(sa.Text()) if e.many else _KIND[e.type.kind](e.type)
    return sa.Column(e.id, kind, *keys, nullable=not (e.required or e.many), comment=e.zh)


_KIND: Mapping[str, Any] = {
    "text": lambda n: sa.String(n.length),
    "integer": lambda n: sa.BigInteger() if n.length > 9 else sa.Integer(),
    "decimal": lambda n: sa.Numeric(n.length, n.places),
    "date": lambda n: sa.Date(),
    "datetime": lambda n: sa.DateTime(timezone=True),
    "bool": lambda n: sa.Boolean(),
}


@lru_cache(maxsize=4096)
def text_array(values: tuple[str, ...]) -> str:
    """The value of a text[] as COPY reads it: written once for values that come again and again.

    >>> text_array(("YQ-1", 'a "b"'))
    '{"YQ-1","a \\\\"b\\\\""}'
    """
    quoted = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{one}"' for one in quoted) + "}"


def copy_rows(db: Db, table: sa.Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Append rows by COPY, an order faster than INSERT. Fails whole on the first row that does not fit."""
    names = ", ".join(f'"{c}"' for c in columns)
    driver: Any = db.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)
    except Exception as error:  # the driver's own, which the engine does not see
        error.args = (_without_values(error),)
        raise
