"""Tables as they come, opened for DuckDB: CSV, Excel, Parquet, JSON lines, databases, whatever state they are in.

What was met on the way (encoding, broken lines, merged headers) is in each table's `remarks`; no row is dropped without one,
and the text of each line that is no row is in `rejects(table)`. See docs/reference/sources.md.
"""

from zhijian.exchange.source.cell import text_sql
from zhijian.exchange.source.database import as_text, opened_database, source_engine
from zhijian.exchange.source.model import Column, Opened, Remark, SourceTable, SourceUnreadable, rejects
from zhijian.exchange.source.opening import opened
from zhijian.exchange.source.sheets import RawSheet, raw_sheets

__all__ = ["Column", "Opened", "RawSheet", "Remark", "SourceTable", "SourceUnreadable", "as_text", "opened",
           "opened_database", "raw_sheets", "rejects", "source_engine", "text_sql"]  # fmt: skip
