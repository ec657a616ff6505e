"""Tables as they come, opened for DuckDB: CSV, Excel, Parquet, databases, whatever state they are in.

What was met on the way (encoding, broken lines, merged headers) is in each table's `remarks`; no row is dropped without one.
"""

from zhijian.exchange.source.model import Column, Remark, SourceTable
from zhijian.exchange.source.opening import opened

__all__ = ["Column", "Remark", "SourceTable", "opened"]
