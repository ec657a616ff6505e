"""Tables of the other ways in: passkeys, and what waits between two requests of signing in."""

import sqlalchemy as sa

from zhijian.kit.db import metadata

_time = sa.DateTime(timezone=True)

passkey = sa.Table(
    "passkey", metadata,
    sa.Column("id", sa.LargeBinary, primary_key=True, comment="credential id, the authenticator's"),
    sa.Column("account", sa.BigInteger, sa.ForeignKey("account.id"), nullable=False, index=True),
    sa.Column("name", sa.String(60), nullable=False),
    sa.Column("public_key", sa.LargeBinary, nullable=False, comment="COSE"),
    sa.Column("sign_count", sa.BigInteger, nullable=False),
    sa.Column("made_at", _time, nullable=False),
    sa.Column("used_at", _time),
)  # fmt: skip

entry_challenge = sa.Table(
    "entry_challenge", metadata,
    sa.Column("digest", sa.LargeBinary, primary_key=True, comment="SHA-256 of the cookie that it is bound to, with its purpose"),
    sa.Column("purpose", sa.String(10), nullable=False, comment="register, enter, second, oidc"),
    sa.Column("account", sa.BigInteger, sa.ForeignKey("account.id"), comment="whose, where it is known already"),
    sa.Column("challenge", sa.LargeBinary, nullable=False),
    sa.Column("kept", sa.Text, nullable=False, server_default="", comment="name of a new passkey, or where to go after signing in"),
    sa.Column("made_at", _time, nullable=False),
    info={"of_the_day": True},
)  # fmt: skip
"""Single use, two minutes. Of OIDC `challenge` is the state, from which nonce and verifier are made."""
