"""Wholesale migration: plan, load, reconcile, sign. Resumable after any crash without loss or repetition.

The source is read once into Parquet; each chunk is mapped, judged and loaded in one transaction together with the note that it is
(`migration_step`). What fails waits in quarantine with its reasons.
"""

from zhijian.exchange.migration import planning, reconciling
from zhijian.exchange.migration.model import Came, Migration, MigrationWrong, Refused
from zhijian.exchange.migration.running import MigrationRun, Step
from zhijian.exchange.migration.store import begun, ended, loaded, steps_done

__all__ = ["Came", "Migration", "MigrationRun", "MigrationWrong", "Refused", "Step", "begun", "ended", "loaded",
           "planning", "reconciling", "steps_done"]  # fmt: skip
