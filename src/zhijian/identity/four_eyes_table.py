"""The table of what two accounts must do."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from zhijian.kit.db import metadata

_time = sa.DateTime(timezone=True)

four_eyes = sa.Table(
    "four_eyes", metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("subject", sa.Text, nullable=False, comment="key, institution or province, by the kind"),
    sa.Column("place", sa.String(2), comment="province of the subject"),
    sa.Column("province", sa.String(2), comment="area of whoever asked, a laboratory's is its province; none: the nation"),
    sa.Column("uscc", sa.String(18), comment="the laboratory that asked"),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("detail", JSONB, nullable=False),
    sa.Column("asked_by", sa.BigInteger, nullable=False),
    sa.Column("asked_login", sa.String(60), nullable=False),
    sa.Column("asked_at", _time, nullable=False),
    sa.Column("expires_at", _time, nullable=False),
    sa.Column("state", sa.String(10), nullable=False, comment="waiting, confirmed, refused, done, failed"),
    sa.Column("opinion", sa.Text, nullable=False, server_default=""),
    sa.Column("decided_by", sa.BigInteger),
    sa.Column("decided_login", sa.String(60)),
    sa.Column("decided_at", _time),
    sa.Column("done_at", _time, comment="carried out, or the file taken"),
    sa.CheckConstraint("decided_by <> asked_by", name="two"),
    sa.CheckConstraint("(state = 'waiting') = (decided_by IS NULL)", name="decided"),
    sa.Index("ix_four_eyes_asked_at", "asked_at"),
    sa.Index("ix_four_eyes_waiting", "kind", postgresql_where=sa.text("state IN ('waiting', 'confirmed')")),
)  # fmt: skip
