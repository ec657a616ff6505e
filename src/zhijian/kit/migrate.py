"""Bring a database to the newest version of the tables."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext

_LOCK = 736000


def migrations() -> Path:
    """Where the versions lie: inside an installed package, or at the top of the checkout."""
    inside = Path(__file__).parent.parent / "migrations"
    return inside if inside.exists() else Path(__file__).parents[3] / "migrations"


def version(engine: sa.Engine) -> str | None:
    """The version of the tables; None in an empty database."""
    with engine.connect() as db:
        return MigrationContext.configure(db).get_current_revision()


def upgrade(engine: sa.Engine) -> None:
    """Run what is missing, in one transaction and by one process at a time."""
    config = Config()
    config.set_main_option("script_location", str(migrations()))
    with engine.begin() as db:
        db.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config.attributes["connection"] = db
        command.upgrade(config, "head")
