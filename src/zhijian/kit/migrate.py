"""Bring a database to the newest version of the tables."""

import re
from pathlib import Path

import sqlalchemy as sa

_LOCK = 736000


def migrations() -> Path:
    """Where the versions lie: inside an installed package, or at the top of the checkout."""
    inside = Path(__file__).parent.parent / "migrations"
    return inside if inside.exists() else Path(__file__).parents[3] / "migrations"


def version(engine: sa.Engine) -> str | None:
    """The version of the tables; None in an empty database."""
    from alembic.runtime.migration import MigrationContext

    with engine.connect() as db:
        return MigrationContext.configure(db).get_current_revision()


def upgrade(engine: sa.Engine) -> None:
    """Run what is missing, in one transaction and by one process at a time."""
    if _is_newest(engine):
        return
    # Here and not above: alembic takes a second to load, and most starts find nothing to do.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations()))
    with engine.begin() as db:
        db.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config.attributes["connection"] = db
        command.upgrade(config, "head")


def newest() -> set[str]:
    """The versions that none follows, as the files say; one, in a line without branches."""
    texts = [file.read_text("utf-8") for file in (migrations() / "versions").glob("*.py")]
    named, followed = (
        {name for text in texts for name in re.findall(rf"""^{what}\b[^=\n]*= *['"]([^'"]+)['"]""", text, re.M)}
        for what in ("revision", "down_revision")
    )
    return named - followed


def _is_newest(engine: sa.Engine) -> bool:
    with engine.begin() as db:
        known = db.execute(sa.text("SELECT to_regclass('alembic_version') IS NOT NULL")).scalar_one()
        return bool(known) and set(db.execute(sa.text("SELECT version_num FROM alembic_version")).scalars()) == newest()
