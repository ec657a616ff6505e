"""keys of calendar feeds; capability tables handed in; draws and twins behind the wall

Revision: 0018
Follows: 0017
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

PARTS = ("draw_frame", "draw_result")
PLACE = "((SELECT scope_part(1)) IS NULL OR province = ANY ((SELECT scope_part(1))::text[]))"
NO_INSTITUTION = "(SELECT scope_part(2)) IS NULL"


def upgrade() -> None:
    # A migration that waits for a lock longer than this gives way to the traffic and is run again.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '30min'")
    op.create_table(
        "feed_key",
        sa.Column("account", sa.BigInteger(), nullable=False),
        sa.Column(
            "digest",
            sa.LargeBinary(),
            nullable=False,
            comment="SHA-256 of the key: whoever reads the table reads no calendar",
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name=op.f("fk_feed_key_account")),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_feed_key")),
        sa.UniqueConstraint("digest", name=op.f("uq_feed_key_digest")),
    )
    op.create_table(
        "scope_draft",
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False, comment="SHA-256"),
        sa.Column("province", sa.String(length=2), nullable=False),
        sa.Column("number", sa.String(length=12), nullable=False, comment="证书编号"),
        sa.Column("name", sa.String(length=200), nullable=False, comment="文件名"),
        sa.Column("content", sa.LargeBinary(), nullable=False, comment="原样的字节"),
        sa.Column("given", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="表上没有、上传时填的"),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["uscc"], ["institution.uscc"], name=op.f("fk_scope_draft_uscc")),
        sa.PrimaryKeyConstraint("uscc", "digest", name=op.f("pk_scope_draft")),
        comment="待确认的能力表",
    )
    op.execute("ALTER TABLE scope_draft ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY seen ON scope_draft USING ({PLACE} AND {NO_INSTITUTION})")
    op.execute("ALTER TABLE draw_plan ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY seen ON draw_plan USING ({PLACE} AND {NO_INSTITUTION})")
    for name in PARTS:
        op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY seen ON {name} USING (EXISTS (SELECT FROM draw_plan p WHERE p.id = {name}.plan))")
    both = " AND ".join(PLACE.replace("province", f"{side}_province") for side in "ab")
    op.execute("ALTER TABLE registry_twin ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY seen ON registry_twin USING ({both} AND {NO_INSTITUTION})")


def downgrade() -> None:
    for name in ("draw_plan", *PARTS, "registry_twin"):
        op.execute(f"DROP POLICY seen ON {name}")
        op.execute(f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY")
    op.drop_table("feed_key")
    op.drop_table("scope_draft")
