"""Rows that have changed since a moment, that moment included: what was changed in the very second in which the last extraction read the
table comes once more, and a record that is there already and the same is passed over by its digest. Missing one would be for good.
"""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from zhijian.exchange.migration.model import MigrationWrong
from zhijian.kit.clock import SHANGHAI


def changed(shape: sa.Table, since: tuple[str, str]) -> sa.ColumnElement[bool]:
    """`since`: (column of the last change, from when). A moment without a zone is China's. Raises: MigrationWrong."""
    name, start = since
    if name not in shape.c:
        raise MigrationWrong("since-column", f"--since：表 {shape.name} 没有列 {name}；有的是 {'、'.join(c.name for c in shape.c)}",
                             f"table {shape.name} has no column {name}")  # fmt: skip
    column = shape.c[name]
    try:
        # A row without a moment may have changed at any: what is the same is passed over by its digest.
        return sa.or_(_from(column, start, as_written=_as_written(shape)), column.is_(None))
    except ValueError:
        raise MigrationWrong("since-from", f"--since {shape.name}:{name}:{start}：应为 2026-06-30 或 2026-06-30T08:00:00 这样的时间；"
                             "编号列写整数", f"a moment such as 2026-06-30T08:00:00, or a whole number: {start}") from None  # fmt: skip


def _as_written(shape: sa.Table) -> bool:
    """SQLite keeps moments as text, each as somebody wrote it: they are compared as text."""
    return shape.info.get("dialect") == "sqlite"


def _from(column: sa.Column[Any], start: str, *, as_written: bool) -> sa.ColumnElement[bool]:
    if isinstance(column.type, sa.Integer):
        return column >= int(start)
    if isinstance(column.type, sa.DateTime) and not as_written:
        moment = datetime.fromisoformat(start)
        zoned = moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
        return column >= (zoned if column.type.timezone else zoned.astimezone(SHANGHAI).replace(tzinfo=None))
    if isinstance(column.type, sa.Date) and not as_written:
        return column >= date.fromisoformat(start[:10])
    if isinstance(column.type, sa.Date | sa.DateTime):
        datetime.fromisoformat(start)
    # "2026-06-30 08" comes before "2026-06-30T08": with the blank no way of writing that moment is left out.
    return sa.type_coerce(column, sa.String) >= sa.literal(start.replace("T", " "), sa.String)
