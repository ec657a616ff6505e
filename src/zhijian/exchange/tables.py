"""Tables of a migration (its runs, what each chunk came to, and what waits to be mended; those of the records are derived,
`collected`) and of the scorecard: results of self-checks, their figures, and what failed."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

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
    sa.Column("sums", JSONB, nullable=False, server_default=sa.text("'{}'"),
              comment="element → sum over what was written, as text"),
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

met = sa.Table(
    "migration_met", metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("province", sa.String(2), nullable=False),
    sa.Column("mapping", sa.String(60), nullable=False),
    sa.Column("run", sa.Integer, nullable=False),
    sa.Column("part", sa.Integer, nullable=False),
    sa.Column("digests", ARRAY(sa.BigInteger), nullable=False,
              comment="of the records of a chunk that were there already and the same"),
    sa.Index("ix_migration_met_run", "province", "mapping", "run", "part"),
)  # fmt: skip
"""What a later run has met and had no need to write: a record at rest belongs to the run if its `_run` says so or its digest is here.
Eight bytes a record; of the newest run only."""

act = sa.Table(
    "migration_act", metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("province", sa.String(2), nullable=False),
    sa.Column("mapping", sa.String(60), nullable=False),
    sa.Column("run", sa.Integer, nullable=False),
    sa.Column("act", sa.String(20), nullable=False, comment="reveal, mend, retry, give-up, gone"),
    sa.Column("by", sa.Text, nullable=False, comment="account that ran the command"),
    sa.Column("records", sa.BigInteger, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Index("ix_migration_act_run", "province", "mapping", "run"),
)  # fmt: skip
"""What people did to a migration beside its steps. Never changed, never deleted."""

quality_result = sa.Table(
    "quality_result", metadata,
    sa.Column("id", sa.String(64), primary_key=True, comment="SHA-256 of the file as handed in"),
    sa.Column("province", sa.String(2), nullable=False),
    sa.Column("checked_on", sa.Date, nullable=False),
    sa.Column("specification", sa.Text, nullable=False),
    sa.Column("program", sa.Text, nullable=False),
    sa.Column("rules_digest", sa.Text, nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("datasets", ARRAY(sa.Text), nullable=False),
    sa.Column("own_rules", sa.Integer, nullable=False, comment="rules of the province's own that count"),
    sa.Column("score", sa.Double, comment="NULL: nothing could be judged"),
    sa.Column("level", sa.SmallInteger),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Index("ix_quality_result_province_checked_on", "province", "checked_on"),
)  # fmt: skip

quality_score = sa.Table(
    "quality_score", metadata,
    sa.Column("result", sa.ForeignKey("quality_result.id"), primary_key=True),
    sa.Column("dataset", sa.Text, primary_key=True, comment="* all"),
    sa.Column("dimension", sa.Text, primary_key=True, comment="* all"),
    sa.Column("score", sa.Double, nullable=False),
    sa.Column("level", sa.SmallInteger, nullable=False),
    sa.Column("rules", sa.Integer, nullable=False),
    sa.Column("weight", sa.Integer, nullable=False, comment="sum of the rules' weights; 0 of a mean"),
)  # fmt: skip

quality_failing = sa.Table(
    "quality_failing", metadata,
    sa.Column("result", sa.ForeignKey("quality_result.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("dataset", sa.Text, nullable=False),
    sa.Column("check", sa.Text, nullable=False),
    sa.Column("origin", sa.Text, nullable=False),
    *(sa.Column(n, sa.Text, nullable=False) for n in ("title_zh", "title_en", "basis")),
    sa.Column("on", ARRAY(sa.Text), nullable=False),
    sa.Column("columns", ARRAY(sa.Text), nullable=False),
    sa.Column("severity", sa.Text, nullable=False),
    sa.Column("dimension", sa.Text, nullable=False),
    sa.Column("applicable", sa.BigInteger, nullable=False),
    sa.Column("failing", sa.BigInteger, nullable=False),
    *(sa.Column(n, sa.Text, nullable=False) for n in ("why_zh", "why_en", "remedy_zh", "remedy_en")),
    sa.Column("spots", JSONB, nullable=False, comment="[table, row, other table, other row]; never a value"),
)  # fmt: skip
