"""Tables of the room: accounts, sessions, the audit trail, and the wall's key."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from zhijian.kit.db import metadata

account = sa.Table(
    "account", metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("login", sa.String(60), nullable=False, unique=True, comment="lower case"),
    sa.Column("name", sa.String(60), nullable=False),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("province", sa.String(2), comment="of a regulator below the national office"),
    sa.Column("city", sa.String(4), comment="first four digits of the division; of a city's officer"),
    sa.Column("uscc", sa.String(18), comment="of a laboratory's account"),
    sa.Column("password", sa.Text, comment="argon2id; none: single sign-on only"),
    sa.Column("closed_at", sa.DateTime(timezone=True)),
    sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("synthetic", sa.Boolean, nullable=False, server_default="false"),
    sa.CheckConstraint("(role IN ('manager', 'clerk')) = (uscc IS NOT NULL)", name="laboratory"),
    sa.CheckConstraint("role NOT IN ('provincial', 'city') OR province IS NOT NULL", name="area"),
    sa.CheckConstraint("role <> 'city' OR city IS NOT NULL", name="city"),
)  # fmt: skip

sign_in_try = sa.Table(
    "sign_in_try", metadata,
    sa.Column("login", sa.LargeBinary, primary_key=True, comment="SHA-256, of what may be no login at all"),
    sa.Column("failures", sa.Integer, nullable=False, comment="wrong passwords in a row"),
    sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
    info={"of_the_day": True},
)  # fmt: skip

session = sa.Table(
    "session", metadata,
    sa.Column("digest", sa.LargeBinary, primary_key=True, comment="SHA-256 of the cookie: whoever reads the table is not signed in"),
    sa.Column("account", sa.BigInteger, sa.ForeignKey("account.id"), nullable=False, index=True),
    sa.Column("how", sa.String(20), nullable=False, comment="password, oidc"),
    sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("agent", sa.String(200), nullable=False, server_default=""),
    info={"of_the_day": True},
)  # fmt: skip

feed_key = sa.Table(
    "feed_key", metadata,
    sa.Column("account", sa.BigInteger, sa.ForeignKey("account.id"), primary_key=True, autoincrement=False),
    sa.Column("digest", sa.LargeBinary, nullable=False, unique=True, comment="SHA-256 of the key: whoever reads the table reads no calendar"),
    sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip
"""One an account: a new one takes the place of the old."""

audit = sa.Table(
    "audit", metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("account", sa.BigInteger, comment="none: the node itself"),
    sa.Column("login", sa.String(60), nullable=False),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("province", sa.String(2), comment="where it happened; none: nationwide"),
    sa.Column("act", sa.String(40), nullable=False),
    sa.Column("object", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("detail", JSONB, nullable=False),
    sa.Column("previous", sa.LargeBinary, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False, unique=True),
    sa.Index("ix_audit_account", "account", "seq"),
    sa.Index("ix_audit_object", "object"),
    sa.Index("ix_audit_act", "act", "seq"),
    sa.Index("ix_audit_at", "at"),
)  # fmt: skip
"""Only ever longer: a trigger refuses every change, and each entry holds the digest of the one before it."""

scope_key = sa.Table(
    "scope_key", metadata,
    sa.Column("ipad", sa.LargeBinary, nullable=False),
    sa.Column("opad", sa.LargeBinary, nullable=False),
    info={"of_the_day": True},
)  # fmt: skip
"""One row, which the owner's function alone reads, see `walls`. In no backup: it is a key, and is made again."""
