"""A column of a source as text, whatever its type: mapping, moving and checking read the same cells."""

from zhijian.exchange.source.model import Column
from zhijian.exchange.source.place import quoted


def is_plain(column: Column) -> bool:
    """Whether DuckDB's own text of its values is the one that people mean."""
    return not column.type.endswith("]") and column.type != "TIMESTAMP WITH TIME ZONE"


def text_sql(column: Column, of: str = "") -> str:
    """SQL of a column's text; values of a list with `;` between, as in one cell; times by China's clocks. `of`: alias of its table.

    >>> text_sql(Column("项目", "VARCHAR[]"), "s"), text_sql(Column("n", "BIGINT"))
    ('array_to_string(s."项目", \\';\\')', 'CAST("n" AS VARCHAR)')
    """
    value = f"{of}.{quoted(column.name)}" if of else quoted(column.name)
    if column.type == "VARCHAR":
        return value
    if column.type.endswith("]"):
        return f"array_to_string({value}, ';')"
    if not is_plain(column):
        value = f"{value} AT TIME ZONE 'Asia/Shanghai'"
    return f"CAST({value} AS VARCHAR)"
