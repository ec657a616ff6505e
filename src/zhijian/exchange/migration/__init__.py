"""Wholesale migration: plan, load, reconcile, sign. Resumable after any crash without loss or repetition.

The source is read once into Parquet; each chunk is mapped, judged and loaded in one transaction together with the note that it is
(`migration_step`). What fails waits in quarantine with its reasons.
"""

from zhijian.exchange.migration import (
    act_store,
    gone_store,
    planning,
    quarantine_store,
    reconciling,
    rehearsing,
    room,
    runs_store,
    sampling,
    store,
)
from zhijian.exchange.migration.files import Files
from zhijian.exchange.migration.model import MigrationWrong
from zhijian.exchange.migration.running import MigrationRun

__all__ = ["Files", "MigrationRun", "MigrationWrong", "act_store", "gone_store", "planning", "quarantine_store",
           "reconciling", "rehearsing", "room", "runs_store", "sampling", "store"]  # fmt: skip
