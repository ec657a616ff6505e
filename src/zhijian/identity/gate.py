"""The way to the database behind the wall, for the office's doors."""

import contextlib
import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from zhijian.identity import walls
from zhijian.kit.db import Db, engine
from zhijian.kit.scope import Scope

MAY = {
    "SELECT": ("institution", "site", "certificate", "certificate_state", "certificate_change", "capability", "capability_level",
               "staff", "authorisation", "instrument", "calibration", "credit", "annual_report", "proficiency_test",
               "proficiency_result", "inspection", "finding", "rectification", "penalty", "registry_past", "institution_key",
               "scope_term", "institution_sought", "area_count", "report", "report_item", "report_count", "report_counted"),
    'SELECT (id, code, state, at, "by", actor, reason, successor)': ("state_change",),
    "SELECT, INSERT": ("audit", "case_event", "case_evidence", "draw_frame", "draw_result", "scope_draft"),
    "SELECT, INSERT, UPDATE": ("case_file", "case_number", "case_objection", "case_task", "draw_plan"),
    "SELECT, UPDATE": ("complaint", "registry_twin"),
    "SELECT, INSERT, UPDATE (state, opinion, decided_by, decided_login, decided_at, done_at)": ("four_eyes",),
}  # fmt: skip
"""What the office's role may do with which tables, within the scope that it has entered."""


class Gate:
    """Connects as the office's role, beside the owner's own engine."""

    def __init__(self, owner: sa.Engine, scope_key: bytes, password: bytes) -> None:
        self._owner, self._key, self._password = owner, scope_key, password.hex()
        self._engine: sa.Engine | None = None
        self._lock = threading.Lock()

    def prepare(self) -> None:
        """The role and what it may. By the owner, after the tables are there."""
        with self._owner.begin() as db:
            walls.keyed(db, self._key)
            walls.manned(db, self._password, MAY)

    @contextlib.contextmanager
    def within(self, scope: Scope, at: datetime) -> Iterator[Db]:
        """One request, committed at its end: the database itself shows no row outside `scope`."""
        with self.engine.begin() as db:
            walls.entered(db, scope, self._key, at)
            yield db

    @property
    def engine(self) -> sa.Engine:
        """Without a scope it shows nothing."""
        with self._lock:
            if self._engine is None:
                url = self._owner.url.difference_update_query(
                    ("user", "password", "service")
                )  # they would go before ours
                url = url.set(username=walls.role_of(url.database or ""), password=self._password)
                self._engine = engine(url.render_as_string(hide_password=False), prepared=False)
                sa.event.listen(self._engine, "checkin", _as_new)
            return self._engine

    def close(self) -> None:
        if self._engine is not None:
            self._engine.dispose()


def _as_new(connection: Any, _: object) -> None:
    """Nothing of a request stays in its connection: no lock, no setting, whatever SQL was smuggled into it."""
    if connection is not None:
        connection.rollback()
        connection.autocommit = True
        connection.execute("DISCARD ALL")
        connection.autocommit = False
