"""Tables of draws. Rows are added and never changed or removed; the database refuses it (migration 0013)."""

import sqlalchemy as sa

from zhijian.kit.db import metadata

_time = sa.DateTime(timezone=True)

draw_plan = sa.Table(
    "draw_plan", metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("province", sa.String(2), nullable=False),
    sa.Column("year", sa.SmallInteger, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("plan", sa.LargeBinary, nullable=False, comment="方案，规范写法 the plan in its one spelling"),
    sa.Column("digest", sa.String(64), nullable=False, comment="SHA-256"),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", _time, nullable=False),
    sa.Index("ix_draw_plan_province_at", "province", "at"),
    comment="双随机抽查方案",
)  # fmt: skip

draw_frame = sa.Table(
    "draw_frame", metadata,
    sa.Column("plan", sa.String(40), sa.ForeignKey("draw_plan.id"), primary_key=True),
    sa.Column("frame", sa.LargeBinary, nullable=False, comment="公开的名录，规范写法 what is published of the frame"),
    sa.Column("digest", sa.String(64), nullable=False, comment="SHA-256"),
    sa.Column("kept", sa.LargeBinary, nullable=False, comment="不公开的全部内容 everything, for the office and its auditors"),
    sa.Column("salt", sa.String(64), nullable=False, comment="不公开 never published"),
    comment="双随机抽查名录",
)  # fmt: skip

draw_result = sa.Table(
    "draw_result", metadata,
    sa.Column("plan", sa.String(40), sa.ForeignKey("draw_plan.id"), primary_key=True),
    sa.Column("state", sa.String(12), primary_key=True, comment="committed, drawn, published, evaluated, withdrawn"),
    sa.Column("content", sa.LargeBinary, nullable=False, comment="这一步的内容，规范写法 what the step came to"),
    sa.Column("digest", sa.String(64), nullable=False, comment="SHA-256"),
    sa.Column("sealed", sa.String(64), comment="承诺的密钥，抽取后随结果公开 secret of the commitment, public once drawn"),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", _time, nullable=False),
    comment="双随机抽查各步结果",
)  # fmt: skip
