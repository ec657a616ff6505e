"""Wholesale migration: plan, load, reconcile, sign. Resumable after any crash without loss or repetition.

The source is read once into Parquet; each chunk is mapped, judged and loaded in one transaction together with the note that it is
(`migration_step`). What fails waits in quarantine with its reasons.
"""

from zhijian.exchange.migration import gone_store, planning, quarantine_store, reconciling
from zhijian.exchange.migration.collected import elements_of
from zhijian.exchange.migration.model import Migration, MigrationWrong
from zhijian.exchange.migration.running import MigrationRun, Step
from zhijian.exchange.migration.store import begun, ended, loaded, steps_done

__all__ = ["Migration", "MigrationRun", "MigrationWrong", "Step", "begun", "elements_of", "ended",
           "gone_store", "loaded", "planning", "quarantine_store", "reconciling", "steps_done"]  # fmt: skip
