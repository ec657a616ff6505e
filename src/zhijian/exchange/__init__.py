"""What provinces send and what comes of it: tables as they come, checked, graded, mapped, migrated.

Law and standards: GB/T 36344-2018 (dimensions of data quality); 《政务数据共享条例》 (one source of truth an item, errors go
back to the source). Nothing here needs a server: a data officer runs it on a laptop.
"""

from zhijian.exchange import model, tables

__all__ = ["model", "tables"]
