"""Tables of the room. The complaint comes from the specification; photos and what the platform adds are named here."""

import sqlalchemy as sa

from zhijian.kit.db import metadata, table_of
from zhijian.spec import specification

_time = sa.DateTime(timezone=True)

complaint = table_of(
    specification().entities["complaint"],
    sa.Column("province", sa.String(2), comment="报告编码前两位；空为不知"),
    sa.Column("form", sa.LargeBinary(), nullable=False, unique=True, comment="表单凭证的 SHA-256：一张表单只收一次"),
    sa.Column("worked", sa.Boolean(), nullable=False, comment="附有工作量证明"),
    sa.Column("state_at", _time, nullable=False),
    sa.Column("passed_to", sa.String(200), comment="转给哪个部门"),
    sa.Column("expired_at", _time, comment="联系方式和照片删除的时间"),
    sa.Index("ix_complaint_received_at", "received_at"),
    sa.Index("ix_complaint_code", "code"),
)
complaint_photo = sa.Table(
    "complaint_photo", metadata,
    sa.Column("receipt", sa.String(10), sa.ForeignKey("complaint.receipt"), primary_key=True),
    sa.Column("position", sa.SmallInteger(), primary_key=True, comment="从 1 起"),
    sa.Column("media_type", sa.String(40), nullable=False),
    sa.Column("sha256", sa.LargeBinary(), nullable=False),
    sa.Column("width", sa.Integer(), nullable=False),
    sa.Column("height", sa.Integer(), nullable=False),
    sa.Column("content", sa.LargeBinary(), nullable=False, comment="重新编码后的照片"),
    comment="举报线索的照片",
)  # fmt: skip
