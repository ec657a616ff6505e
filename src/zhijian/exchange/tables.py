"""Tables of a migration: its runs, what each chunk came to, and what waits to be mended. Those of the records are derived
(`collected`)."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from zhijian.kit.db import metadata

run = sa.Table(
    "migration_run", metadata,
    sa.Column("province", sa.String(2), primary_key=True),
    sa.Column("mapping", sa.String(60), primary_key=True),
    sa.Column("run", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("mapping_digest", sa.String(64), nullable=False),
    sa.Column("specification", sa.String(20), nullable=False),
    sa.Column("origin", sa.Text, nullable=False, comment="address of the source without its password"),
    sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("ended_at", sa.DateTime(timezone=True)),
    sa.Column("sources", JSONB, nullable=False, server_default=sa.text("'{}'"), comment="rows of each source table"),
)  # fmt: skip

step = sa.Table(
    "migration_step", metadata,
    sa.Column("province", sa.String(2), primary_key=True),
    sa.Column("mapping", sa.String(60), primary_key=True),
    sa.Column("run", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("part", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("chunk", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("entity", sa.String(40), nullable=False),
    *(sa.Column(n, sa.BigInteger, nullable=False)
      for n in ("rows", "left_out", "made", "loaded", "quarantined", "unchanged", "lost")),
    sa.Column("digest", sa.Numeric(30), nullable=False),
    sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

quarantine = sa.Table(
    "migration_quarantine", metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("province", sa.String(2), nullable=False),
    sa.Column("mapping", sa.String(60), nullable=False),
    sa.Column("run", sa.Integer, nullable=False),
    sa.Column("part", sa.Integer, nullable=False),
    sa.Column("entity", sa.String(40), nullable=False),
    sa.Column("source_table", sa.String(200), nullable=False),
    sa.Column("source_row", sa.BigInteger, nullable=False),
    sa.Column("n", sa.Integer, nullable=False),
    sa.Column("record", JSONB, nullable=False),
    sa.Column("reasons", JSONB, nullable=False),
    sa.Column("state", sa.String(10), nullable=False, server_default="open", comment="open, mended, given-up"),
    sa.Column("state_at", sa.DateTime(timezone=True)),
    sa.Column("state_note", sa.Text),
    sa.UniqueConstraint("province", "mapping", "run", "part", "source_row", "n", name="uq_migration_quarantine_row"),
)  # fmt: skip
